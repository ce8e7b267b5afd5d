"""Usage: double clicks, unique visitors, and files counted once."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from tonle.infra import usage
from tonle.infra.usage import Line, Use, count, fold, note
from tonle.infra.usage_models import UsageDay, UsageFile

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def line(seconds: float, visitor: str = "a", record: str = "r", kind: str = "request") -> Line:
    return Line(NOON + timedelta(seconds=seconds), record, kind, visitor)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([line(0)], (1, 1)),
        # A double click is one use; so is a row of clicks, each within 30 s of the last.
        ([line(0), line(30)], (1, 1)),
        ([line(0), line(31)], (2, 1)),
        ([line(0), line(20), line(40), line(60)], (1, 1)),
        ([line(0), line(1, "b")], (2, 2)),
        # The same visitor in the next hour is unique again.
        ([line(0), line(3600)], (2, 2)),
    ],
)
def test_double_clicks_and_unique_visitors(lines: list[Line], expected: tuple[int, int]) -> None:
    random.Random(7).shuffle(lines)

    assert count(lines) == {(NOON.date(), "r", "request"): expected}


@pytest.mark.django_db
def test_a_use_is_written_folded_once_and_names_nobody(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TONLE_USAGE = tmp_path
    monkeypatch.setattr(usage, "_writer", usage._Writer())
    for address in ("203.0.113.7", "203.0.113.7", "203.0.113.8"):
        note(Use("investigation", "r1"), address=address, agent="Mozilla", now=NOON)
    note(Use("investigation", "r1"), address="203.0.113.9", agent="Googlebot/2.1", now=NOON)
    (file,) = tmp_path.glob("use-*")
    text = file.read_text()
    assert "203.0.113" not in text
    assert len({json.loads(row)["visitor"] for row in text.splitlines()}) == 2

    assert fold(NOON + timedelta(minutes=30)) == 0
    assert file.exists()

    later = NOON + timedelta(hours=26)
    assert fold(later) == 3
    row = UsageDay.objects.get()
    assert (row.record, row.kind, row.total, row.unique) == ("r1", "investigation", 2, 2)
    assert list(tmp_path.iterdir()) == []

    # The deletion was lost in a crash: the file is there again, and is not counted again.
    file.write_text(text)
    assert fold(later) == 0
    assert UsageDay.objects.get().total == 2
    assert not file.exists()
    assert UsageFile.objects.count() == 1


@pytest.mark.django_db
def test_a_torn_line_is_left_out(tmp_path: Path) -> None:
    good = {"at": NOON.isoformat(), "record": "r", "kind": "request", "visitor": "v"}
    (tmp_path / "use-20261120T12-x.jsonl").write_text(json.dumps(good) + '\n{"at": "2026')

    assert fold(NOON + timedelta(days=1), tmp_path) == 1
