"""Who gets the bytes of a draft: its own are its writers', published ones are the record's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Q

from config import wiring
from tests.constants import NOW
from tonle.catalogue import drafts, gates, grants, services
from tonle.catalogue.errors import FilesNotReadable, WrongState
from tonle.catalogue.files import NewFile
from tonle.catalogue.models import Draft, DraftEdit, DraftFile
from tonle.catalogue.permissions import may_read_draft, readable
from tonle.catalogue.tests.factories import (
    BOPHA,
    CURATOR,
    DEPOSITOR,
    STEWARD,
    VOUCHED,
    curator_of,
    description,
    make_draft,
    make_record,
)
from tonle.infra.models import AuditEntry
from tonle.kernel.actors import ANONYMOUS, SYSTEM, Actor
from tonle.kernel.errors import NotFound, TonleError

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

DAY = timedelta(days=1)
MALIS, LET_IN = Actor("co-writer-malis"), Actor("let-in-rithy")
EVERYBODY = (
    ANONYMOUS, SYSTEM, DEPOSITOR, BOPHA, MALIS, LET_IN, VOUCHED, CURATOR, STEWARD,
    curator_of("rice"), curator_of("fish"),
)  # fmt: skip
KEPT, NEW = "kept.txt", "new.txt"
LEVELS: dict[str, dict[str, Any]] = {
    "open": {"level": "open"},
    "embargoed": {"level": "embargoed", "embargo_until": "2099-01-01"},
    "restricted": {"level": "restricted"},
    "described": {"level": "metadata_only"},
}


def next_version(folder: Path, access: dict[str, Any]) -> Draft:
    """A draft with a file of its own, beside one of a published version; Malis writes along."""
    record = make_record({KEPT: b"published"}, folder=folder, access=access, communities=["rice"])
    draft = drafts.create_successor(
        record_id=record.id, actor=DEPOSITOR, now=NOW, replaces_files=True
    )
    for who in (MALIS, LET_IN):
        drafts.add_draft_editor(
            draft_id=draft.id, account_actor_id=who.id, actor=DEPOSITOR, now=NOW
        )
    path = folder / "new"
    path.write_bytes(b"new")
    drafts.add_file(draft_id=draft.id, file=NewFile(NEW, path), actor=DEPOSITOR, now=NOW)
    if access["level"] == "restricted":
        grants.grant_access(
            record_id=record.id, grantee=LET_IN.id, actor=CURATOR, now=NOW, valid_until=NOW + DAY
        )
    return draft


def given(draft: Draft, actor: Actor, shown_to: Actor | None = None) -> set[str]:
    """The files whose bytes come out of the door, asked for one by one."""
    found = set()
    for name in (KEPT, NEW):
        try:
            _, path = drafts.draft_file(
                draft_id=draft.id, name=name, actor=actor, now=NOW, shown_to=shown_to
            )
        except (NotFound, FilesNotReadable):
            continue
        assert path.is_file()
        found.add(name)
    return found


@pytest.mark.one_database
@pytest.mark.parametrize("denied", [False, True])
@pytest.mark.parametrize("level", LEVELS)
def test_door_and_filter_agree_for_everybody(level: str, denied: bool, tmp_path: Path) -> None:
    draft = next_version(tmp_path, LEVELS[level])
    if denied:
        effects = [{"action": "read_files", "rule": "deny"}]
        services.set_effects(record_id=draft.record.id, effects=effects, actor=CURATOR, now=NOW)

    for actor in EVERYBODY:
        for shown_to in (None, ANONYMOUS, LET_IN):
            rows = DraftFile.objects.filter(drafts.given_files(actor, NOW, shown_to))
            by_door = given(draft, actor, shown_to)
            assert set(rows.values_list("name", flat=True)) == by_door, (actor, shown_to)
            if actor == SYSTEM and shown_to is None:
                assert by_door == {KEPT, NEW}
            if denied and (actor != SYSTEM or shown_to is not None):
                assert KEPT not in by_door
    anybody = {KEPT} if level == "open" and not denied else set()
    assert given(draft, MALIS, ANONYMOUS) == {NEW} | anybody
    assert given(draft, MALIS) == {NEW} | anybody
    assert given(draft, BOPHA) == set()
    let_in = {KEPT} if level == "restricted" and not denied else anybody
    assert given(draft, LET_IN) == {NEW} | let_in


def test_what_is_withdrawn_leaves_by_no_draft(tmp_path: Path) -> None:
    draft = next_version(tmp_path, LEVELS["open"])
    assert given(draft, MALIS, ANONYMOUS) == {KEPT, NEW}

    services.withdraw(
        record_id=draft.record.id, category="x", reason={"en": "x"}, actor=CURATOR, now=NOW
    )

    for actor in EVERYBODY:
        assert KEPT not in given(draft, actor, ANONYMOUS), actor
        assert KEPT not in given(draft, actor) or actor == SYSTEM, actor


def test_reading_what_is_not_open_to_all_is_written_down(tmp_path: Path) -> None:
    draft = next_version(tmp_path, LEVELS["restricted"])
    given(draft, SYSTEM)
    given(draft, MALIS)
    assert not AuditEntry.objects.filter(action="record.file_read").exists()

    given(draft, DEPOSITOR)

    entry = AuditEntry.objects.get(action="record.file_read")
    assert (entry.actor, entry.object_id) == (DEPOSITOR.id, draft.record.id)


def test_a_draft_that_is_published_or_given_up_gives_out_nothing(tmp_path: Path) -> None:
    published = next_version(tmp_path, LEVELS["restricted"])
    services.publish(draft_id=published.id, actor=CURATOR, now=NOW)
    discarded = make_draft({NEW: b"x"}, folder=tmp_path)
    drafts.discard_draft(draft_id=discarded.id, actor=DEPOSITOR, now=NOW)

    for draft in (published, discarded):
        for actor in EVERYBODY:
            assert given(draft, actor) == set()
    assert not DraftFile.objects.filter(drafts.given_files(SYSTEM, NOW)).exists()


# --- a record that is taken back -----------------------------------------------------------


def test_nothing_is_changed_about_a_withdrawn_record_until_it_is_back(tmp_path: Path) -> None:
    draft = next_version(tmp_path, LEVELS["open"])
    about: dict[str, Any] = {"draft_id": draft.id, "actor": DEPOSITOR, "now": NOW}
    services.withdraw(
        record_id=draft.record.id, category="x", reason={"en": "x"}, actor=CURATOR, now=NOW
    )

    with pytest.raises(WrongState):
        drafts.edit_draft(document=description(), **about)
    with pytest.raises(WrongState):
        drafts.remove_file(name=NEW, **about)
    services.reinstate(record_id=draft.record.id, actor=CURATOR, now=NOW)
    drafts.edit_draft(document=description(), **about)


def test_a_draft_of_a_withdrawn_record_may_be_given_up(tmp_path: Path) -> None:
    draft = next_version(tmp_path, LEVELS["open"])
    services.withdraw(
        record_id=draft.record.id, category="x", reason={"en": "x"}, actor=CURATOR, now=NOW
    )

    drafts.discard_draft(draft_id=draft.id, actor=DEPOSITOR, now=NOW)

    draft.refresh_from_db()
    assert draft.state == "discarded"


@pytest.mark.parametrize("metadata", [False, True])
def test_a_takedown_takes_what_is_being_written_along(tmp_path: Path, metadata: bool) -> None:
    draft = next_version(tmp_path, LEVELS["open"])
    drafts.edit_draft(
        draft_id=draft.id, document=description(sizes=["1"]), actor=DEPOSITOR, now=NOW
    )

    services.purge(
        record_id=draft.record.id,
        category="legal",
        reason={"en": "x"},
        actor=STEWARD,
        now=NOW,
        metadata=metadata,
    )

    draft.refresh_from_db()
    assert (draft.state, bytes(draft.body)) == ("discarded", b"")
    assert not DraftFile.objects.filter(draft=draft).exists()
    assert not DraftEdit.objects.filter(draft=draft).exists()


# --- what contexts above hide --------------------------------------------------------------


def test_what_a_context_hides_is_hidden_by_every_door(
    tmp_path: Path, no_gates_from_above: None
) -> None:
    hidden, other = make_draft({NEW: b"x"}, folder=tmp_path), make_draft()
    gates.register_read_gate(
        "test.hides",
        gates.ReadGate(
            lambda draft, actor: draft.id == hidden.id and actor == CURATOR,
            lambda actor: Q(id=hidden.id) if actor == CURATOR else Q(pk__in=[]),
        ),
    )
    about: dict[str, Any] = {"draft_id": hidden.id, "now": NOW}

    doors: dict[str, Callable[[Actor], object]] = {
        "see": lambda who: drafts.draft_view(actor=who, **about),
        "read": lambda who: drafts.draft_file(name=NEW, actor=who, **about),
        "edits": lambda who: drafts.draft_edits(hidden.id, who),
        "write": lambda who: drafts.edit_draft(document=description(), actor=who, **about),
        "rename": lambda who: drafts.rename_file(name=NEW, to="b", actor=who, **about),
        "publish": lambda who: services.publish(actor=who, **about),
        "discard": lambda who: drafts.discard_draft(actor=who, **about),
    }
    for name, door in doors.items():
        with pytest.raises(NotFound):
            door(CURATOR)
        if name not in {"publish", "discard"}:
            door(STEWARD)
    for actor in EVERYBODY:
        by_rule = {d.id for d in (hidden, other) if may_read_draft(actor, d)}
        by_filter = Draft.objects.filter(readable(actor)).values_list("id", flat=True)
        assert set(by_filter) == by_rule, actor


def broken(*_: object) -> bool:
    raise RuntimeError("a context is at fault")


@pytest.mark.parametrize("fault", ["missing", "broken"])
def test_a_gate_that_is_missing_or_broken_hides(
    fault: str, monkeypatch: pytest.MonkeyPatch, no_gates_from_above: None
) -> None:
    draft = make_draft()
    if fault == "missing":
        monkeypatch.setattr(wiring, "READ_GATES", ("test.none",))
        assert gates.missing() == ["test.none"]
        assert not Draft.objects.filter(readable(DEPOSITOR)).exists()
    else:
        gates.register_read_gate("test.broken", gates.ReadGate(broken, lambda _: Q()))

    for actor in EVERYBODY:
        if actor == SYSTEM:
            drafts.draft_view(draft_id=draft.id, actor=actor, now=NOW)
            continue
        with pytest.raises(TonleError):
            drafts.draft_view(draft_id=draft.id, actor=actor, now=NOW)
