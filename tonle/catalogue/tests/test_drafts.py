"""One draft, several people: what is joined, what is set aside, who may, what is frozen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.constants import NOW
from tonle.catalogue import drafts, gates, services
from tonle.catalogue.drafts import words
from tonle.catalogue.errors import DraftInWork, EditConflict, WrongState
from tonle.catalogue.models import Draft, DraftEdit, DraftFile, Record
from tonle.catalogue.permissions import editable, may_edit
from tonle.catalogue.publication import protocol
from tonle.catalogue.tests.factories import (
    BOPHA,
    CURATOR,
    DEPOSITOR,
    VOUCHED,
    curator_of,
    description,
    make_draft,
    make_record,
)
from tonle.infra.models import AuditEntry
from tonle.kernel.actors import ANONYMOUS, Actor
from tonle.kernel.errors import (
    Conflict,
    Invalid,
    NotFound,
    NotPermitted,
    Refusal,
    Refused,
    TooLarge,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]

LATER = NOW + timedelta(minutes=1)
MALIS = Actor("malis")


def edit(draft: Draft, actor: Actor = DEPOSITOR, **kw: Any) -> Draft:
    options = {name: kw.pop(name) for name in ("base", "session", "now") if name in kw}
    return drafts.edit_draft(
        draft_id=draft.id,
        document=description(**kw),
        actor=actor,
        now=options.pop("now", LATER),
        **options,
    )


def body(draft: Draft) -> dict[str, Any]:
    return drafts.draft_view(draft_id=draft.id, actor=DEPOSITOR, now=LATER).document


@pytest.fixture
def shared_draft() -> Draft:
    """Sokha's draft, which Malis may write too."""
    draft = make_draft()
    drafts.add_draft_editor(draft_id=draft.id, account_actor_id=MALIS.id, actor=DEPOSITOR, now=NOW)
    return draft


# --- words ---------------------------------------------------------------------------------


def test_two_people_who_change_different_parts_both_keep_their_words(shared_draft: Draft) -> None:
    edit(shared_draft, base=0, languages=["km"])
    saved = edit(shared_draft, MALIS, base=0, sizes=["3 tables"])

    assert saved.edit_seq == 2
    assert body(shared_draft)["languages"] == ["km"]
    assert body(shared_draft)["sizes"] == ["3 tables"]


def test_what_both_changed_is_told_and_set_aside(shared_draft: Draft) -> None:
    edit(shared_draft, base=0, sizes=["by Sokha"])

    with pytest.raises(EditConflict) as told:
        edit(shared_draft, MALIS, base=0, sizes=["by Malis"], languages=["km"])

    assert told.value.conflicts == {"sizes": (["by Sokha"], ["by Malis"])}
    assert body(shared_draft)["sizes"] == ["by Sokha"]
    aside = drafts.draft_edits(shared_draft.id, DEPOSITOR)[0]
    assert (aside.id, aside.kind, aside.by) == (told.value.set_aside, "set_aside", MALIS.id)
    assert aside.document["languages"] == ["km"]

    drafts.restore_edit(draft_id=shared_draft.id, edit_id=aside.id, actor=MALIS, now=LATER)
    assert body(shared_draft)["sizes"] == ["by Malis"]
    assert "by Sokha" in str(drafts.draft_edits(shared_draft.id, MALIS))


def test_a_form_that_saves_on_in_a_clash_keeps_its_newest_words_once(shared_draft: Draft) -> None:
    edit(shared_draft, base=0, sizes=["by Sokha"])

    for text in ("by M", "by Ma", "by Malis"):
        with pytest.raises(EditConflict):
            edit(shared_draft, MALIS, base=0, session="form", sizes=[text])

    aside = [e for e in drafts.draft_edits(shared_draft.id, MALIS) if e.kind == "set_aside"]
    assert [entry.document["sizes"] for entry in aside] == [["by Malis"]]


