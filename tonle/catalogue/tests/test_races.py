"""Two at once, in two threads with a connection each: nothing lost, nothing doubled."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from tests.constants import NOW
from tonle.catalogue import drafts, grants, services
from tonle.catalogue.errors import EditConflict
from tonle.catalogue.models import AccessGrant, Change, Draft, DraftEdit, DraftFile, Record
from tonle.catalogue.selectors import document_of
from tonle.catalogue.tests.factories import CURATOR, DEPOSITOR, description, make_draft, make_record
from tonle.kernel.errors import TonleError

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]

LATER = NOW + timedelta(minutes=1)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each came to: its value, or the error it raised. They begin together."""
    together = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        together.wait()
        try:
            return work()
        except TonleError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_two_who_save_different_parts_at_once_are_both_kept() -> None:
    draft = make_draft()

    def save(**fields: Any) -> Draft:
        return drafts.edit_draft(
            draft_id=draft.id,
            document=description(**fields),
            actor=DEPOSITOR,
            now=LATER,
            base=0,
        )

    at_once(lambda: save(sizes=["1"]), lambda: save(languages=["km"]))

    view = drafts.draft_view(draft_id=draft.id, actor=DEPOSITOR, now=LATER)
    assert (view.document["sizes"], view.document["languages"]) == (["1"], ["km"])
    assert view.edit_seq == 2


def test_of_two_who_save_the_same_part_at_once_one_is_told_and_both_are_kept() -> None:
    draft = make_draft()

    def save(text: str) -> Draft:
        return drafts.edit_draft(
            draft_id=draft.id,
            document=description(sizes=[text]),
            actor=DEPOSITOR,
            now=LATER,
            base=0,
        )

    found = at_once(lambda: save("one"), lambda: save("other"))

    assert sorted(type(outcome).__name__ for outcome in found) == ["Draft", "EditConflict"]
    (clash,) = [outcome for outcome in found if isinstance(outcome, EditConflict)]
    kept = {
        *drafts.draft_view(draft_id=draft.id, actor=DEPOSITOR, now=LATER).document["sizes"],
        *drafts.draft_edits(draft.id, DEPOSITOR)[0].document["sizes"],
    }
    assert kept == {"one", "other"}
    assert DraftEdit.objects.get(kind="set_aside").id == clash.set_aside


def test_two_uploads_of_one_name_at_once_leave_one_whole_file(tmp_path: Path, home: Path) -> None:
    draft = make_draft()

    def upload(data: bytes) -> DraftFile:
        spooled = tmp_path / data.decode()
        spooled.write_bytes(data)
        return drafts.take_file(
            draft_id=draft.id, name="a.txt", spooled=spooled, actor=DEPOSITOR, now=LATER
        )

    found = at_once(lambda: upload(b"one"), lambda: upload(b"other"))

    assert all(isinstance(outcome, DraftFile) for outcome in found)
    row, path = drafts.draft_file(draft_id=draft.id, name="a.txt", actor=DEPOSITOR, now=NOW)
    assert len(path.read_bytes()) == row.size_bytes
    assert [p for p in (home / "drafts").glob("*/*") if p.is_file()] == [path]


def test_words_saved_while_the_draft_is_published_are_published_or_still_there() -> None:
    draft = make_draft()

    def save() -> Draft:
        return drafts.edit_draft(
            draft_id=draft.id, document=description(sizes=["1"]), actor=DEPOSITOR, now=LATER
        )

    saved, published = at_once(
        save, lambda: services.publish(draft_id=draft.id, actor=CURATOR, now=LATER)
    )

    state = Draft.objects.get().state
    if isinstance(published, TonleError):
        assert state == "open"
        view = drafts.draft_view(draft_id=draft.id, actor=DEPOSITOR, now=LATER)
        assert view.document["sizes"] == ["1"]
    else:
        assert state == "published"
        document = document_of(Record.objects.select_related("document").get())
        assert ("sizes" in document) == isinstance(saved, Draft)


def test_pressed_twice_at_once_it_is_published_once() -> None:
    draft = make_draft()

    def publish() -> Record:
        return services.publish(draft_id=draft.id, actor=CURATOR, now=LATER)

    found = at_once(publish, publish)

    assert any(isinstance(outcome, Record) for outcome in found)
    assert list(Change.objects.values_list("action", flat=True)) == ["publish"]
    assert publish().version == 1


def test_two_who_begin_the_next_version_at_once_meet_in_one_draft() -> None:
    record = make_record()

    def begin() -> str:
        return drafts.create_successor(
            record_id=record.id, actor=CURATOR, now=LATER, replaces_files=False
        ).id

    found = at_once(begin, begin)

    assert found[0] == found[1]
    assert Draft.objects.filter(state="open").count() == 1


def test_one_request_granted_twice_at_once_lets_in_once() -> None:
    record = make_record(access={"level": "restricted"})

    def grant() -> AccessGrant:
        return grants.grant_access(
            record_id=record.id,
            grantee="bopha",
            actor=CURATOR,
            now=LATER,
            valid_until=LATER + timedelta(days=30),
            request="asked",
        )

    found = at_once(grant, grant)

    assert {outcome.id for outcome in found} == {AccessGrant.objects.get().id}
