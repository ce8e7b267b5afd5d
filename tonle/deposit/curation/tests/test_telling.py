"""Who is told what, once, and never what it says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.constants import NOW
from tonle.deposit.curation import publishing, services
from tonle.deposit.curation.tests.factories import handed_in, in_review, person
from tonle.kernel.actors import Actor
from tonle.people.notices.models import Notice
from tonle.people.public import vouch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def told(actor: Actor) -> list[tuple[str, str]]:
    rows = Notice.objects.filter(account_id=actor.id, topic__startswith="deposit.")
    return sorted(rows.values_list("topic", "link"))


def test_curators_hear_of_newcomers_once_a_day_and_of_others_each_time(
    sokha: Actor, dara: Actor, home: Path
) -> None:
    for name in ("a", "b", "c"):
        handed_in(person(name), home)
    assert told(dara) == [("deposit.handed_in", "/deposit/review?tab=newcomers")]

    vouch(account_id=sokha.id, actor=dara, now=NOW)
    made = [handed_in(sokha, home) for _ in range(2)]

    pages = {"/deposit/review?tab=newcomers", *(f"/deposit/review/{one.id}" for one in made)}
    assert {link for _topic, link in told(dara)} == pages


def test_the_depositor_hears_of_each_step_and_nothing_of_what_was_said(
    sokha: Actor, dara: Actor, home: Path
) -> None:
    made = in_review(sokha, dara, home, titles={"en": "Secret survey"})
    services.comment(draft_id=made.id, text="Which village?", actor=dara, now=NOW)
    services.comment(
        draft_id=made.id, text="Invented?", visible_to_depositor=False, actor=dara, now=NOW
    )
    services.ask_changes(draft_id=made.id, text="More.", actor=dara, now=NOW)
    services.hand_in(draft_id=made.id, actor=sokha, now=NOW + timedelta(hours=1))
    services.claim(draft_id=made.id, actor=dara, now=NOW + timedelta(hours=1))
    publishing.accept(draft_id=made.id, actor=dara, now=NOW + timedelta(hours=1))

    page = f"/deposit/{made.id}"
    assert told(sokha) == [
        ("deposit.changes_asked", page),
        ("deposit.comment", page),
        ("deposit.published", f"/records/{made.record_id}"),
    ]
    kept = str(list(Notice.objects.values()))
    for secret in ("Secret survey", "village", "Invented", "More."):
        assert secret not in kept


def test_what_the_depositor_says_reaches_whoever_has_it(
    sokha: Actor, dara: Actor, chan: Actor, home: Path
) -> None:
    made = in_review(sokha, dara, home)

    for _ in range(2):
        services.comment(draft_id=made.id, text="Done.", actor=sokha, now=NOW, key="once")

    comments = [one for one in told(dara) if one[0] == "deposit.comment"]
    assert comments == [("deposit.comment", f"/deposit/review/{made.id}")]
    assert [one for one in told(chan) if one[0] == "deposit.comment"] == []