def test_the_same_request_twice_saves_once(shared_draft: Draft) -> None:
    first = edit(shared_draft, base=0, sizes=["1"])
    second = edit(shared_draft, base=0, sizes=["1"])

    assert (first.edit_seq, second.edit_seq) == (1, 1)


def test_a_form_that_never_heard_of_its_own_save_does_not_clash_with_it(
    shared_draft: Draft,
) -> None:
    edit(shared_draft, base=0, session="form", sizes=["1"])
    edit(shared_draft, base=0, session="form", sizes=["12"])
    saved = edit(shared_draft, base=0, session="form", sizes=["123"])

    assert (saved.edit_seq, body(shared_draft)["sizes"]) == (3, ["123"])
    edit(shared_draft, MALIS, base=3, session="another", sizes=["4"])
    with pytest.raises(EditConflict):
        edit(shared_draft, base=0, session="form", sizes=["1234"])


def test_without_a_base_the_last_word_stands_and_the_one_before_is_kept() -> None:
    draft = make_draft()
    edit(draft, sizes=["1"])

    assert [entry.seq for entry in drafts.draft_edits(draft.id, DEPOSITOR)] == [0]
    assert "sizes" not in drafts.draft_edits(draft.id, DEPOSITOR)[0].document


def test_a_base_that_never_was_is_refused() -> None:
    with pytest.raises(Invalid):
        edit(make_draft(), base=7)


def test_a_description_has_a_bound() -> None:
    with pytest.raises(TooLarge):
        edit(make_draft(), titles={"en": "a" * 5000}, sizes=["a" * 900] * 1200)


def test_old_states_are_forgotten_beyond_fifty_and_a_day() -> None:
    draft = make_draft()
    for number in range(70):
        edit(draft, sizes=[str(number)], now=NOW + timedelta(seconds=number))
    for number in range(2 * words._EVERY):
        edit(draft, sizes=["later", str(number)], now=NOW + timedelta(days=2, seconds=number))

    kept = DraftEdit.objects.filter(draft=draft).count()
    assert words.KEPT <= kept < words.KEPT + words._EVERY


def test_a_base_that_is_forgotten_loses_nothing() -> None:
    draft = make_draft()
    edit(draft, base=0, sizes=["1"])
    DraftEdit.objects.filter(draft=draft).delete()

    with pytest.raises(EditConflict) as told:
        edit(draft, base=0, languages=["km"])

    assert set(told.value.conflicts) == {"sizes", "languages"}


def test_published_or_discarded_leaves_no_earlier_words(tmp_path: Path) -> None:
    published, discarded = make_draft(), make_draft()
    for draft in (published, discarded):
        edit(draft, sizes=["1"])

    services.publish(draft_id=published.id, actor=CURATOR, now=LATER)
    drafts.discard_draft(draft_id=discarded.id, actor=DEPOSITOR, now=LATER)

    assert not DraftEdit.objects.exists()
    view = drafts.draft_view(draft_id=published.id, actor=DEPOSITOR, now=LATER)
    assert (view.state, view.is_successor, view.document["sizes"]) == ("published", False, ["1"])
    assert drafts.draft_view(draft_id=discarded.id, actor=DEPOSITOR, now=LATER).document == {}


def test_a_draft_needs_no_title_until_it_is_published() -> None:
    draft = drafts.create_draft(new=drafts.NewDraft({"kind": "dataset"}), actor=DEPOSITOR, now=NOW)

    with pytest.raises(Invalid):
        services.publish(draft_id=draft.id, actor=CURATOR, now=LATER)
    assert body(draft) == {"kind": "dataset"}


# --- people --------------------------------------------------------------------------------


