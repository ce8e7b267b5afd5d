"""From draft to record and on: what is public, what is kept, what is refused."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from tests.constants import NOW
from tonle.catalogue import drafts, gates, services
from tonle.catalogue.digest import digest
from tonle.catalogue.errors import FilesNotReadable, PidTaken, WrongState
from tonle.catalogue.files import NewFile
from tonle.catalogue.log import Verifier
from tonle.catalogue.models import Change, Document, Intent, Record
from tonle.catalogue.publication import protocol, recover, storage
from tonle.catalogue.publication.visible import make_visible
from tonle.catalogue.selectors import record_view
from tonle.catalogue.tests.factories import (
    CURATOR,
    DEPOSITOR,
    STEWARD,
    make_draft,
    make_record,
)
from tonle.catalogue.walk import Selection, walk
from tonle.infra import jobs, ocfl
from tonle.infra.models import AuditEntry
from tonle.kernel.actors import ANONYMOUS
from tonle.kernel.errors import Invalid, NotFound, NotPermitted, Refusal, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

LATER = NOW + timedelta(days=1)


def actions() -> list[tuple[int, str]]:
    return list(Change.objects.order_by("pos").values_list("pos", "action"))


def test_a_published_record_is_in_the_log_in_the_files_and_on_the_page(tmp_path: Path) -> None:
    record = make_record({"yields.csv": b"a,b\n1,2\n"}, folder=tmp_path)

    view = record_view(record_id=record.id, actor=ANONYMOUS, now=NOW)
    assert view.document["titles"]["km"] == "ទិន្នផលស្រូវខេត្តតាកែវ"
    assert [entry.label for entry in view.history] == ["1"]
    file, path = services.read_file(
        record_id=record.id, name="yields.csv", actor=ANONYMOUS, now=NOW
    )
    assert not AuditEntry.objects.filter(action="record.file_read").exists()
    assert path.read_bytes() == b"a,b\n1,2\n"
    assert file.size_bytes == 8
    assert actions() == [(1, "publish")]
    assert not Intent.objects.exists()
    assert list(Verifier().findings()) == []


def test_nobody_but_a_curator_publishes_and_a_refusal_leaves_nothing() -> None:
    draft = make_draft()

    with pytest.raises(NotPermitted):
        services.publish(draft_id=draft.id, actor=DEPOSITOR, now=NOW)

    assert actions() == []
    assert not Intent.objects.exists()
    assert not Document.objects.exists()
    with pytest.raises(NotFound):
        record_view(record_id=draft.record.id, actor=ANONYMOUS, now=NOW)


def test_publishing_twice_publishes_once() -> None:
    draft = make_draft()

    first = services.publish(draft_id=draft.id, actor=CURATOR, now=NOW)
    second = services.publish(draft_id=draft.id, actor=CURATOR, now=LATER)

    assert (first.id, first.updated_at) == (second.id, second.updated_at)
    assert actions() == [(1, "publish")]


def test_a_correction_is_a_revision_with_the_same_files(tmp_path: Path) -> None:
    record = make_record({"a.txt": b"a"}, folder=tmp_path)
    draft = drafts.create_successor(
        record_id=record.id, actor=CURATOR, now=LATER, replaces_files=False
    )
    document = {"kind": "dataset", "titles": {"en": "Rice"}, "access": {"level": "open"}}
    drafts.edit_draft(draft_id=draft.id, document=document, actor=CURATOR, now=LATER)
    with pytest.raises(WrongState):
        drafts.add_file(
            draft_id=draft.id,
            file=NewFile("b.txt", tmp_path / "upload-0"),
            actor=CURATOR,
            now=LATER,
        )

    services.publish(draft_id=draft.id, actor=CURATOR, now=LATER)

    view = record_view(record_id=record.id, actor=ANONYMOUS, now=LATER)
    assert [entry.label for entry in view.history] == ["1.1", "1"]
    assert [file["name"] for file in view.files] == ["a.txt"]
    assert actions() == [(1, "publish"), (2, "revise")]


def test_new_files_make_a_new_version_and_the_old_one_stays(tmp_path: Path) -> None:
    record = make_record({"a.txt": b"a", "b.txt": b"b"}, folder=tmp_path)
    draft = drafts.create_successor(
        record_id=record.id, actor=CURATOR, now=LATER, replaces_files=True
    )
    drafts.remove_file(draft_id=draft.id, name="a.txt", actor=CURATOR, now=LATER)
    (tmp_path / "c").write_bytes(b"c")
    drafts.add_file(
        draft_id=draft.id,
        file=NewFile("c.txt", tmp_path / "c"),
        actor=CURATOR,
        now=LATER,
    )

    services.publish(draft_id=draft.id, actor=CURATOR, now=LATER)

    newest = record_view(record_id=record.id, actor=ANONYMOUS, now=LATER)
    oldest = record_view(record_id=record.id, actor=ANONYMOUS, now=LATER, version=1)
    assert [file["name"] for file in newest.files] == ["b.txt", "c.txt"]
    assert [file["name"] for file in oldest.files] == ["a.txt", "b.txt"]
    assert (newest.is_newest, oldest.is_newest) == (True, False)
    assert storage().fixity(f"tonle:{record.id}").findings == ()


def test_a_withdrawn_record_leaves_a_tombstone_and_comes_back_as_it_was(tmp_path: Path) -> None:
    record = make_record({"a.txt": b"a"}, folder=tmp_path)
    before = digest()

    services.withdraw(
        record_id=record.id,
        category="by_author",
        reason={"en": "A better one exists."},
        actor=CURATOR,
        now=LATER,
    )

    view = record_view(record_id=record.id, actor=ANONYMOUS, now=LATER)
    assert view.document["tombstone"]["reason"] == {"en": "A better one exists."}
    with pytest.raises(NotFound):
        services.read_file(record_id=record.id, name="a.txt", actor=STEWARD, now=LATER)
    assert digest() != before
    services.reinstate(record_id=record.id, actor=CURATOR, now=LATER)
    assert Record.objects.get(id=record.id).state == "published"
    assert [action for _, action in actions()] == ["publish", "withdraw", "reinstate"]


def test_a_takedown_leaves_no_byte_behind(tmp_path: Path, home: Path) -> None:
    record = make_record(
        {"secret.txt": b"a very particular secret"}, folder=tmp_path, members=["KHM"]
    )
    with pytest.raises(NotPermitted):
        services.purge(
            record_id=record.id, category="law", reason={"en": "Order."}, actor=CURATOR, now=LATER
        )

    services.purge(
        record_id=record.id,
        category="law",
        reason={"en": "Order."},
        actor=STEWARD,
        now=LATER,
        metadata=True,
    )

    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert b"a very particular secret" not in kept
    assert "តាកែវ".encode() not in kept
    assert list(Verifier().findings()) == []
    assert record_view(record_id=record.id, actor=ANONYMOUS, now=LATER).files == ()
    # Whoever reads a part of the catalogue in which it was is told that it is gone.
    part = Selection(member="KHM", access="open")
    assert [(one.id, one.gone) for one in walk(now=LATER, selection=part)] == [(record.id, True)]


def test_one_name_cannot_name_two_records() -> None:
    pid = {"scheme": "doi", "value": "10.5555/rice"}
    first = make_record(pids=[pid])

    with pytest.raises(PidTaken) as refusal:
        make_record(pids=[pid])

    assert refusal.value.data["holder"] == first.id
    assert len(actions()) == 1


def test_a_name_made_of_a_records_id_is_that_records_said_or_not() -> None:
    first = make_record()

    with pytest.raises(PidTaken) as refusal:
        make_record(pids=[{"scheme": "ark", "value": f"ark:12345/{first.id}"}])

    assert refusal.value.data["holder"] == first.id


def test_every_gate_is_heard_and_one_that_fails_denies(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object) -> list[Refusal]:
        return [Refusal("unsafe", "Not assessed.")]

    def fails(*_: object) -> list[Refusal]:
        raise RuntimeError("the gate is broken")

    monkeypatch.setitem(gates._GATES, "assessment", refuses)
    monkeypatch.setitem(gates._GATES, "broken", fails)

    with pytest.raises(Refused) as refusal:
        make_record()

    assert [r.code for r in refusal.value.refusals] == ["unsafe", "gate_failed"]


def test_an_embargo_hides_the_files_and_opens_by_itself(tmp_path: Path) -> None:
    record = make_record(
        {"a.txt": b"a"},
        folder=tmp_path,
        access={"level": "embargoed", "embargo_until": LATER.date().isoformat()},
    )
    with pytest.raises(FilesNotReadable):
        services.read_file(record_id=record.id, name="a.txt", actor=ANONYMOUS, now=NOW)
    # Nobody but the clock: it ticks as in the worker, and what it asks for is done.
    jobs.tick(NOW)
    jobs.run_all_due(NOW)
    eve = LATER.replace(hour=0, minute=0) - timedelta(seconds=1)
    jobs.tick(eve)
    jobs.run_all_due(eve)
    with pytest.raises(FilesNotReadable):
        services.read_file(record_id=record.id, name="a.txt", actor=ANONYMOUS, now=eve)
    assert [action for _, action in actions()] == ["publish"]

    jobs.tick(LATER)
    jobs.run_all_due(LATER)
    jobs.tick(LATER + timedelta(minutes=1))
    jobs.run_all_due(LATER + timedelta(minutes=1))

    assert services.read_file(record_id=record.id, name="a.txt", actor=ANONYMOUS, now=LATER)
    assert [action for _, action in actions()] == ["publish", "lapse"]


def test_a_batch_publishes_what_can_be_and_tells_the_rest() -> None:
    pid = {"scheme": "doi", "value": "10.5555/twice"}
    made = [make_draft(), make_draft(pids=[pid]), make_draft(pids=[pid]), make_draft()]

    outcome = services.publish_many(drafts=made, actor=CURATOR, now=NOW)

    assert len(outcome.done) == 3
    [refused] = outcome.refused.items()
    assert refused[0] == made[2].record.id
    assert isinstance(refused[1], PidTaken)
    assert len(actions()) == 3


def test_reading_what_is_not_open_leaves_one_audit_row_an_hour(tmp_path: Path) -> None:
    record = make_record({"a.txt": b"a"}, folder=tmp_path, access={"level": "restricted"})

    for minutes in (0, 1, 2, 90):
        at = NOW + timedelta(minutes=minutes)
        services.read_file(record_id=record.id, name="a.txt", actor=CURATOR, now=at)

    read = AuditEntry.objects.filter(action="record.file_read", object_id=record.id)
    assert read.count() == 2


def test_a_restriction_hides_the_files_before_any_file_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a crash between the two transactions: the entry is missing, the door is shut."""
    record = make_record({"a.txt": b"a"}, folder=tmp_path)

    def crash(*_: object) -> None:
        raise RuntimeError("the power fails here")

    with monkeypatch.context() as patch:
        patch.setattr(protocol, "_complete", crash)
        with pytest.raises(RuntimeError):
            services.set_access(
                record_id=record.id, access={"level": "restricted"}, actor=CURATOR, now=LATER
            )

    assert actions() == [(1, "publish")]
    with pytest.raises(FilesNotReadable):
        services.read_file(record_id=record.id, name="a.txt", actor=ANONYMOUS, now=LATER)
    assert recover() == 1
    assert actions() == [(1, "publish"), (2, "access")]


