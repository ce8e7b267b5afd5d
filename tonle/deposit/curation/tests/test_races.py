"""Two at once, in two threads with a connection each: nothing lost, nothing doubled."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.constants import NOW
from tonle.catalogue.models import Draft, Record
from tonle.catalogue.tests.test_races import at_once
from tonle.deposit.curation import publishing, services, withdrawals
from tonle.deposit.curation.machine import SUBMISSION
from tonle.deposit.curation.models import Submission, Withdrawal
from tonle.deposit.curation.tests.factories import (
    handed_in,
    in_review,
    person,
    submission,
    with_role,
)
from tonle.infra.lifecycle import history
from tonle.kernel.errors import Refused, TonleError

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]


def events(draft_id: str) -> list[str]:
    return [step.event for step in history(SUBMISSION, draft_id)]


def test_of_two_curators_who_take_it_on_one_has_it_and_the_other_is_told_who(home: Path) -> None:
    made = handed_in(person("sokha"), home)
    curators = [with_role("dara", "curator"), with_role("chan", "curator")]

    came = at_once(
        *(
            lambda actor=actor: services.claim(draft_id=made.id, actor=actor, now=NOW)
            for actor in curators
        )
    )

    (lost,) = [one for one in came if isinstance(one, TonleError)]
    (won,) = [one for one in came if isinstance(one, Submission)]
    assert isinstance(lost, Refused)
    assert [refusal.code for refusal in lost.refusals] == ["claimed"]
    names = {"dara@example.org", "chan@example.org"}
    assert lost.refusals[0].data["curator"] in names
    assert won.curator in {curator.id for curator in curators}
    assert events(made.id) == ["hand_in", "claim"]


def test_handing_in_twice_at_once_is_once(home: Path) -> None:
    sokha = person("sokha")
    made = submission(sokha, home)

    came = at_once(*[lambda: services.hand_in(draft_id=made.id, actor=sokha, now=NOW, key="k")] * 2)

    assert [one.state for one in came] == ["submitted", "submitted"]
    assert events(made.id) == ["hand_in"]


def test_a_newcomer_who_hands_in_two_at_once_has_one_waiting(home: Path) -> None:
    sokha = person("sokha")
    made = [submission(sokha, home), submission(sokha, home)]

    at_once(
        *(lambda one=one: services.hand_in(draft_id=one.id, actor=sokha, now=NOW) for one in made)
    )

    assert Submission.objects.filter(state="submitted").count() == 1


def test_accepting_twice_at_once_publishes_once(home: Path) -> None:
    dara = with_role("dara", "curator")
    made = in_review(person("sokha"), dara, home)

    at_once(*[lambda: publishing.accept(draft_id=made.id, actor=dara, now=NOW)] * 2)
    publishing.finish(draft_id=made.id, now=NOW)

    record = Record.objects.get(id=made.record_id)
    assert (record.state, record.version) == ("published", 1)
    assert events(made.id) == ["hand_in", "claim", "accept", "publish"]


def test_taken_back_while_it_is_accepted_one_of_the_two_holds(home: Path) -> None:
    sokha, dara = person("sokha"), with_role("dara", "curator")
    made = in_review(sokha, dara, home)

    at_once(
        lambda: publishing.accept(draft_id=made.id, actor=dara, now=NOW),
        lambda: services.take_back(draft_id=made.id, actor=sokha, now=NOW),
    )

    made.refresh_from_db()
    draft = Draft.objects.get(id=made.id)
    assert (made.state, draft.state) in {("published", "published"), ("preparing", "open")}


def test_asking_for_withdrawal_twice_at_once_asks_once(home: Path) -> None:
    sokha, dara = person("sokha"), with_role("dara", "curator")
    made = in_review(sokha, dara, home)
    publishing.accept(draft_id=made.id, actor=dara, now=NOW)

    came = at_once(
        *[
            lambda: withdrawals.ask_withdrawal(
                record_id=made.record_id, category="error", text="Wrong.", actor=sokha, now=NOW
            )
        ]
        * 2
    )

    assert Withdrawal.objects.count() == 1
    assert len({one.id for one in came}) == 1
