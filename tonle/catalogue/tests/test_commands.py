"""What the catalogue's commands say, and with what they end."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from tonle.catalogue import commands
from tonle.infra import backup, keeping_commands

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]

SOUND = {
    "id": "10.5555/a",
    "doi": "10.5555/a",
    "titles": [{"title": "Rice"}],
    "creators": [{"name": "Sokha"}],
    "publisher": "RUA",
    "publicationYear": 2024,
    "types": {"resourceTypeGeneral": "Dataset"},
    "schemaVersion": "http://datacite.org/schema/kernel-4",
}


def take_in(*paths: Path, **options: Any) -> int:
    given = {"dry_run": False, "report": None, "quiet": False, "same": False, **options}
    told = {"mapping": None, "suggest_mapping": False, "draft": False, "no_files": False, **given}
    return commands._import(argparse.Namespace(paths=[str(path) for path in paths], **told))


def test_an_import_of_nothing_that_is_known_ends_as_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unknown, known = tmp_path / "notes.bin", tmp_path / "sound.json"
    unknown.write_bytes(b"\x00\x01 nothing we know")
    known.write_text(json.dumps(SOUND))

    assert take_in(unknown) == 1
    assert "Nothing in it could be taken in." in capsys.readouterr().out
    assert take_in(tmp_path / "absent.json") == 1
    # Beside something that is known, it is counted and stands in nobody's way.
    assert take_in(tmp_path) == 0
    assert take_in(known) == 0


def test_restoring_from_where_nothing_is_says_so(tmp_path: Path) -> None:
    for only in (True, False):
        with pytest.raises(backup.NoSuchPlace) as told:
            keeping_commands._restore(
                argparse.Namespace(source=tmp_path / "absent", verify_only=only)
            )
        assert "There is nothing at" in str(told.value)
