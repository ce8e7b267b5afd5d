"""Newcomers by likeness, many declined at once, and the way back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.constants import NOW
from tonle.deposit.curation import clearing, services
from tonle.deposit.curation.models import Clearing, Submission
from tonle.deposit.curation.tests.factories import handed_in, person
from tonle.infra import jobs
from tonle.kernel.actors import Actor
from tonle.kernel.errors import Invalid, NotFound, NotPermitted
from tonle.people.models import Account, Suspension

# What is asked of the database has tests of its own on both.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("home"),
    pytest.mark.one_database,
]

TEXT = "win big at our casino with free spins and a bonus for every player who signs up today"


def spam(folder: Path, number: int) -> Submission:
    return handed_in(
        person(f"spam{number}"),
        folder,
        titles={"en": f"{TEXT} {number}"},
        descriptions=[{"type": "Abstract", "text": {"en": f"{TEXT} {TEXT} call {number}"}}],
    )


@pytest.fixture
def wave(home: Path) -> list[Submission]:
    return [spam(home, number) for number in range(5)]


def clear(dara: Actor, ids: list[str], *, close: bool = True) -> Clearing:
    made = clearing.clear(
        draft_ids=ids, reason="spam", text="Advertising.", close_accounts=close, actor=dara,
        now=NOW, key="one",
    )  # fmt: skip
    jobs.run_all_due(NOW)
    return made


def test_near_identical_deposits_are_one_group_and_a_real_one_stands_alone(
    dara: Actor, sokha: Actor, wave: list[Submission], home: Path
) -> None:
    real = handed_in(sokha, home)

    groups = clearing.newcomer_groups(dara, NOW)

    assert [len(group.members) for group in groups] == [5, 1]
    assert groups[0].accounts == 5
    assert groups[1].ids == real.id
    assert set(groups[0].ids.split()) == {one.id for one in wave}


def test_groups_can_be_cut_by_the_age_of_accounts(dara: Actor, wave: list[Submission]) -> None:
    later = NOW + timedelta(days=10)

    assert clearing.newcomer_groups(dara, later, younger_than_days=7) == []
    assert len(clearing.newcomer_groups(dara, later, younger_than_days=30)) == 1
    assert wave


def test_one_press_declines_them_closes_their_accounts_and_twice_is_once(
    dara: Actor, sokha: Actor, wave: list[Submission], home: Path
) -> None:
    real = handed_in(sokha, home)
    ids = [one.id for one in wave]

    clear(dara, ids)
    clear(dara, ids)

    assert set(Submission.objects.filter(id__in=ids).values_list("state", flat=True)) == {
        "declined"
    }
    assert Account.objects.filter(email__startswith="spam", is_active=True).count() == 0
    assert Suspension.objects.count() == 5
    real.refresh_from_db()
    assert real.state == "submitted"
    assert Account.objects.get(pk=sokha.id).is_active
    (told,) = clearing.clearings(dara)
    assert (told.text, told.left, told.clearing.size) == ("Advertising.", 0, 5)


def test_undone_as_a_whole_they_wait_again(dara: Actor, wave: list[Submission]) -> None:
    made = clear(dara, [one.id for one in wave])

    for _ in range(2):
        clearing.undo(clearing_id=made.id, actor=dara, now=NOW)
        jobs.run_all_due(NOW)

    assert set(Submission.objects.values_list("state", flat=True)) == {"submitted"}
    assert Account.objects.filter(email__startswith="spam", is_active=True).count() == 5
    assert [len(group.members) for group in clearing.newcomer_groups(dara, NOW)] == [5]


def test_what_a_colleague_took_on_meanwhile_is_left_alone(
    dara: Actor, chan: Actor, wave: list[Submission]
) -> None:
    services.claim(draft_id=wave[0].id, actor=chan, now=NOW)

    clear(dara, [one.id for one in wave])

    wave[0].refresh_from_db()
    assert (wave[0].state, wave[0].clearing) == ("in_review", None)
    assert Account.objects.get(pk=wave[0].depositor).is_active


def test_only_curators_clear_and_only_with_a_reason(
    sokha: Actor, dara: Actor, wave: list[Submission]
) -> None:
    ids = [one.id for one in wave]
    with pytest.raises(NotPermitted):
        clear(sokha, ids)
    with pytest.raises(NotFound):
        clearing.newcomer_groups(sokha, NOW)
    with pytest.raises(NotFound):
        clearing.clearings(sokha)
    for reason, text, wanted in (("", "x", ids), ("spam", " ", ids), ("spam", "x", [])):
        with pytest.raises(Invalid):
            clearing.clear(
                draft_ids=wanted, reason=reason, text=text, close_accounts=False, actor=dara,
                now=NOW,
            )  # fmt: skip


def test_declined_without_closing_their_owner_may_appeal(
    dara: Actor, chan: Actor, wave: list[Submission]
) -> None:
    clear(dara, [wave[0].id], close=False)
    owner = Actor(wave[0].depositor)

    services.appeal(draft_id=wave[0].id, text="We are a museum.", actor=owner, now=NOW)
    services.decide_appeal(
        draft_id=wave[0].id, grant=True, text="You are right.", actor=chan, now=NOW
    )

    wave[0].refresh_from_db()
    assert wave[0].state == "submitted"
