"""Sign-up: slowed, never shut; and as slow for an address that is known."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import Client

from tests.constants import NOW
from tonle.api.errors import TooManyRequests
from tonle.api.public import network_of
from tonle.people import adapter, signup
from tonle.people.models import Account, Person
from tonle.people.tests.factories import PASSWORD, account

pytestmark = pytest.mark.django_db(databases=["default", "cache"])


def form(email: str) -> dict[str, str]:
    return {"email": email, "password1": PASSWORD, "password2": PASSWORD}


def test_a_wave_from_one_place_is_slowed_and_the_next_hour_is_open(settings: Any) -> None:
    settings.TONLE_SIGNUP_LIMIT = 3
    for number in range(3):
        signup.slow_down("192.0.2.7", f"a{number}@example.org", NOW)
    with pytest.raises(TooManyRequests):
        signup.slow_down("192.0.2.7", "a4@example.org", NOW)
    signup.slow_down("192.0.2.8", "a5@example.org", NOW)
    signup.slow_down("192.0.2.7", "a4@example.org", NOW + timedelta(hours=1))


def test_one_mail_address_gets_few_letters_wherever_they_are_asked_from(settings: Any) -> None:
    settings.TONLE_SIGNUP_LIMIT = 0
    for number in range(signup.PER_MAIL_ADDRESS):
        signup.slow_down(f"192.0.2.{number}", "Victim@example.org", NOW)
    with pytest.raises(TooManyRequests):
        signup.slow_down("192.0.2.99", "victim@example.org", NOW)


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("nonsense", "", True),
    ],
)
def test_a_household_counts_as_one(one: str, other: str, together: bool) -> None:
    assert (network_of(one) == network_of(other)) is together


def test_the_page_keeps_what_was_typed_and_says_to_wait(settings: Any) -> None:
    settings.TONLE_SIGNUP_LIMIT = 1
    browser = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")
    assert browser.post("/accounts/signup/", form("a@example.org")).status_code == 302
    told = browser.post("/accounts/signup/", form("b@example.org"))
    assert 'role="alert"' in told.text
    assert "b@example.org" in told.text
    assert Account.objects.count() == 1


def test_a_known_address_costs_the_same_hash_and_one_letter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    account("sokha", password=PASSWORD)
    hashed = []

    def counted(password: str) -> str:
        hashed.append(password)
        return make_password(password)

    monkeypatch.setattr("tonle.people.forms.signin.make_password", counted)
    browser = Client(HTTP_HOST="localhost")
    browser.post("/accounts/signup/", form("sokha@example.org"))
    assert hashed == [PASSWORD]
    browser.post("/accounts/signup/", form("bopha@example.org"))
    # A new account is hashed by the library, once.
    assert hashed == [PASSWORD]
    assert len(mail.outbox) == 2


def test_the_sign_in_page_has_one_way_to_a_forgotten_password() -> None:
    page = Client(HTTP_HOST="localhost").get("/accounts/login/").text
    assert page.count("/accounts/password/reset/") == 1


def _sign_in(password: str, address: str, email: str = "sokha@example.org") -> bool:
    browser = Client(HTTP_HOST="localhost", REMOTE_ADDR=address)
    answer = browser.post("/accounts/login/", {"login": email, "password": password})
    return answer.status_code == 302


def test_wrong_passwords_from_elsewhere_keep_nobody_out() -> None:
    account("sokha", password=PASSWORD)
    for _ in range(8):
        assert not _sign_in("wrong", "192.0.2.50")

    assert not _sign_in(PASSWORD, "192.0.2.50"), "who guesses is slowed"
    assert _sign_in(PASSWORD, "192.0.2.99"), "the owner is not"


def test_guesses_spread_over_many_networks_are_counted_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    account("sokha", password=PASSWORD)
    monkeypatch.setattr(adapter, "TRIED_ELSEWHERE", 3)
    assert _sign_in(PASSWORD, "192.0.2.1")
    for number in range(10, 13):
        assert not _sign_in("wrong", f"192.0.2.{number}")

    assert not _sign_in(PASSWORD, "192.0.2.20"), "from a new place, in an hour of guessing"
    assert _sign_in(PASSWORD, "192.0.2.1"), "from where its owner has been before"


def test_who_says_a_name_at_sign_up_has_it_from_the_first_deposit_on() -> None:
    browser = Client(HTTP_HOST="localhost")
    browser.post("/accounts/signup/", {**form("thida@example.org"), "name": "ធីតា"})
    browser.post("/accounts/signup/", form("nameless@example.org"))

    made = Account.objects.get(email="thida@example.org")
    assert Person.objects.get(account=made).name == "ធីតា"
    assert Person.objects.count() == 1


def test_a_name_tells_nobody_whether_an_address_is_known() -> None:
    account("sokha", password=PASSWORD)
    browser = Client(HTTP_HOST="localhost")
    known = browser.post("/accounts/signup/", {**form("sokha@example.org"), "name": "Somebody"})
    fresh = browser.post("/accounts/signup/", {**form("new@example.org"), "name": "Somebody"})

    assert (known.status_code, known.headers["Location"]) == (
        fresh.status_code,
        fresh.headers["Location"],
    )
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    ("going", "then"),
    [("/deposit/new?kind=dataset", "/deposit/new?kind=dataset"), ("//elsewhere.example/", None)],
)
def test_where_somebody_was_going_survives_the_letter(going: str, then: str | None) -> None:
    Client().post("/accounts/signup/", {**form("dara@example.org"), "next": going})
    (letter,) = mail.outbox
    found = re.search(r"http://[^/]+(/accounts/confirm-email/\S+)", str(letter.body))
    assert found
    # Another browser: a telephone, say.
    main = Client().get(found[1]).text.partition("<main")[2]
    sent = re.findall(r'name="next" value="([^"]*)"', main)
    answer = Client().post(found[1].partition("?")[0], {"next": unescape(sent[0])} if sent else {})
    assert answer.status_code == 302
    where = urlsplit(answer.headers["Location"])
    assert where.path == "/accounts/login/"
    assert parse_qs(where.query).get("next", [None]) == [then]