def test_what_cannot_be_finished_keeps_nothing_else_from_being_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stage and object were lost for one of two; the node must still start and go on."""
    lost, sound = (make_record({"a.txt": b"a"}, folder=tmp_path) for _ in range(2))

    def crash(*_: object) -> None:
        raise RuntimeError("the power fails here")

    with monkeypatch.context() as patch:
        patch.setattr(protocol, "_complete", crash)
        for record in (lost, sound):
            with pytest.raises(RuntimeError):
                services.set_access(
                    record_id=record.id, access={"level": "restricted"}, actor=CURATOR, now=LATER
                )
    storage().discard(ocfl.Staged.from_json(Intent.objects.get(record=lost).staged))
    shutil.rmtree(str(storage().object_path(f"tonle:{lost.id}")))

    assert recover(batch=1) == 1
    assert [intent.record for intent in Intent.objects.all()] == [lost]
    assert actions()[2:] == [(3, "access")]


def test_a_takedown_cut_short_erases_the_texts_when_the_node_comes_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = make_record()
    body = bytes(Document.objects.get(record=record).body)

    def cut(*_: object) -> None:
        raise RuntimeError("the power fails here")

    with monkeypatch.context() as patch:
        patch.setattr(protocol, "_complete", cut)
        with pytest.raises(RuntimeError):
            _forbid(record, metadata=True)

    assert recover() == 1
    assert not Document.objects.filter(record=record, body=body).exists()
    _forbid(record, metadata=True)
    assert actions() == [(1, "publish"), (2, "purge")]


def test_the_description_may_be_taken_down_after_the_files(tmp_path: Path, home: Path) -> None:
    record = make_record({"a.txt": b"a very particular secret"}, folder=tmp_path)

    _forbid(record, metadata=False)
    assert "តាកែវ".encode() in _kept(home)
    _forbid(record, metadata=True)

    assert "តាកែវ".encode() not in _kept(home)
    assert Document.objects.filter(record=record, erased_at=None).count() == 1
    assert list(Verifier().findings()) == []
    assert storage().fixity(f"tonle:{record.id}").findings == ()


def _forbid(record: Record, *, metadata: bool) -> Record:
    return services.purge(
        record_id=record.id,
        category="legal",
        reason={"en": "A court has ruled."},
        actor=STEWARD,
        now=LATER,
        metadata=metadata,
    )


def _kept(home: Path) -> bytes:
    files = [path for path in (home / "ocfl").rglob("*") if path.is_file()]
    return b"".join(path.read_bytes() for path in files)


def test_a_publication_whose_stage_is_lost_is_staged_anew(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = make_draft({"a.txt": b"a", "b.txt": b"b"}, folder=tmp_path)

    def cut(*_: object) -> None:
        raise RuntimeError("the power fails here")

    with monkeypatch.context() as patch:
        patch.setattr(protocol, "_complete", cut)
        with pytest.raises(RuntimeError):
            services.publish(draft_id=draft.id, actor=CURATOR, now=NOW)
    storage().discard(ocfl.Staged.from_json(Intent.objects.get().staged))

    assert recover() == 1
    assert (
        services.read_file(record_id=draft.record.id, name="b.txt", actor=ANONYMOUS, now=NOW)[
            1
        ].read_bytes()
        == b"b"
    )
    assert storage().fixity(f"tonle:{draft.record.id}").findings == ()


def test_two_recoveries_at_once_finish_an_intent_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = make_record({"a.txt": b"a"}, folder=tmp_path)

    def twice(keys: list[int]) -> None:
        """Somebody else finishes while we wait for the lock on the intent."""
        make_visible(keys)
        make_visible(keys)

    monkeypatch.setattr(protocol, "make_visible", twice)
    services.set_access(
        record_id=record.id, access={"level": "restricted"}, actor=CURATOR, now=LATER
    )

    assert actions() == [(1, "publish"), (2, "access")]
    assert not Intent.objects.exists()


def test_a_published_description_is_not_hidden_by_an_effect() -> None:
    record = make_record()

    with pytest.raises(Invalid):
        services.set_effects(
            record_id=record.id,
            effects=[{"action": "read_metadata", "rule": "deny"}],
            actor=STEWARD,
            now=LATER,
        )

    assert actions() == [(1, "publish")]
