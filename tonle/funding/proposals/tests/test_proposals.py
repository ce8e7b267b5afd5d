"""A proposal from the first word to its submission, and who may do what of it, and when."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from tests.everyone import everyone
from tonle.catalogue.tests.conftest import home as home
from tonle.funding.models import Call, Proposal, ProposalPerson, ProposalVersion
from tonle.funding.proposals import offices, permissions, selectors, services
from tonle.funding.proposals.errors import AnswerConflict
from tonle.funding.proposals.loading import whole
from tonle.funding.proposals.services import people, submitting, writing
from tonle.funding.proposals.services.writing import NewCost, NewPartner
from tonle.funding.proposals.tests.made import (
    CHAN,
    CLOSES,
    HOUR,
    LIN,
    MEI,
    OPENS,
    SOKHA,
    WRITING,
    YNU,
    answer,
    begun,
    digest,
    filled,
    open_call,
    sign,
    submitted,
)
from tonle.funding.rules.machines import PROPOSAL
from tonle.funding.rules.proposals import THEME, TITLE
from tonle.infra.lifecycle import perform
from tonle.kernel.actors import ANONYMOUS, NODE, SYSTEM, Actor, Role, Scope
from tonle.kernel.errors import Conflict, Invalid, NotFound, NotPermitted, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

NIGHT = timedelta(minutes=1)
STRANGER = Actor("stranger")
DARA = Actor("dara", roles=frozenset({Role("secretariat")}))
STEWARD = Actor("boss", roles=frozenset({Role("steward"), Role("curator")}))


def codes(refused: Any) -> set[str]:
    return {one.code for one in refused.value.refusals}


# Writing ----------------------------------------------------------------------------------


def test_a_whole_proposal_is_signed_by_each_side_and_submitted() -> None:
    row = submitted()
    version = row.versions.get()

    assert (row.state, row.number, row.version, row.theme) == ("submitted", 1, 1, "energy")
    assert version.sha256 == digest(row)
    assert version.document["title"] == {"km": "ថាមពលព្រះអាទិត្យ"}
    assert [one["amount_minor"] for one in version.document["costs"]] == [9_000_000, 60_000_000]
    parties = row.parties.values_list("party__slug", "pays")
    assert set(parties) == {("kh", True), ("cn", True)}


def test_it_begins_while_the_call_is_open_and_not_before_or_after() -> None:
    call = open_call()
    for instant, code in ((OPENS - NIGHT, "not_open_yet"), (CLOSES, "call_closed")):
        with pytest.raises(Refused) as refused:
            begun(call, instant)
        assert codes(refused) == {code}
    with pytest.raises(NotPermitted):
        services.begin(call_id=call.id, language="km", actor=ANONYMOUS, now=WRITING)
    with pytest.raises(NotFound):
        services.begin(call_id="0000000000000zz", language="km", actor=CHAN, now=WRITING)
    with pytest.raises(Invalid):
        services.begin(call_id=call.id, language="no tongue", actor=CHAN, now=WRITING)


def test_a_second_writer_of_one_answer_is_told_and_of_another_never_hears() -> None:
    row = filled()
    first = answer(row, "aim", "ពីរ", edit=1)
    assert first.edit == 2
    with pytest.raises(AnswerConflict) as conflict:
        answer(row, "aim", "បី", edit=1, actor=LIN)
    assert (conflict.value.theirs, conflict.value.edit) == ("ពីរ", 2)
    # The same words twice, as a form is sent twice on a weak link, and another question.
    assert answer(row, "aim", "ពីរ", edit=1).edit == 2
    assert answer(row, TITLE, "ចំណងជើងថ្មី", edit=1, actor=LIN).edit == 2
    # A first answer to what somebody has meanwhile answered.
    with pytest.raises(AnswerConflict):
        answer(row, "aim", "បួន", edit=0, actor=LIN)


def test_a_translation_is_older_than_its_source_until_somebody_looks() -> None:
    row = filled()
    answer(row, "aim", "Aim", "en", of_edit=1)
    assert selectors.view(row.id, CHAN, WRITING).late == frozenset()
    answer(row, "aim", "ពីរ", edit=1)
    assert selectors.view(row.id, CHAN, WRITING).late == {("aim", "en")}
    # Saved along with a page of which nothing else changed, by who has not seen the new text.
    answer(row, "aim", "Aim", "en", edit=1, of_edit=1)
    assert selectors.view(row.id, CHAN, WRITING).late == {("aim", "en")}
    answer(row, "aim", "Aim", "en", edit=1, of_edit=2, actor=LIN)
    assert selectors.view(row.id, CHAN, WRITING).late == frozenset()


def test_what_the_call_does_not_ask_is_not_answered() -> None:
    row = begun()
    with pytest.raises(NotFound):
        answer(row, "nothing", "x")
    with pytest.raises(Invalid):
        answer(row, THEME, "astrology", "")
    with pytest.raises(Invalid):
        answer(row, "aim", "x" * 100_001)


def test_a_proposal_is_bounded_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    row = filled()
    have = sum(len(one.value) for one in row.answers.all())
    monkeypatch.setattr(writing, "MOST_WRITTEN", have + 3)
    answer(row, "aim", "abc", "en")
    with pytest.raises(Invalid):
        answer(row, "aim", "x", "th")
    answer(row, "aim", "ab", "en", edit=1)
    monkeypatch.setattr(submitting, "MOST_VERSIONS", 0)
    sign(row)
    with pytest.raises(Refused) as refused:
        services.submit(proposal_id=row.id, sha256=digest(row), actor=CHAN, now=WRITING)
    assert codes(refused) == {"too_many_versions"}


def test_costs_are_kept_in_the_money_of_who_pays_and_nobody_overwrites() -> None:
    row = filled()
    partner = row.partners.get(slug="p2")
    assert partner.edit == 2
    cost = partner.costs.get()
    assert (cost.currency, cost.amount_minor) == ("CNY", 60_000_000)
    twice = [NewCost(2027, "staff", 5), NewCost(2027, "staff", 6), NewCost(2028, "staff", 0)]

    def save(edit: int, costs: list[NewCost], actor: Actor = LIN) -> None:
        services.save_costs(
            proposal_id=row.id, slug="p2", costs=costs, edit=edit, actor=actor, now=WRITING
        )

    with pytest.raises(Conflict):
        save(1, twice)
    save(2, twice)
    assert [one.amount_minor for one in partner.costs.all()] == [11]
    save(2, twice)  # Sent again.
    for wrong in (
        NewCost(1066, "staff", 1),
        NewCost(2027, "gold", 1),
        NewCost(2027, "staff", -1),
        NewCost(2027, "staff", 10**16),
    ):
        with pytest.raises(Invalid):
            save(3, [wrong])
    with transaction.atomic(), pytest.raises(IntegrityError):
        row.costs.update(amount_minor=-1)


def test_a_partner_whose_payer_changes_writes_its_costs_anew() -> None:
    row = filled()
    moved = NewPartner(YNU.name, "CHN", "")
    services.save_partner(
        proposal_id=row.id, slug="p2", partner=moved, edit=2, actor=CHAN, now=WRITING
    )
    assert not row.costs.filter(partner__slug="p2").exists()
    with pytest.raises(Conflict):
        services.save_partner(
            proposal_id=row.id, slug="p2", partner=YNU, edit=2, actor=LIN, now=WRITING
        )


# People -----------------------------------------------------------------------------------


def test_a_link_lets_one_person_in_and_is_spent() -> None:
    row = filled()
    assert set(row.people.values_list("account", "role", "partner__slug")) == {
        (CHAN.id, "lead", "p1"), (LIN.id, "investigator", "p2"),
    }  # fmt: skip
    link, secret = services.make_link(
        proposal_id=row.id, role="member", actor=CHAN, now=WRITING, key="k"
    )
    again, same = services.make_link(
        proposal_id=row.id, role="member", actor=CHAN, now=WRITING, key="k"
    )
    assert (again.id, same) == (link.id, secret)
    services.join(secret=secret, actor=LIN, now=WRITING)  # Is of it: the link stays.
    services.join(secret=secret, actor=STRANGER, now=WRITING)
    for other in (Actor("late"), STRANGER):
        with pytest.raises(NotFound):
            services.join(secret=secret, actor=other, now=WRITING)
    with pytest.raises(NotPermitted):
        services.make_link(proposal_id=row.id, role="member", actor=LIN, now=WRITING)
    with pytest.raises(Invalid):
        services.make_link(proposal_id=row.id, role="lead", actor=CHAN, now=WRITING)


def test_a_link_dies_by_age_and_by_hand() -> None:
    row = filled()
    link, secret = services.make_link(proposal_id=row.id, role="member", actor=CHAN, now=WRITING)
    with pytest.raises(NotFound):
        services.join(secret=secret, actor=STRANGER, now=WRITING + people.LIVES)
    for _ in range(2):
        services.revoke_link(proposal_id=row.id, link_id=link.id, actor=CHAN, now=WRITING)
    with pytest.raises(NotFound):
        services.join(secret=secret, actor=STRANGER, now=WRITING)
    assert selectors.links(row.id, CHAN, WRITING) == []


def test_the_lead_places_people_and_everybody_themselves() -> None:
    row = filled()
    lin = row.people.get(account=LIN.id)
    chan = row.people.get(account=CHAN.id)

    def change(person: ProposalPerson, actor: Actor, **said: Any) -> ProposalPerson:
        said = {"name": person.name, **said}
        return services.change_person(
            proposal_id=row.id, person=person.pk, actor=actor, now=WRITING, **said
        )

    assert change(lin, LIN, name="Lin Invented", partner="p2").name == "Lin Invented"
    assert change(lin, CHAN, role="member").role == "member"
    with pytest.raises(NotPermitted):
        change(lin, LIN, role="investigator")
    with pytest.raises(NotPermitted):
        change(chan, LIN, name="Somebody")
    assert change(chan, CHAN, role="member").role == "lead"
    with pytest.raises(Refused):
        services.remove_person(proposal_id=row.id, person=chan.pk, actor=CHAN, now=WRITING)
    for _ in range(2):
        services.remove_person(proposal_id=row.id, person=lin.pk, actor=CHAN, now=WRITING)
    with pytest.raises(NotFound):
        selectors.view(row.id, LIN, WRITING)


def test_an_erased_account_leaves_its_name_where_others_signed_it() -> None:
    row = submitted()
    alone = begun(row.call)
    answer(alone, TITLE, "សម្ងាត់")
    people.erase(CHAN.id, SYSTEM, WRITING)

    assert not alone.answers.exists()
    assert not alone.people.exists()
    assert row.people.get(role="lead").account == ""
    assert row.versions.exists()
    assert row.answers.exists()


# Signing and submitting -------------------------------------------------------------------


def test_what_is_missing_is_told_at_once() -> None:
    row = begun()
    with pytest.raises(Refused) as refused:
        services.submit(proposal_id=row.id, sha256=digest(row), actor=CHAN, now=WRITING)
    assert codes(refused) == {"proposal_not_whole"}
    where = {where for where, _ in selectors.view(row.id, CHAN, WRITING).problems}
    assert {TITLE, THEME, "aim", "partners", "people"} <= where
    row.refresh_from_db()
    assert (row.state, row.version, row.number) == ("draft", 0, None)
    assert not row.versions.exists()


def test_one_side_alone_cannot_be_submitted() -> None:
    row = filled()
    services.remove_partner(proposal_id=row.id, slug="p2", actor=CHAN, now=WRITING)
    told = [str(one) for _, one in selectors.view(row.id, CHAN, WRITING).problems]
    assert any("one side alone" in one for one in told)
    with pytest.raises(Refused):
        services.sign(proposal_id=row.id, sha256=digest(row), actor=CHAN, now=WRITING)


def test_a_changed_word_needs_the_signatures_again() -> None:
    row = filled()
    sign(row)
    before = digest(row)
    answer(row, "aim", "ពីរ", edit=1)
    with pytest.raises(Conflict):
        services.submit(proposal_id=row.id, sha256=before, actor=CHAN, now=WRITING)
    with pytest.raises(Refused) as refused:
        services.submit(proposal_id=row.id, sha256=digest(row), actor=CHAN, now=WRITING)
    assert codes(refused) == {"investigators_missing"}
    sign(row, LIN)
    with pytest.raises(Refused):
        services.submit(proposal_id=row.id, sha256=digest(row), actor=CHAN, now=WRITING)
    sign(row, CHAN)
    services.submit(proposal_id=row.id, sha256=digest(row), actor=CHAN, now=WRITING)


def test_who_no_longer_answers_for_a_side_has_not_signed_for_it() -> None:
    row = filled()
    joined_again = row.people.get(account=LIN.id)
    sign(row)
    services.change_person(
        proposal_id=row.id, person=joined_again.pk, name=joined_again.name, role="member",
        partner="p2", actor=CHAN, now=WRITING,
    )  # fmt: skip
    assert selectors.view(row.id, CHAN, WRITING).signed == frozenset()


def test_only_an_investigator_signs_and_no_token_does() -> None:
    row = filled()
    token = Actor(CHAN.id, token_scopes=frozenset({permissions.SCOPE}))
    with pytest.raises(NotPermitted):
        services.sign(proposal_id=row.id, sha256=digest(row), actor=token, now=WRITING)
    _link, secret = services.make_link(
        proposal_id=row.id, role="member", partner="p1", actor=CHAN, now=WRITING
    )
    services.join(secret=secret, actor=STRANGER, now=WRITING)
    with pytest.raises(NotPermitted):
        services.sign(proposal_id=row.id, sha256=digest(row), actor=STRANGER, now=WRITING)


def test_submitted_twice_is_one_version_and_changed_it_is_the_next() -> None:
    row = submitted()
    services.submit(proposal_id=row.id, sha256=digest(row), actor=CHAN, now=WRITING)
    assert row.versions.count() == 1

    answer(row, "aim", "ពីរ", edit=1)
    view = selectors.view(row.id, CHAN, WRITING)
    assert view.differs == ("aim",)
    version = offices.received(row.id, SOKHA, CLOSES).version
    assert version.document["answers"]["aim"]["texts"] == {"km": "គោលបំណង"}

    sign(row)
    made = services.submit(proposal_id=row.id, sha256=digest(row), actor=CHAN, now=WRITING)
    row.refresh_from_db()
    assert (made.number, row.version, row.number) == (2, 2, 1)
    version = offices.received(row.id, SOKHA, CLOSES).version
    assert version.number == 2


def test_the_door_shuts_by_the_clock_and_not_by_the_worker() -> None:
    row = filled()
    sign(row)
    assert Call.objects.get(pk=row.call_id).state == "open"
    for late in (CLOSES, CLOSES + NIGHT):
        with pytest.raises(Refused):
            services.submit(proposal_id=row.id, sha256=digest(row), actor=CHAN, now=late)
        with pytest.raises(Refused):
            answer(row, "aim", "late", edit=1, now=late)
    services.submit(proposal_id=row.id, sha256=digest(row), actor=CHAN, now=CLOSES - NIGHT)


def test_a_submitted_version_is_never_changed() -> None:
    row = submitted()
    for change in (
        lambda: row.versions.update(sha256="0" * 64),
        lambda: row.versions.all().delete(),
    ):
        with transaction.atomic(), pytest.raises(Exception, match=r"(?i)append|never|only"):
            change()


def test_withdrawing_is_for_the_lead_or_the_last_of_a_side() -> None:
    call = open_call()
    row = submitted(call)
    _link, secret = services.make_link(
        proposal_id=row.id, role="member", partner="p2", actor=CHAN, now=WRITING
    )
    services.join(secret=secret, actor=STRANGER, now=WRITING)
    with pytest.raises(NotPermitted):
        services.withdraw(proposal_id=row.id, actor=STRANGER, now=WRITING)
    services.withdraw(proposal_id=row.id, reason="money elsewhere", actor=LIN, now=WRITING)
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert row.versions.exists()
    with pytest.raises(Refused):
        answer(row, "aim", "more", edit=1)
    with pytest.raises(Refused):
        services.withdraw(proposal_id=row.id, actor=CHAN, now=WRITING)

    two = submitted(call)
    assert two.number == 2
    _link, secret = services.make_link(
        proposal_id=two.id, role="investigator", partner="p2", actor=CHAN, now=WRITING
    )
    services.join(secret=secret, actor=STRANGER, now=WRITING)
    with pytest.raises(NotPermitted):
        services.withdraw(proposal_id=two.id, actor=LIN, now=WRITING)
    services.withdraw(proposal_id=two.id, actor=CHAN, now=CLOSES + HOUR)


def test_the_machine_asks_what_the_service_asks() -> None:
    """Whoever comes by another way than the service meets the same guards."""
    row = filled()
    with transaction.atomic(), pytest.raises(Refused):
        perform(PROPOSAL, row, "submit", CHAN, WRITING)
    with transaction.atomic(), pytest.raises(NotPermitted):
        perform(PROPOSAL, row, "submit", LIN, WRITING)
    with transaction.atomic(), pytest.raises(Exception, match=r"(?i)step|state"):
        Proposal.objects.filter(pk=row.pk).update(state="withdrawn")


# Who reads --------------------------------------------------------------------------------


def test_a_draft_is_its_peoples_and_nobody_elses() -> None:
    row = submitted()
    for actor in (SOKHA, MEI, DARA, STEWARD, STRANGER, ANONYMOUS):
        for read in (
            lambda actor=actor: selectors.view(row.id, actor, WRITING),
            lambda actor=actor: selectors.own_version(row.id, 1, actor),
            lambda actor=actor: offices.received(row.id, actor, CLOSES - NIGHT),
            lambda actor=actor: answer(row, "aim", "x", edit=1, actor=actor),
        ):
            with pytest.raises(NotFound):
                read()
        assert list(selectors.own(actor)) == []
    token = Actor(CHAN.id, token_scopes=frozenset({"read"}))
    assert list(selectors.own(token)) == []
    assert list(selectors.own(Actor(CHAN.id, token_scopes=frozenset({permissions.SCOPE})))) == [row]


def test_an_office_reads_once_the_call_is_closed_and_counts_before() -> None:
    call = open_call()
    row = submitted(call)
    begun(call)
    for actor in (SOKHA, MEI, DARA):
        found = offices.office(call.id, actor, CLOSES - NIGHT)
        assert [number for _, number in found.counts] == [1, 1, 0]
        assert found.rows == []
        found = offices.office(call.id, actor, CLOSES)
        assert [(one.proposal, one.titles) for one in found.rows] == [
            (row, {"km": "ថាមពលព្រះអាទិត្យ"})
        ]
    for actor in (STEWARD, STRANGER, CHAN, ANONYMOUS):
        with pytest.raises(NotFound):
            offices.office(call.id, actor, CLOSES)


def test_in_a_parallel_call_an_office_reads_what_draws_on_its_money() -> None:
    call = open_call(mode="parallel")
    row = submitted(call)
    row.parties.filter(party__slug="cn").delete()
    assert [one.proposal for one in offices.office(call.id, SOKHA, CLOSES).rows] == [row]
    assert offices.office(call.id, MEI, CLOSES).rows == []


def test_the_check_and_the_filter_agree_for_every_role() -> None:
    row = submitted()
    scopes = [NODE, Scope("organisation", "0000000000kh"), Scope("organisation", "0000000000la")]
    seen = set()
    for actor in everyone([CHAN.id, LIN.id], scopes, ("read", permissions.SCOPE)):
        listed = Proposal.objects.filter(permissions.own(actor), pk=row.pk).exists()
        if actor != SYSTEM:
            assert listed == (permissions.person_of(actor, row) is not None), actor
        seen.add((listed, Proposal.objects.filter(permissions.received(actor, CLOSES)).exists()))
    assert seen == {(False, False), (True, False), (False, True), (True, True)}


@pytest.mark.django_db(transaction=True)
def test_two_who_submit_at_once_have_two_numbers() -> None:
    call = open_call()
    rows = [filled(call), filled(call)]
    for row in rows:
        sign(row)
    told: list[object] = []

    def go(row: Proposal) -> None:
        try:
            services.submit(proposal_id=row.id, sha256=digest(row), actor=CHAN, now=WRITING)
        except Exception as error:
            told.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=(row,)) for row in rows for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert told == []
    numbers = Proposal.objects.filter(call=call).values_list("number", flat=True)
    assert set(numbers) == {1, 2}
    assert ProposalVersion.objects.count() == 2


def test_a_proposal_is_a_handful_of_queries(django_assert_max_num_queries: Any) -> None:
    row = submitted()
    with django_assert_max_num_queries(25):
        selectors.view(row.id, CHAN, WRITING)
    with django_assert_max_num_queries(9):
        whole(Proposal.objects.get(pk=row.pk)).document  # noqa: B018 - composed when read