def test_everybody_who_may_edit_is_found_by_the_filter_and_nobody_else() -> None:
    rice = make_draft()
    drafts.assign_community(draft_id=rice.id, community="rice", actor=DEPOSITOR, now=NOW)
    rice.refresh_from_db()
    mine, written = make_draft(), make_draft(actor=BOPHA)
    drafts.add_draft_editor(draft_id=written.id, account_actor_id=MALIS.id, actor=BOPHA, now=NOW)
    record = make_record()
    successor = drafts.create_successor(
        record_id=record.id, actor=CURATOR, now=NOW, replaces_files=False
    )
    everything = [rice, mine, written, successor]

    for actor in (
        ANONYMOUS, DEPOSITOR, BOPHA, MALIS, CURATOR, VOUCHED, curator_of("rice"), curator_of("x")
    ):  # fmt: skip
        by_rule = {d.id for d in everything if may_edit(actor, Draft.objects.get(key=d.key))}
        by_filter = set(
            Draft.objects.filter(editable(actor), state="open").values_list("id", flat=True)
        )
        assert by_filter == by_rule, actor
    assert may_edit(DEPOSITOR, Draft.objects.get(key=successor.key))


def test_an_editor_writes_and_may_go_but_lets_nobody_else_in(shared_draft: Draft) -> None:
    with pytest.raises(NotPermitted):
        drafts.add_draft_editor(
            draft_id=shared_draft.id, account_actor_id=BOPHA.id, actor=MALIS, now=NOW
        )
    drafts.remove_draft_editor(
        draft_id=shared_draft.id, account_actor_id=MALIS.id, actor=MALIS, now=NOW
    )

    with pytest.raises(NotFound):
        edit(shared_draft, MALIS, sizes=["1"])
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"draft.editor_add", "draft.editor_remove"} <= actions


@pytest.mark.parametrize("actor", [ANONYMOUS, BOPHA, VOUCHED, curator_of("rice")])
def test_a_draft_one_may_not_know_of_is_as_one_that_is_not_there(
    actor: Actor, tmp_path: Path
) -> None:
    draft = make_draft({"a.txt": b"a"}, folder=tmp_path)
    spooled = tmp_path / "spooled"
    spooled.write_bytes(b"b")

    for name in (draft.id, "000000000000000"):
        with pytest.raises(NotFound):
            drafts.draft_view(draft_id=name, actor=actor, now=NOW)
        with pytest.raises(NotFound):
            drafts.draft_edits(name, actor)
        with pytest.raises(NotFound):
            drafts.draft_file(draft_id=name, name="a.txt", actor=actor, now=NOW)
        with pytest.raises(NotFound):
            services.publish(draft_id=name, actor=actor, now=NOW)
        with pytest.raises(NotFound):
            drafts.take_file(draft_id=name, name="b", spooled=spooled, actor=actor, now=NOW)
    assert spooled.exists()


# --- gates ---------------------------------------------------------------------------------


@pytest.fixture
def frozen(no_gates_from_above: None) -> None:
    """Nobody but a curator may change a draft, as while it is reviewed."""

    def gate(_draft: Draft, actor: Actor, _now: object) -> list[Refusal]:
        return [] if actor == CURATOR else [Refusal("in_review", "It is being looked at.")]

    gates.register_edit_gate("test.review", gate)


@pytest.mark.usefixtures("frozen")
def test_a_frozen_draft_takes_neither_words_nor_files(tmp_path: Path) -> None:
    draft = make_draft({"a.txt": b"a"}, folder=tmp_path)
    spooled = tmp_path / "spooled"
    spooled.write_bytes(b"b")
    same: dict[str, Any] = {"draft_id": draft.id, "actor": DEPOSITOR, "now": LATER}
    attempts: list[Callable[[], object]] = [
        lambda: drafts.edit_draft(document=description(), **same),
        lambda: drafts.take_file(name="b", spooled=spooled, **same),
        lambda: drafts.remove_file(name="a.txt", **same),
        lambda: drafts.rename_file(name="a.txt", to="b", **same),
        lambda: drafts.reorder_files(names=["a.txt"], **same),
        lambda: drafts.assign_community(community="rice", **same),
        lambda: drafts.discard_draft(**same),
        lambda: drafts.file_room(name="b", **same),
    ]

    for attempt in attempts:
        with pytest.raises(Refused) as told:
            attempt()
        assert [refusal.code for refusal in told.value.refusals] == ["in_review"]
    edit(draft, CURATOR, sizes=["1"])
    assert body(draft)["sizes"] == ["1"]
    assert spooled.exists()


