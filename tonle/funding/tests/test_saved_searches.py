"""A kept search for calls: what opens newly is in the letter of the day, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from tests.constants import NOW
from tonle.catalogue.models import SavedSearch
from tonle.catalogue.saved import services as saved
from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.factories import make_record
from tonle.funding.tests.calls import correct, make_call
from tonle.infra import jobs
from tonle.kernel.actors import ANONYMOUS, Actor
from tonle.kernel.errors import NotPermitted
from tonle.people.models import Account
from tonle.people.tests.factories import account, actor
from tonle.search.public import catch_up

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("home"),
    pytest.mark.one_database,
]

DAY = timedelta(days=1)


def keep(who: Actor, query: str = "rice") -> SavedSearch:
    return saved.save_search(
        actor=who,
        name="Calls",
        query=query,
        filters=[("kind", "funding_opportunity")],
        rhythm="daily",
        now=NOW,
    )


def letters_by(days: float) -> list[str]:
    """What was mailed until then, when the node's worker has run."""
    catch_up()
    now = NOW + days * DAY
    jobs.tick(now)
    jobs.run_all_due(now)
    return [str(letter.body) for letter in mail.outbox]


def test_a_new_open_call_is_in_one_letter_of_those_who_asked_for_it() -> None:
    sokha, bopha = account("sokha"), account("bopha")
    make_call("Rice of before", now=NOW - DAY, closes_at=NOW + 60 * DAY)
    kept = keep(actor(sokha))
    keep(actor(bopha), "tin")
    call = make_call("Rice and water", now=NOW + DAY / 2, closes_at=NOW + 60 * DAY)
    make_call("Only soil", now=NOW + DAY / 2, closes_at=NOW + 60 * DAY)
    make_record(titles={"en": "Rice, but no call"}, now=NOW + DAY / 2)

    assert letters_by(0.9) == []
    letters_by(1.01)
    (letter,) = letters_by(3)
    assert f"/me/searches/{kept.id}/new" in letter
    assert [one.to for one in mail.outbox] == [[sokha.email]]

    # A second run, further days, and a deadline that moved are nothing new.
    correct(call, now=NOW + 4 * DAY, closes_at=NOW + 90 * DAY)
    assert len(letters_by(6)) == 1
    make_call("Rice again", now=NOW + 6.5 * DAY, closes_at=NOW + 90 * DAY)
    letters_by(7.5)
    assert len(letters_by(9)) == 2


def test_the_page_of_what_is_new_names_the_calls_to_its_owner_alone() -> None:
    sokha, bopha = account("sokha"), account("bopha")
    kept = keep(actor(sokha))
    make_call("Rice and water", now=NOW + DAY / 2, closes_at=NOW + 60 * DAY)
    letters_by(3)

    def page(of: Account) -> tuple[int, str]:
        client = Client()
        client.force_login(of, backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get(f"/me/searches/{kept.id}/new", follow=True)
        return answer.status_code, answer.content.decode()

    status, body = page(sokha)
    assert (status, "and water" in body) == (200, True)
    assert page(bopha)[0] == 404
    with pytest.raises(NotPermitted):
        keep(ANONYMOUS)
