"""Things of others: kept as received, shown as records, and back from the files alone."""

from __future__ import annotations

import gzip
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.constants import NOW
from tonle.catalogue import digest, drafts, foreign, rebuild, segments, services
from tonle.catalogue.checks import sections
from tonle.catalogue.errors import PidTaken
from tonle.catalogue.foreign import Foreign, prepare_foreign, take_back_foreign
from tonle.catalogue.models import Change, Record
from tonle.catalogue.publication import storage
from tonle.catalogue.segments import Locator, SegmentEntry
from tonle.catalogue.segments.files import newest
from tonle.catalogue.selectors import record_view
from tonle.catalogue.tests.factories import CURATOR, description, make_record
from tonle.catalogue.tests.test_rebuild import empty_database
from tonle.kernel.actors import ANONYMOUS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]
NAME = "harvest:somewhere"


def thing(name: str = "a", **fields: Any) -> Foreign:
    description = {"kind": "dataset", "titles": {"km": f"ទឹក {name}"}, **fields}
    return Foreign(name, description, json.dumps(description).encode(), "ckan-json")


def take(*things: Foreign, now: datetime = NOW) -> list[foreign.Prepared]:
    prepared = list(prepare_foreign(NAME, things, now))
    segments.append(NAME, [one.entry for one in prepared if one.entry], now)
    segments.apply(NAME, now)
    return prepared


def test_what_was_received_is_shown_searched_and_kept_as_it_came() -> None:
    [made] = take(thing())

    view = record_view(record_id=made.record, actor=ANONYMOUS, now=NOW)
    assert view.document["titles"] == {"km": "ទឹក a"}
    assert view.record.kept_in == NAME
    assert view.files == ()
    kept = segments.read(NAME, Locator(1, 1, 1))
    assert json.loads(kept.received)["titles"] == {"km": "ទឹក a"}
    assert kept.received_format == "ckan-json"
    assert storage().head(f"tonle:{made.record}") is None, "no object of its own"


def test_the_same_again_is_nothing_and_a_change_is_a_revision() -> None:
    [made] = take(thing())
    [same] = take(thing(), now=NOW + timedelta(days=1))
    [changed] = take(thing(subjects=[{"text": {"en": "water"}}]), now=NOW + timedelta(days=2))

    assert (same.outcome, same.entry) == ("unchanged", None)
    assert (changed.outcome, changed.record) == ("changed", made.record)
    view = record_view(record_id=made.record, actor=ANONYMOUS, now=NOW)
    assert [entry.label for entry in view.history] == ["1.1", "1"]
    assert [row.action for row in Change.objects.order_by("pos")] == ["publish", "revise"]


def test_what_its_source_took_back_has_a_tombstone_and_may_return_under_its_name() -> None:
    [made] = take(thing())
    record = Record.objects.select_related("document", "origin").get(id=made.record)
    gone = take_back_foreign(record, "deleted_at_source", {"en": "Deleted."}, NOW)
    assert gone is not None
    segments.append(NAME, [gone], NOW)
    segments.apply(NAME, NOW)

    record.refresh_from_db()
    assert record.state == "withdrawn"
    assert take_back_foreign(record, "deleted_at_source", {"en": "Deleted."}, NOW) is None
    [back] = take(thing())
    assert (back.outcome, back.record) == ("returned", made.record)
    record.refresh_from_db()
    assert record.state == "published"


def test_a_thing_that_is_here_already_by_its_identifier_is_joined_and_not_doubled() -> None:
    doi = [{"scheme": "doi", "value": "10.5555/rice"}]
    mine = make_record(pids=doi)
    both = take(thing("a", pids=doi), thing("b", pids=[{"scheme": "doi", "value": "10.5555/x"}]),
                thing("c", pids=[{"scheme": "doi", "value": "10.5555/x"}]))  # fmt: skip

    assert [one.outcome for one in both] == ["joined", "added", "joined"]
    assert both[0].record == mine.id
    assert both[2].record == both[1].record
    assert Record.objects.count() == 2


def let_go(made: foreign.Prepared, category: str) -> None:
    record = Record.objects.select_related("document", "origin").get(id=made.record)
    gone = take_back_foreign(record, category, {"en": "Gone."}, NOW)
    assert gone is not None
    segments.append(NAME, [gone], NOW)
    segments.apply(NAME, NOW)


def test_a_name_that_its_home_has_let_go_of_goes_to_the_record_that_is_at_home_here() -> None:
    doi = [{"scheme": "doi", "value": "10.5555/rice"}]
    [made] = take(thing(pids=doi))
    let_go(made, "source_removed")

    mine = make_record(pids=doi)

    assert list(mine.pids.values_list("value", flat=True)) == ["10.5555/rice"]
    [back] = take(thing(pids=doi))
    assert (back.outcome, back.record) == ("joined", mine.id)
    empty_database()
    rebuild.rebuild(NOW)
    assert Record.objects.get(pids__value="10.5555/rice").id == mine.id


def test_a_name_that_was_corrected_away_goes_to_the_thing_that_it_is_of() -> None:
    doi = [{"scheme": "doi", "value": "10.5555/rice"}]
    mine = make_record(pids=doi)
    [joined] = take(thing(pids=doi))
    assert joined.outcome == "joined"
    draft = drafts.create_successor(record_id=mine.id, actor=CURATOR, now=NOW, replaces_files=False)
    drafts.edit_draft(draft_id=draft.id, document=description(), actor=CURATOR, now=NOW)
    services.publish(draft_id=draft.id, actor=CURATOR, now=NOW)
    assert mine.pids.filter(value="10.5555/rice").exists(), "it still leads there"

    [added] = take(thing(pids=doi))

    assert added.outcome == "added"
    assert Record.objects.get(pids__value="10.5555/rice").id == added.record