# --- files ---------------------------------------------------------------------------------


def test_a_file_is_taken_in_without_a_copy_and_replaces_its_namesake(
    tmp_path: Path, home: Path
) -> None:
    draft = make_draft({"a.txt": b"old", "b.txt": b"b"}, folder=tmp_path)
    spooled = tmp_path / "spooled"
    spooled.write_bytes(b"new")
    inode = spooled.stat().st_ino

    row = drafts.take_file(
        draft_id=draft.id, name="a.txt", spooled=spooled, actor=DEPOSITOR, now=LATER
    )

    assert not spooled.exists()
    assert (home / "drafts" / row.path).stat().st_ino == inode
    assert [file.name for file in Draft.objects.get().files.order_by("position")] == [
        "a.txt",
        "b.txt",
    ]
    found, path = drafts.draft_file(draft_id=draft.id, name="a.txt", actor=DEPOSITOR, now=NOW)
    assert (path.read_bytes(), found.size_bytes) == (b"new", 3)
    assert len([p for p in (home / "drafts").glob("*/*") if p.is_file()]) == 2


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("text/csv", "text/csv"),
        ("text/csv; charset=utf-8", "text/csv; charset=utf-8"),
        ("application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
        ("", "text/plain"),
        ("csv", "text/plain"),
        ("text/csv\r\nX-Evil: 1", "text/plain"),
        ("text/" + "c" * 300, "text/plain"),
    ],
)
def test_a_media_type_is_taken_where_it_can_stand_in_a_header(
    said: str, kept: str, tmp_path: Path
) -> None:
    spooled = tmp_path / "spooled"
    spooled.write_bytes(b"a")

    row = drafts.take_file(
        draft_id=make_draft().id,
        name="a.txt",
        spooled=spooled,
        media_type=said,
        actor=DEPOSITOR,
        now=LATER,
    )

    assert row.media_type == kept


def test_names_that_are_too_long_are_refused_in_words() -> None:
    draft = make_draft()
    with pytest.raises(Invalid):
        drafts.assign_community(draft_id=draft.id, community="x" * 61, actor=DEPOSITOR, now=NOW)
    with pytest.raises(Invalid):
        edit(draft, session="x" * 61)
    with pytest.raises(Invalid):
        drafts.add_draft_editor(
            draft_id=draft.id, account_actor_id="x" * 61, actor=DEPOSITOR, now=NOW
        )


def test_files_are_renamed_and_put_in_order(tmp_path: Path) -> None:
    draft = make_draft({"a": b"a", "b": b"b", "c": b"c"}, folder=tmp_path)
    same: dict[str, Any] = {"draft_id": draft.id, "actor": DEPOSITOR, "now": LATER}

    drafts.rename_file(name="a", to="tables/a.csv", **same)
    drafts.reorder_files(names=["c", "tables/a.csv", "b"], **same)

    view = drafts.draft_view(draft_id=draft.id, actor=DEPOSITOR, now=LATER)
    assert [file.name for file in view.files] == ["c", "tables/a.csv", "b"]
    for attempt in (
        lambda: drafts.rename_file(name="b", to="c", **same),
        lambda: drafts.rename_file(name="b", to="tables", **same),
        lambda: drafts.rename_file(name="b", to="../b", **same),
        lambda: drafts.reorder_files(names=["c", "c", "b"], **same),
    ):
        with pytest.raises(Invalid):
            attempt()
    with pytest.raises(NotFound):
        drafts.rename_file(name="a", to="z", **same)


