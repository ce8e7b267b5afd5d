"""Whether a proposal is eligible: what each party says of it, and what they make of it together."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tonle.agreements import steps
from tonle.agreements.steps import Evidence, What
from tonle.catalogue.tests.conftest import home as home
from tonle.funding.calls.tests.test_calls import DARA, RITH, officer, settle
from tonle.funding.models import Proposal
from tonle.funding.proposals import offices, selectors, services
from tonle.funding.proposals.admitting import ADMIT, RULE_OUT
from tonle.funding.proposals.tests.made import (
    CHAN,
    CLOSES,
    LIN,
    MEI,
    OPENS,
    SOKHA,
    open_call,
    submitted,
)  # fmt: skip
from tonle.infra.models import AuditEntry
from tonle.kernel.actors import ANONYMOUS, Actor, Role
from tonle.kernel.errors import NotFound, NotPermitted, Refused
from tonle.people.notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

AFTER = CLOSES + timedelta(hours=1)
STEWARD = Actor("boss", roles=frozenset({Role("steward"), Role("curator")}))


def closed(**changed: Any) -> Proposal:
    """A submitted proposal of both sides, in a call that is closed."""
    row = submitted(open_call(**changed))
    settle(CLOSES)
    return row


def what(row: Proposal, party: str, deed: str, reason: str = "") -> What:
    version = row.versions.get(number=row.version)
    data = {"reason": reason} if reason else {}
    return What("eligibility", row.id, party, deed, version.sha256, data)


def say(row: Proposal, party: str, deed: str, reason: str = "", actor: Actor | None = None) -> str:
    """What a party says on screen, and the state that the proposal has then."""
    actor = actor or {"kh": SOKHA, "cn": MEI}[party]
    steps.on_screen(what(row, party, deed, reason), proved_at=AFTER, actor=actor, now=AFTER)
    row.refresh_from_db()
    return row.state


def test_every_payer_admits_it() -> None:
    row = closed()
    assert say(row, "kh", ADMIT) == "submitted"
    assert say(row, "cn", ADMIT) == "eligible"


def test_one_side_out_is_out_and_a_party_may_think_again() -> None:
    row = closed()
    assert say(row, "kh", ADMIT) == "submitted"
    assert say(row, "cn", RULE_OUT, "The institute is on no list.") == "ineligible"
    assert say(row, "cn", ADMIT) == "eligible"
    assert say(row, "kh", RULE_OUT, "A slip.") == "ineligible"
    assert say(row, "cn", RULE_OUT, "Also here.") == "ineligible"
    assert say(row, "kh", ADMIT) == "ineligible"
    found = offices.received(row.id, SOKHA, AFTER)
    assert [one.step and one.step.data.get("reason") for one in found.verdicts] == [
        None, "Also here.",
    ]  # fmt: skip


def test_a_reason_is_needed_and_no_part_of_the_chain() -> None:
    row = closed()
    with pytest.raises(Refused) as refused:
        say(row, "kh", RULE_OUT)
    assert refused.value.refusals[0].code == "reason"
    say(row, "kh", RULE_OUT, "Dr Invented left.")
    entry = AuditEntry.objects.get(action="agreements.step_screen", object_kind="eligibility")
    assert "Invented" not in entry.data
    assert "reason" in json.loads(entry.data)["personal"]


def test_twice_is_told() -> None:
    row = closed()
    say(row, "kh", ADMIT)
    with pytest.raises(Refused) as refused:
        say(row, "kh", ADMIT)
    assert refused.value.refusals[0].code == "done"


@pytest.mark.parametrize(
    ("actor", "error"),
    [
        (MEI, NotPermitted),
        (DARA, NotPermitted),
        (STEWARD, NotFound),
        (officer("0000000000la"), NotFound),
        (CHAN, NotFound),
        (LIN, NotFound),
        (ANONYMOUS, NotPermitted),
    ],
)
def test_only_an_officer_of_the_party_speaks_for_it(actor: Actor, error: type[Exception]) -> None:
    row = closed()
    with pytest.raises(error):
        say(row, "kh", ADMIT, actor=actor)
    row.refresh_from_db()
    assert row.state == "submitted"
    assert offices.received(row.id, SOKHA, AFTER).verdicts[0].step is None


def test_nothing_is_judged_before_the_call_has_closed() -> None:
    row = submitted(open_call())
    now = OPENS + timedelta(days=1)
    with pytest.raises(NotFound):
        steps.on_screen(what(row, "kh", ADMIT), proved_at=now, actor=SOKHA, now=now)


def test_a_party_without_an_account_says_so_on_paper() -> None:
    row = closed()
    evidence = Evidence(AFTER.date(), "An invented person", "Director", "8", b"%PDF-1.7 x")
    step = steps.on_paper(what(row, "cn", ADMIT), evidence, actor=DARA, now=AFTER)
    assert say(row, "kh", ADMIT) == "submitted"
    assert [one.waiting for one in offices.received(row.id, DARA, AFTER).verdicts] == [None, step]
    steps.confirm(step.id, proved_at=AFTER, actor=RITH, now=AFTER)
    row.refresh_from_db()
    assert row.state == "eligible"


def test_who_reads_only_does_not_judge() -> None:
    """A third party of the call, on whose money the proposal does not draw."""
    row = closed()
    row.parties.filter(party__slug="cn").update(pays=False)
    with pytest.raises(NotFound):
        say(row, "cn", RULE_OUT, "Not ours.")
    assert say(row, "kh", ADMIT) == "eligible"


def test_its_people_learn_nothing_of_it_yet() -> None:
    row = closed()
    before = Notice.objects.count()
    page = selectors.view(row.id, CHAN, AFTER)
    say(row, "kh", RULE_OUT, "Not on our list.")
    after = selectors.view(row.id, CHAN, AFTER)
    assert (after.label, after.problems) == (page.label, page.problems)
    assert [one.label for one in selectors.rows_of(selectors.own(CHAN), AFTER)] == [page.label]
    assert Notice.objects.count() == before


def test_what_is_judged_can_be_withdrawn_and_is_judged_no_more() -> None:
    row = closed()
    say(row, "kh", RULE_OUT, "Not on our list.")
    services.withdraw(proposal_id=row.id, actor=CHAN, now=AFTER)
    with pytest.raises(NotFound):
        say(row, "cn", ADMIT)


def test_the_list_of_an_office_says_which_wait_for_it() -> None:
    row = closed()
    assert [one.waits for one in offices.office(row.call.id, SOKHA, AFTER).rows] == [True]
    say(row, "kh", ADMIT)
    assert [one.waits for one in offices.office(row.call.id, SOKHA, AFTER).rows] == [False]
    assert [one.waits for one in offices.office(row.call.id, MEI, AFTER).rows] == [True]
    assert [one.waits for one in offices.office(row.call.id, DARA, AFTER).rows] == [False]
