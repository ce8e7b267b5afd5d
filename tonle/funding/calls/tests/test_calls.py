"""A joint call from draft to closed: signed on screen and on paper, corrected, by the clock."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from tests.constants import NOW
from tests.everyone import everyone
from tonle.agreements import steps
from tonle.agreements.steps import Evidence, What
from tonle.catalogue import public as catalogue
from tonle.catalogue.tests.conftest import home as home
from tonle.funding.calls import permissions, publication, selectors, services
from tonle.funding.models import Call, CallParty, CallText
from tonle.funding.rules import call_record, call_text
from tonle.funding.rules.machines import CALL, CALL_TEXT
from tonle.funding.rules.opportunities import read_opportunity, status
from tonle.funding.rules.tests.call_texts import text as whole
from tonle.funding.rules.tests.call_texts import words
from tonle.infra import crash, jobs
from tonle.infra.lifecycle import perform
from tonle.kernel.actors import ANONYMOUS, NODE, Actor, Role, Scope
from tonle.kernel.dates import format_instant
from tonle.kernel.errors import Conflict, Invalid, NotFound, NotPermitted, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

DAY = timedelta(days=1)
KH, CN = "0000000000kh", "0000000000cn"
OPENS, CLOSES = NOW + 10 * DAY, NOW + 70 * DAY


def officer(organisation: str) -> Actor:
    scope = Scope("organisation", organisation)
    return Actor(f"of-{organisation}", roles=frozenset({Role("officer", scope)}))


SOKHA, MEI = officer(KH), officer(CN)
DARA = Actor("dara", roles=frozenset({Role("secretariat")}))
RITH = Actor("rith", roles=frozenset({Role("secretariat")}))
BOPHA = Actor("bopha", roles=frozenset({Role("steward"), Role("curator")}))
OUTSIDERS = (BOPHA, officer("0000000000la"), ANONYMOUS)


def document(chinese: str = CN, **changed: Any) -> dict[str, Any]:
    made = whole(opens_at=format_instant(OPENS), closes_at=format_instant(CLOSES), **changed)
    made["parties"][0]["organisation"] = KH
    if chinese:
        made["parties"][1]["organisation"] = CN
    return made


def begun(chinese: str = CN) -> CallText:
    said = document(chinese)
    return services.create_call(title=said["title"], parties=said["parties"], actor=DARA, now=NOW)


def written(chinese: str = CN, **changed: Any) -> CallText:
    text = begun(chinese)
    return services.write_text(
        text_id=text.id, document=document(chinese, **changed), edit=0, actor=SOKHA, now=NOW
    )


def what(text: CallText, party: str, deed: str = "sign") -> What:
    return What("call", text.id, party, deed, call_text.digest(text.document), {})


def sign(text: CallText, party: str, now: datetime = NOW) -> None:
    actor = {"kh": SOKHA, "cn": MEI}[party]
    steps.on_screen(what(text, party), proved_at=now, actor=actor, now=now)


def agreed(chinese: str = CN, **changed: Any) -> CallText:
    text = written(chinese, **changed)
    sign(text, "kh")
    if chinese:
        sign(text, "cn")
    else:
        evidence = Evidence(NOW.date() - DAY, "An invented person", "Minister", "7", b"%PDF-1.7 x")
        step = steps.on_paper(what(text, "cn"), evidence, actor=DARA, now=NOW)
        assert state(text) == ("draft", "draft")
        steps.confirm(step.id, proved_at=NOW, actor=RITH, now=NOW)
    assert state(text) == ("agreed", "agreed")
    return text


def published(**changed: Any) -> CallText:
    text = agreed(**changed)
    services.publish_call(call_id=text.call.id, actor=DARA, now=NOW)
    return text


def state(text: CallText) -> tuple[str, str]:
    """Of the call, and of the text."""
    text.refresh_from_db()
    return Call.objects.get(pk=text.call_id).state, text.state


def settle(now: datetime) -> None:
    jobs.tick(now)
    jobs.run_all_due(now)


# The text ---------------------------------------------------------------------------------


def test_every_party_signs_the_same_words() -> None:
    text = written()
    sign(text, "kh")
    before = what(text, "cn")
    changed = document()
    changed["parties"][0]["cap_minor"] -= 1
    text = services.write_text(
        text_id=text.id, document=changed, edit=text.edit, actor=MEI, now=NOW
    )
    with pytest.raises(Conflict):
        steps.on_screen(before, proved_at=NOW, actor=MEI, now=NOW)

    sign(text, "cn")
    assert state(text) == ("draft", "draft")  # Sokha signed other words.
    sign(text, "kh")
    assert state(text) == ("agreed", "agreed")
    assert text.sha256 == call_text.digest(text.document)
    call = Call.objects.get(pk=text.call_id)
    assert (call.in_force, call.opens_at, call.closes_at) == (1, OPENS, CLOSES)
    rows = call.parties.order_by("slug").values_list("slug", "currency", "envelope_minor")
    assert list(rows) == [
        ("cn", "CNY", 700_000_000), ("kh", "USD", 100_000_000),
    ]  # fmt: skip


def test_one_party_may_sign_on_paper_and_never_signs_in() -> None:
    agreed(chinese="")


def test_two_writers_are_told_and_nothing_is_overwritten() -> None:
    text = written()
    with pytest.raises(Conflict):
        services.write_text(text_id=text.id, document=document(), edit=0, actor=MEI, now=NOW)
    with pytest.raises(Invalid):
        services.write_text(
            text_id=text.id, document={**document(), "mode": "by lot"}, edit=1, actor=MEI, now=NOW
        )
    text.refresh_from_db()
    assert text.edit == 1


def test_a_text_that_is_not_whole_is_not_signed() -> None:
    text = begun()
    with pytest.raises(Refused) as refused:
        sign(text, "kh")
    assert [one.code for one in refused.value.refusals] == ["text_not_whole"]
    assert state(text) == ("draft", "draft")


def test_a_text_whose_time_is_over_is_not_agreed() -> None:
    text = written()
    sign(text, "kh")
    late = CLOSES + DAY
    with pytest.raises(Refused) as refused:
        sign(text, "cn", late)
    assert "too_late" in {one.code for one in refused.value.refusals}
    assert state(text) == ("draft", "draft")
    assert services.signed(text) == ["kh"]


def test_who_may_read_one_finds_it_and_nobody_else() -> None:
    """The check and the filter of lists, for every role, in every scope."""
    both, one = begun().call, begun("").call
    scopes = [NODE, *(Scope("organisation", name) for name in (KH, CN, "0000000000la"))]
    seen = set()
    for actor in everyone([DARA.id], [*scopes, Scope("community", KH)], ("read", "curate")):
        checked = {row.id for row in (both, one) if permissions.may_read(actor, row)}
        listed = Call.objects.filter(permissions.visible_to(actor))
        assert checked == set(listed.values_list("id", flat=True)), actor
        seen.add(frozenset(checked))
    assert seen == {frozenset(), frozenset({both.id}), frozenset({both.id, one.id})}


def test_who_is_no_party_learns_nothing_and_does_nothing() -> None:
    text = written()
    for actor in OUTSIDERS:
        with pytest.raises(NotFound):
            services.load(text.id, actor)
        with pytest.raises(NotFound):
            services.call_of(text.call.id, actor)
        with pytest.raises(NotFound):
            services.write_text(text_id=text.id, document=document(), edit=1, actor=actor, now=NOW)
        assert list(selectors.visible(actor)) == []
        with pytest.raises(NotPermitted):
            services.create_call(title={}, parties=[], actor=actor, now=NOW)
    for actor in (SOKHA, MEI, DARA):
        assert [one.id for one in selectors.visible(actor)] == [text.call.id]
    with pytest.raises(NotPermitted):
        steps.on_screen(what(text, "kh"), proved_at=NOW, actor=DARA, now=NOW)
    with pytest.raises(NotPermitted):
        steps.on_screen(what(text, "kh"), proved_at=NOW, actor=MEI, now=NOW)


def test_beginning_twice_with_one_key_begins_once() -> None:
    said = document()
    asked: dict[str, Any] = {"title": said["title"], "parties": said["parties"], "now": NOW}
    one, other = (services.create_call(**asked, actor=DARA, key="k1") for _ in range(2))
    assert one.id == other.id
    assert Call.objects.count() == 1


# The call ---------------------------------------------------------------------------------


def test_the_secretariat_publishes_and_the_clock_opens_and_closes() -> None:
    text = published()
    call = text.call
    settle(NOW)
    call.refresh_from_db()
    view = catalogue.record_view(record_id=call.id, actor=ANONYMOUS, now=NOW)

    assert (call.record, view.document["kind"]) == (call.id, "funding_opportunity")
    signed = next(one for one in view.files if one["name"] == "call-1.json")
    assert signed["sha256"] == text.sha256
    opportunity = read_opportunity(view.document)
    assert (opportunity.opens_at, opportunity.closes_at) == (OPENS, CLOSES)
    assert [one.currency for one in opportunity.amounts] == ["USD", "USD", "CNY", "CNY"]
    assert status(opportunity, OPENS) == "open"
    # A rule of one side does not bar the other.
    assert [one["test"] for one in opportunity.eligibility] == ["words", "partners_at_least"]

    settle(OPENS - DAY)
    assert state(text)[0] == "published"
    settle(OPENS)
    assert state(text)[0] == "open"
    settle(CLOSES)
    assert state(text)[0] == "closed"


def test_publishing_again_says_nothing_new() -> None:
    text = published()
    settle(NOW)
    call = Call.objects.get(pk=text.call_id)
    assert publication.publish(call, NOW)
    assert publication.publish(call, NOW)
    view = catalogue.record_view(record_id=call.id, actor=ANONYMOUS, now=NOW)
    assert view.document["version"] == 1


class Killed(BaseException):
    """As the process that died here."""


@pytest.mark.parametrize("point", ["funding.call_drafted", "funding.call_published"])
def test_a_record_whose_writer_died_is_finished_by_the_next(
    point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = published()
    call = Call.objects.get(pk=text.call_id)

    def kill(name: str) -> None:
        if name == point:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(crash, "point", kill)
        with pytest.raises(Killed):
            publication.publish(call, NOW)

    assert publication.publish(call, NOW)
    view = catalogue.record_view(record_id=call.id, actor=ANONYMOUS, now=NOW)
    assert (view.document["version"], call.record) == (1, call.id)
    assert not catalogue.Draft.objects.filter(record=view.record, state="open").exists()
    assert point in crash.POINTS


@pytest.mark.parametrize("actor", [SOKHA, MEI, BOPHA, ANONYMOUS])
def test_only_the_secretariat_publishes(actor: Actor) -> None:
    text = agreed()
    with pytest.raises((NotPermitted, NotFound)):
        services.publish_call(call_id=text.call.id, actor=actor, now=NOW)
    assert state(text)[0] == "agreed"


def test_what_is_not_signed_is_not_published() -> None:
    text = written()
    with pytest.raises(Refused):
        services.publish_call(call_id=text.call.id, actor=DARA, now=NOW)
    assert state(text)[0] == "draft"
    assert publication.publish(text.call, NOW)
    with pytest.raises(NotFound):
        catalogue.record_view(record_id=text.call.id, actor=ANONYMOUS, now=NOW)


@pytest.mark.parametrize("event", ["sign", "open", "close"])
@pytest.mark.parametrize("actor", [SOKHA, DARA])
def test_what_the_node_does_nobody_else_does(event: str, actor: Actor) -> None:
    text = agreed()
    with pytest.raises((NotPermitted, Refused)), transaction.atomic():
        perform(CALL, text.call, event, actor, NOW)
    for moved in ("sign", "replace"):
        with pytest.raises((NotPermitted, Refused)), transaction.atomic():
            perform(CALL_TEXT, text, moved, actor, NOW)
    assert state(text) == ("agreed", "agreed")


@pytest.mark.parametrize("actor", [SOKHA, DARA])
def test_a_call_is_given_up_before_it_is_published(actor: Actor) -> None:
    text = written()
    services.abandon_call(call_id=text.call.id, reason="No money.", actor=actor, now=NOW)
    assert state(text) == ("given_up", "given_up")
    with pytest.raises(Refused):
        sign(text, "kh")
    out = published()
    with pytest.raises(Refused):
        services.abandon_call(call_id=out.call.id, reason="No money.", actor=actor, now=NOW)
    assert state(out)[0] == "published"


# Corrigenda -------------------------------------------------------------------------------


def corrected(text: CallText, now: datetime, **changed: Any) -> CallText:
    after = services.begin_corrigendum(call_id=text.call.id, actor=DARA, now=now)
    said = {**document(), "corrects": words("The deadline is later."), **changed}
    return services.write_text(
        text_id=after.id, document=said, edit=after.edit, actor=DARA, now=now
    )


def test_a_corrigendum_moves_the_deadline_and_the_record_says_so() -> None:
    first = published()
    settle(OPENS)
    later = CLOSES + 14 * DAY
    second = corrected(first, OPENS, closes_at=format_instant(later))
    sign(second, "kh", OPENS)
    assert state(first) == ("open", "agreed")
    sign(second, "cn", OPENS)
    assert (state(first), state(second)) == (("open", "replaced"), ("open", "agreed"))
    settle(OPENS)

    view = catalogue.record_view(record_id=first.call.id, actor=ANONYMOUS, now=OPENS)
    found = read_opportunity(view.document)
    assert found.closes_at == later
    assert [(one.number, one.changed) for one in found.corrigenda] == [(1, ("closes_at",))]
    settle(CLOSES)
    assert state(second)[0] == "open"  # The old deadline closes nothing.
    settle(later)
    assert state(second)[0] == "closed"
    with pytest.raises(Refused):
        services.begin_corrigendum(call_id=first.call.id, actor=DARA, now=later)


def test_a_corrigendum_does_not_change_who_the_parties_are() -> None:
    first = published()
    second = services.begin_corrigendum(call_id=first.call.id, actor=MEI, now=NOW)
    again = services.begin_corrigendum(call_id=first.call.id, actor=SOKHA, now=NOW)
    assert second.id == again.id
    other = {**document(), "corrects": words("Another currency.")}
    other["parties"][0]["currency"] = "KHR"
    with pytest.raises(Invalid):
        services.write_text(text_id=second.id, document=other, edit=0, actor=DARA, now=NOW)
    services.abandon_text(text_id=second.id, reason="A mistake.", actor=DARA, now=NOW)
    assert state(first) == ("published", "agreed")
    assert state(second) == ("published", "given_up")


def test_an_unsigned_corrigendum_comes_too_late_once_the_call_is_closed() -> None:
    first = published()
    second = corrected(first, NOW, closes_at=format_instant(CLOSES + 30 * DAY))
    sign(second, "kh")
    settle(OPENS)
    settle(CLOSES)
    with pytest.raises(Refused):
        sign(second, "cn", CLOSES + DAY)
    assert (state(first), state(second)[1]) == (("closed", "agreed"), "draft")


# Money, and two at once -------------------------------------------------------------------


def test_no_party_grants_more_than_its_envelope() -> None:
    text = published()
    party = CallParty.objects.get(call=text.call, slug="kh")
    with pytest.raises(IntegrityError), transaction.atomic():
        CallParty.objects.filter(pk=party.pk).update(granted_minor=party.envelope_minor + 1)
    CallParty.objects.filter(pk=party.pk).update(granted_minor=party.envelope_minor)
    second = corrected(text, NOW)
    less = {**second.document}
    less["parties"] = [{**one, "envelope_minor": one["envelope_minor"] - 1, "cap_minor": 1}
                       for one in less["parties"]]  # fmt: skip
    less["themes"] = [{"id": one["id"], "name": one["name"]} for one in less["themes"]]
    second = services.write_text(
        text_id=second.id, document=less, edit=second.edit, actor=DARA, now=NOW
    )
    sign(second, "kh")
    with pytest.raises(Refused):
        sign(second, "cn")
    assert (state(text)[1], state(second)[1]) == ("agreed", "draft")


@pytest.mark.django_db(transaction=True)
def test_two_parties_that_sign_at_once_agree_once() -> None:
    text = written()
    failed: list[BaseException] = []

    def signs(party: str) -> None:
        try:
            sign(text, party)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=signs, args=(party,)) for party in ("kh", "cn")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert state(text) == ("agreed", "agreed")


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_publish_one_record(monkeypatch: pytest.MonkeyPatch) -> None:
    call = Call.objects.get(pk=published().call_id)
    both = threading.Barrier(2, timeout=20)
    plain, told = call_record.described, list[str]()

    def described(*said: Any) -> dict[str, Any]:
        # Both have seen that there is no record yet.
        both.wait()
        return plain(*said)

    def publishes() -> None:
        try:
            publication.publish(call, NOW)
            told.append("published")
        except Conflict:
            told.append("again")
        finally:
            connections.close_all()

    monkeypatch.setattr(call_record, "described", described)
    threads = [threading.Thread(target=publishes) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["again", "published"]
    assert catalogue.Record.objects.get(id=call.id).state == "published"