def test_the_files_of_a_draft_have_a_bound_together(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = make_draft({"a": b"a", "b": b"b"}, folder=tmp_path)
    spooled = tmp_path / "spooled"
    spooled.write_bytes(b"c")
    same: dict[str, Any] = {"draft_id": draft.id, "actor": DEPOSITOR, "now": LATER}
    settings.TONLE_DRAFT_SIZE = 1
    assert drafts.file_room(name="c", **same) == 1024**3 - 2
    assert drafts.file_room(name="a", **same) == 1024**3 - 1

    monkeypatch.setattr("tonle.catalogue.drafts.files.MOST", 2)
    with pytest.raises(TooLarge):
        drafts.take_file(name="c", spooled=spooled, **same)
    drafts.take_file(name="a", spooled=spooled, **same)
    settings.TONLE_DRAFT_SIZE = 0
    with pytest.raises(TooLarge):
        drafts.file_room(name="a", **same)


def test_a_correction_keeps_its_files_and_shows_them(tmp_path: Path) -> None:
    record = make_record({"a.txt": b"a"}, folder=tmp_path)
    draft = drafts.create_successor(
        record_id=record.id, actor=DEPOSITOR, now=LATER, replaces_files=False
    )

    with pytest.raises(WrongState):
        drafts.remove_file(draft_id=draft.id, name="a.txt", actor=DEPOSITOR, now=LATER)
    _, path = drafts.draft_file(draft_id=draft.id, name="a.txt", actor=DEPOSITOR, now=NOW)
    assert path.read_bytes() == b"a"
    view = drafts.draft_view(draft_id=draft.id, actor=DEPOSITOR, now=LATER)
    assert (view.is_successor, view.files[0].is_new) == (True, False)


# --- publishing ----------------------------------------------------------------------------


def test_an_owner_begins_a_next_version_and_an_outsider_does_not() -> None:
    record = make_record()

    draft = drafts.create_successor(
        record_id=record.id, actor=DEPOSITOR, now=LATER, replaces_files=False
    )
    again = drafts.create_successor(
        record_id=record.id, actor=CURATOR, now=LATER, replaces_files=False
    )

    assert draft.id == again.id
    with pytest.raises(NotPermitted):
        drafts.create_successor(record_id=record.id, actor=BOPHA, now=LATER, replaces_files=False)
    with pytest.raises(NotPermitted):
        services.publish(draft_id=draft.id, actor=DEPOSITOR, now=LATER)


def test_who_is_busy_publishing_is_told_so() -> None:
    record = make_record()
    draft = drafts.create_successor(
        record_id=record.id, actor=DEPOSITOR, now=LATER, replaces_files=False
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(protocol, "_complete", lambda *_: (_ for _ in ()).throw(RuntimeError))
        with pytest.raises(RuntimeError):
            services.publish(draft_id=draft.id, actor=CURATOR, now=LATER)

    with pytest.raises(DraftInWork):
        drafts.create_successor(record_id=record.id, actor=CURATOR, now=LATER, replaces_files=False)


def test_words_that_come_in_while_files_are_staged_are_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = make_draft({"a.txt": b"a"}, folder=tmp_path)
    stage = protocol._stage

    def slow(*args: Any) -> None:
        stage(*args)
        edit(draft, sizes=["typed meanwhile"])

    with monkeypatch.context() as patch:
        patch.setattr(protocol, "_stage", slow)
        with pytest.raises(Conflict):
            services.publish(draft_id=draft.id, actor=CURATOR, now=LATER)

    assert Draft.objects.get().state == "open"
    record = services.publish(draft_id=draft.id, actor=CURATOR, now=LATER)
    assert b"typed meanwhile" in bytes(
        Record.objects.select_related("document").get(key=record.key).document.body  # type: ignore[union-attr] # It is published.
    )


def test_files_that_come_in_while_files_are_staged_are_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = make_draft({"a.txt": b"a"}, folder=tmp_path)
    stage = protocol._stage

    def slow(*args: Any) -> None:
        stage(*args)
        drafts.remove_file(draft_id=draft.id, name="a.txt", actor=DEPOSITOR, now=LATER)

    with monkeypatch.context() as patch:
        patch.setattr(protocol, "_stage", slow)
        with pytest.raises(Conflict):
            services.publish(draft_id=draft.id, actor=CURATOR, now=LATER)

    assert not DraftFile.objects.exists()
    assert Draft.objects.get().state == "open"
