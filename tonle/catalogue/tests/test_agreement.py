"""`tonle check` finds a row that does not say what its document says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.constants import NOW
from tonle.catalogue import drafts, merging, services
from tonle.catalogue.checks import sections
from tonle.catalogue.models import (
    Document,
    Effect,
    File,
    Pid,
    Record,
    RecordCommunity,
    RecordMember,
    Relation,
)
from tonle.catalogue.tests.factories import CURATOR, DEPOSITOR, STEWARD, make_record

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]

LATER = NOW + timedelta(days=1)
WHY: dict[str, Any] = {"category": "x", "reason": {"en": "x"}, "now": LATER}


def findings(*, files: bool = False) -> list[str]:
    return [what for one in sections(files=files) if one.name == "rows" for what in one.findings]


def burdened(folder: Path) -> Record:
    """A record with something in every column and table that follows from its document."""
    record = make_record(
        {"a.csv": b"1", "b.csv": b"2"},
        folder=folder,
        access={"level": "embargoed", "embargo_until": "2099-01-01"},
        communities=["rice"],
        members=["KHM", "LAO"],
        pids=[{"scheme": "doi", "value": "10.5555/rice"}],
        relations=[{"type": "Cites", "target": {"scheme": "doi", "value": "10.5555/x"}}],
        geo_locations=[{"point": {"latitude": "11.5", "longitude": "104.9"}}],
    )
    effects = [
        {
            "action": "read_files",
            "rule": "role",
            "params": {"role": "steward"},
            "valid_from": "2026-01-01T00:00:00Z",
        }
    ]
    services.set_effects(record_id=record.id, effects=effects, actor=CURATOR, now=LATER)
    return Record.objects.get(key=record.key)


def next_version(record: Record, folder: Path) -> None:
    draft = drafts.create_successor(
        record_id=record.id, actor=DEPOSITOR, now=LATER, replaces_files=True
    )
    drafts.rename_file(draft_id=draft.id, name="a.csv", to="c.csv", actor=DEPOSITOR, now=LATER)
    services.publish(draft_id=draft.id, actor=CURATOR, now=LATER)


def test_whatever_was_done_to_a_record_rows_and_document_agree(tmp_path: Path) -> None:
    record = burdened(tmp_path)
    next_version(record, tmp_path)
    revised, withdrawn, back, purged, bare, twin = (
        make_record({"a.csv": b"1"}, folder=tmp_path) for _ in range(6)
    )
    draft = drafts.create_successor(
        record_id=revised.id, actor=DEPOSITOR, now=LATER, replaces_files=False
    )
    services.publish(draft_id=draft.id, actor=CURATOR, now=LATER)
    services.set_access(
        record_id=revised.id, access={"level": "restricted"}, actor=CURATOR, now=LATER
    )
    for one in (withdrawn, back):
        services.withdraw(record_id=one.id, actor=CURATOR, **WHY)
    services.reinstate(record_id=back.id, actor=CURATOR, now=LATER)
    services.purge(record_id=purged.id, actor=STEWARD, **WHY)
    services.purge(record_id=bare.id, actor=STEWARD, metadata=True, **WHY)
    merging.merge(record_id=twin.id, into=revised.id, reason={"en": "x"}, actor=CURATOR, now=LATER)

    assert findings(files=True) == []


TAMPERED: dict[str, tuple[Callable[[Record], object], str]] = {
    "opened": (lambda r: _set(r, access_level="open"), "access_level"),
    "embargo ended": (lambda r: _set(r, embargo_until=NOW), "embargo_until"),
    "version": (lambda r: _set(r, version=7), "version"),
    "led away": (lambda r: _set(r, merged_into="0" * 15), "merged_into"),
    "effect gone": (lambda _: Effect.objects.all().delete(), "effect"),
    "effect lifted": (lambda _: Effect.objects.update(rule="allow"), "effect"),
    "effect later": (lambda _: Effect.objects.update(valid_from=LATER), "effect"),
    "effect for others": (lambda _: Effect.objects.update(needed_role="curator@node:"), "effect"),
    "community gone": (lambda _: RecordCommunity.objects.all().delete(), "community"),
    "community gained": (
        lambda r: RecordCommunity.objects.create(record=r, community="fish"),
        "community",
    ),
    "member gone": (lambda _: RecordMember.objects.filter(member="LAO").delete(), "member"),
    "relation bent": (lambda _: Relation.objects.update(value="10.5555/y"), "relation"),
    "name lost": (lambda _: Pid.objects.all().delete(), "10.5555/rice"),
    "file gone": (lambda _: File.objects.filter(name="b.csv").delete(), "files of version 1"),
    "file of other bytes": (lambda _: File.objects.update(sha256="0" * 64), "files of version 1"),
    "older document": (
        lambda r: _set(r, document=Document.objects.filter(record=r).earliest("key")),
        "not the newest",
    ),
    "document of another": (
        lambda r: _set(r, document=make_record().document),
        "of another record",
    ),
    "no document": (
        lambda r: _set(r, document=Document.objects.create(record=r, body=b"{}", sha256="0" * 64)),
        "none of a record",
    ),
}


def _set(record: Record, **fields: Any) -> None:
    Record.objects.filter(key=record.key).update(**fields)


@pytest.mark.one_database
@pytest.mark.parametrize("name", TAMPERED)
def test_a_row_changed_by_another_hand_is_found(name: str, tmp_path: Path) -> None:
    record = burdened(tmp_path)
    tamper, word = TAMPERED[name]

    tamper(record)

    found = findings()
    assert found
    assert all(f"record {record.id}: " in what for what in found)
    assert any(word in what for what in found), found


def test_files_of_an_earlier_version_are_compared_too(tmp_path: Path) -> None:
    record = burdened(tmp_path)
    next_version(record, tmp_path)
    assert findings(files=True) == []

    File.objects.filter(version__number=1, name="a.csv").delete()

    assert findings() == [
        f"record {record.id}: its files of version 1 are not those of its document"
    ]


def test_a_file_that_leads_to_another_ones_bytes_is_found_where_files_are_read(
    tmp_path: Path,
) -> None:
    record = burdened(tmp_path)
    other = File.objects.get(name="b.csv")
    File.objects.filter(name="a.csv").update(content_path=other.content_path)

    assert findings(files=True) == [
        f"record {record.id}: a.csv of version 1 leads to other bytes than its own"
    ]


def test_circles_of_duplicates_are_told() -> None:
    one, other, third = (make_record() for _ in range(3))
    for source, target in ((one, other), (other, third)):
        merging.merge(
            record_id=source.id, into=target.id, reason={"en": "x"}, actor=CURATOR, now=LATER
        )
    assert findings() == []
    services.withdraw(record_id=third.id, actor=CURATOR, **WHY)
    # A record that remains may be withdrawn later: its duplicates lead to its tombstone.
    assert findings() == []

    _set(third, merged_into=other.id)

    circles = [what for what in findings() if "in a circle" in what]
    assert len(circles) == 2
    assert not any(one.id in what.partition(":")[0] for what in circles)