def test_a_name_that_was_hidden_here_stays_with_what_was_hidden() -> None:
    doi = [{"scheme": "doi", "value": "10.5555/rice"}]
    [made] = take(thing(pids=doi))
    let_go(made, "hidden_here")

    with pytest.raises(PidTaken):
        make_record(pids=doi)


def test_what_others_read_here_comes_back_as_what_it_is() -> None:
    mine = make_record()
    ark = {"scheme": "ark", "value": f"ark:12345/{mine.id}"}
    page = {"type": "URL", "value": f"https://node.example/records/{mine.id}"}
    back = take(thing("a", pids=[ark]), thing("b", alternate_identifiers=[page]),
                thing(f"oai:node.example:{mine.id}"))  # fmt: skip

    assert [(one.outcome, one.record) for one in back] == [("joined", mine.id)] * 3


def test_a_known_thing_that_claims_anothers_name_is_refused_with_the_reason() -> None:
    make_record(pids=[{"scheme": "doi", "value": "10.5555/rice"}])
    take(thing())
    [refused] = take(thing(pids=[{"scheme": "doi", "value": "10.5555/rice"}]))

    assert refused.outcome == "refused"
    assert refused.reason is not None
    assert refused.reason.code == "pid_taken"


def test_a_faulty_description_is_refused_and_leaves_nothing() -> None:
    [refused] = take(Foreign("a", {"kind": "dataset"}))

    assert refused.outcome == "refused"
    assert not Record.objects.exists()
    assert newest(storage(), NAME) == 0


def test_entries_that_no_row_knows_of_follow_and_twice_is_once() -> None:
    prepared = [one.entry for one in prepare_foreign(NAME, [thing("a"), thing("b")], NOW)]
    segments.append(NAME, [entry for entry in prepared if entry], NOW)
    assert not Record.objects.exists()

    assert segments.apply(NAME, NOW).entries == 2
    assert segments.apply(NAME, NOW).entries == 0
    assert Record.objects.filter(state="published").count() == 2


def test_rows_come_back_from_the_files_alone_and_are_the_same() -> None:
    take(thing("a"), thing("b", members=["KHM"], relations=[]))
    take(thing("a", subjects=[{"text": {"en": "water"}}]), now=NOW + timedelta(days=1))
    gone = Record.objects.select_related("document", "origin").get(source_key=f"{NAME} b")
    entry = take_back_foreign(gone, "deleted_at_source", {"en": "Deleted."}, NOW)
    assert entry is not None
    segments.append(NAME, [entry], NOW)
    segments.apply(NAME, NOW)
    make_record()
    everything = digest.digest()
    empty_database()
    rebuild.rebuild(NOW)

    assert digest.digest() == everything
    assert Record.objects.filter(kept_in=NAME).count() == 2
    assert [f for one in sections(files=True) for f in one.findings] == []
    assert Record.objects.get(id=gone.id).state == "withdrawn"


def test_a_full_object_is_followed_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tonle.catalogue.segments.files.MOST_ENTRIES", 3)
    for number in range(4):
        take(thing(f"{number}a"), thing(f"{number}b"))

    assert newest(storage(), NAME) == 4
    assert len(list(segments.walk_entries(NAME))) == 8
    assert list(segments.names(storage())) == [NAME]


@given(received=st.binary(max_size=200), title=st.text(min_size=1, max_size=20))
def test_an_entry_is_read_as_it_was_written(received: bytes, title: str) -> None:
    entry = SegmentEntry("publish", {"id": "x", "titles": {"und": title}}, received, "oai-pmh")
    line = entry.dumps()

    again = SegmentEntry.loads(line)
    assert line.count(b"\n") == 1
    assert again.received == received
    assert again.document == entry.document


def test_a_name_that_is_no_name_is_refused(tmp_path: Path) -> None:
    for name in ("", "../x", "UPPER", "a" * 60, "a/b"):
        with pytest.raises(ValueError, match="not to be appended"):
            segments.append(name, [SegmentEntry("publish", {"id": "x"})], NOW)


def test_a_record_kept_in_segments_is_not_changed_by_hand_here() -> None:
    from tonle.catalogue import drafts, services
    from tonle.catalogue.errors import KeptElsewhere
    from tonle.catalogue.merging import merge

    [made] = take(thing())
    other = make_record()
    attempts = (
        lambda: drafts.create_successor(
            record_id=made.record, actor=CURATOR, now=NOW, replaces_files=False
        ),
        lambda: services.withdraw(
            record_id=made.record, category="error", reason={"en": "x"}, actor=CURATOR, now=NOW
        ),
        lambda: services.set_access(
            record_id=made.record, access={"level": "open"}, actor=CURATOR, now=NOW
        ),
        lambda: merge(
            record_id=made.record, into=other.id, reason={"en": "x"}, actor=CURATOR, now=NOW
        ),
        lambda: merge(
            record_id=other.id, into=made.record, reason={"en": "x"}, actor=CURATOR, now=NOW
        ),
    )
    for attempt in attempts:
        with pytest.raises(KeptElsewhere):
            attempt()


def test_a_damaged_file_of_entries_is_found_by_the_check(home: Path) -> None:
    take(thing())
    path = next((home / "ocfl").rglob("entries/*.gz"))
    path.write_bytes(gzip.compress(b"{}\n"))

    findings = [finding for one in sections(files=True) for finding in one.findings]
    assert any(NAME in finding for finding in findings)
