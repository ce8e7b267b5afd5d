"""The nightly backup: made by the clock, kept as many as the steward says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import override_settings

from tests.constants import NOW
from tonle.infra import backup, jobs
from tonle.infra.ocfl import Request, Root

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("elsewhere", [False, True])
def test_nightly_backups_are_made_pruned_and_whole(tmp_path: Path, elsewhere: bool) -> None:
    data = tmp_path / "node"
    root = Root(data / "ocfl", data / "staging").create()
    staged = root.stage(Request("tonle:x", None, {"a.txt": b"a"}, "publish", None, NOW))
    root.place(staged)
    place = tmp_path / "disk" if elsewhere else data / "backups"
    with override_settings(
        TONLE_DATA=data,
        TONLE_OCFL_ROOT=data / "ocfl",
        TONLE_STAGING=data / "staging",
        TONLE_BACKUP_DIR=str(place) if elsewhere else "",
        TONLE_BACKUPS_KEPT=2,
    ):
        for night in range(3):
            jobs.enqueue("infra.backup", {}, run_at=NOW)
            jobs.run_all_due(NOW + timedelta(days=night))

    found = backup.backups(place)
    assert len(found) == 2
    assert [list(backup.verify(path)) for path in found] == [[], []]
    kept = root.read("tonle:x", 1, "a.txt")
    # A second name in the node's own directory, a second copy on another disk.
    assert kept.stat().st_nlink == (1 if elsewhere else 2)


def test_no_backup_is_made_where_the_steward_wants_none(tmp_path: Path) -> None:
    with override_settings(TONLE_DATA=tmp_path, TONLE_BACKUPS_KEPT=0):
        jobs.enqueue("infra.backup", {}, run_at=NOW)
        jobs.run_all_due(NOW)

    assert list(tmp_path.iterdir()) == []
