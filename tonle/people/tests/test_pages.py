"""Accounts as people meet them: sign-up, sign-in, reset, the first link, tokens."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from tonle.kernel.actors import SYSTEM
from tonle.people import services
from tonle.people.models import Account, ApiToken
from tonle.people.rules.loopback import is_loopback
from tonle.people.tests.factories import PASSWORD, account, holder

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
TWICE = {"password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def browser() -> Client:
    return Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")


@pytest.mark.parametrize(
    ("address", "host", "headers", "expected"),
    [
        ("127.0.0.1", "localhost:8000", [], True),
        ("::1", "[::1]:8000", [], True),
        ("::ffff:127.0.0.1", "127.0.0.1", [], True),
        ("192.0.2.7", "localhost", [], False),
        ("127.0.0.1", "commons.example.org", [], False),
        ("127.0.0.1", "localhost.example.org", [], False),
        ("127.0.0.1", "localhost", ["X-Forwarded-For"], False),
        ("127.0.0.1", "localhost", ["Forwarded"], False),
        ("127.0.0.1", "localhost", ["X-Forwarded-Proto"], False),
        ("", "localhost", [], False),
    ],
)
def test_loopback_is_this_machine_and_nothing_passed_on(
    address: str, host: str, headers: list[str], expected: bool
) -> None:
    assert is_loopback(address, host, headers) is expected


def test_the_first_link_is_spent_by_posting_only(browser: Client) -> None:
    # The view reads the real clock, so the link is issued by it too.
    address = f"/welcome/{services.issue_signin_link(now=datetime.now(UTC))}"
    for _ in range(3):
        page = browser.get(address)
        assert page.status_code == 200
        assert page.headers["Referrer-Policy"] == "strict-origin"
        assert "no-store" in page.headers["Cache-Control"]
    form = {"email": "rith@example.org", "password": PASSWORD, "again": PASSWORD}

    assert browser.post(address, {**form, "again": "something else"}).status_code == 422
    assert browser.post(address, form, REMOTE_ADDR="192.0.2.7").status_code == 410
    assert not Account.objects.exists()
    assert browser.post(address, form).status_code == 302

    page = browser.get("/me")
    assert "You are now the steward of this node." in page.text
    assert Client(HTTP_HOST="localhost").get(address).status_code == 410


def test_signing_up_needs_the_letter_and_then_signs_in(browser: Client) -> None:
    form = {"email": "sokha@example.org", **TWICE}
    answer = browser.post("/accounts/signup/", form)
    assert answer.headers["Location"] == "/accounts/confirm-email/"

    login = {"login": "sokha@example.org", "password": PASSWORD}
    assert browser.post("/accounts/login/", login).headers["Location"] == "/accounts/confirm-email/"

    (link,) = re.findall(r"http://localhost:8000(/\S+)", str(mail.outbox[0].body))
    page = browser.get(link)
    assert "Is sokha@example.org your address?" in page.text
    browser.post(link)
    assert browser.post("/accounts/login/", login).headers["Location"] == "/me"
    assert "sokha@example.org" in browser.get("/me").text


def test_signing_up_tells_a_stranger_nothing_about_who_has_an_account(browser: Client) -> None:
    account("sokha", password=PASSWORD)
    form = {"email": "sokha@example.org", **TWICE}
    known = browser.post("/accounts/signup/", form)
    fresh = browser.post("/accounts/signup/", {**form, "email": "bopha@example.org"})

    assert known.status_code == fresh.status_code
    assert known.headers["Location"] == fresh.headers["Location"]
    assert "You have an account already" in [m.subject for m in mail.outbox]


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/accounts/password/reset/", {"email": "sokha@example.org"}),
        ("/accounts/password/reset/", {"email": "nobody@example.org"}),
        ("/accounts/signup/", {"email": "sokha@example.org", **TWICE}),
        ("/accounts/signup/", {"email": "bopha@example.org", **TWICE}),
    ],
)
def test_letters_lead_to_the_node_whatever_the_request_called_it(
    path: str, form: dict[str, str]
) -> None:
    account("sokha", password=PASSWORD)
    Client(HTTP_HOST="127.0.0.1:9999", HTTP_ACCEPT_LANGUAGE="en").post(path, form)
    (letter,) = mail.outbox
    assert re.findall(r"https?://[^/\s]+", str(letter.body)) == [settings.TONLE_URL]


def test_a_forgotten_password_is_changed_by_letter(browser: Client) -> None:
    sokha = account("sokha", password=PASSWORD)
    made, _ = services.create_token(
        account_id=sokha.pk, label="x", scopes=["read"], actor=SYSTEM, now=datetime.now(UTC)
    )
    browser.post("/accounts/password/reset/", {"email": "sokha@example.org"})
    (link,) = re.findall(r"http://localhost:8000(/\S+)", str(mail.outbox[0].body))
    assert sokha.actor_id in link

    form = browser.get(link, follow=True)
    new = {"password1": "rain in the ninth month", "password2": "rain in the ninth month"}
    changed = browser.post(form.redirect_chain[-1][0], new)

    assert changed.status_code == 302
    sokha.refresh_from_db()
    assert sokha.check_password(new["password1"])
    made.refresh_from_db()
    assert made.revoked_at is not None, "what a thief made with the account ends with it"


def test_a_wrong_password_is_said_beside_the_form_and_soon_throttled(browser: Client) -> None:
    account("sokha", password=PASSWORD)
    form = {"login": "sokha@example.org", "password": "wrong"}
    first = browser.post("/accounts/login/", form)
    assert 'role="alert"' in first.text
    for _ in range(5):
        last = browser.post("/accounts/login/", form)
    right = browser.post("/accounts/login/", {**form, "password": PASSWORD})
    assert last.status_code in (200, 429)
    assert right.status_code != 302


def test_a_token_is_shown_once(browser: Client) -> None:
    browser.force_login(account("sokha"))
    made = browser.post("/me/tokens", {"label": "laptop", "scopes": ["read"]})
    (secret,) = re.findall(r"tonle_[0-9a-f]{10}_[0-9a-f]{64}", made.text)

    assert secret not in browser.get("/me/tokens").text
    again = browser.post("/me/tokens", {"label": "laptop", "scopes": ["read"]})
    assert again.status_code == 422
    token = ApiToken.objects.get()
    browser.post(f"/me/tokens/{token.lookup}/revoke")
    assert "No tokens yet" in browser.get("/me/tokens").text


def test_one_cannot_revoke_anothers_token(browser: Client) -> None:
    row, _ = services.create_token(
        account_id=account("sokha").pk,
        label="laptop",
        scopes=["read"],
        actor=SYSTEM,
        now=datetime.now(UTC),
    )
    browser.force_login(account("bopha"))
    assert browser.post(f"/me/tokens/{row.lookup}/revoke").status_code == 404
    assert ApiToken.objects.get().revoked_at is None


@pytest.mark.parametrize("page", ["/me", "/me/tokens", "/accounts/email/"])
def test_own_pages_ask_for_sign_in(browser: Client, page: str) -> None:
    assert browser.get(page).headers["Location"].startswith("/accounts/login/?next=")


def test_a_page_says_to_its_device_whose_it_is_and_nothing_more(browser: Client) -> None:
    """A form that waits on the device is sent for whoever wrote it alone."""
    sokha, bopha = account("sokha"), account("bopha")
    assert "Tonle-Who" not in browser.get("/me", follow=True).headers
    marks = []
    for one in (sokha, bopha):
        browser.force_login(one)
        mark = browser.get("/me").headers["Tonle-Who"]
        assert mark == browser.get("/languages").headers["Tonle-Who"]
        assert one.pk not in mark
        marks.append(mark)
    assert marks[0] != marks[1]


def test_roles_are_shown_to_their_holder(browser: Client) -> None:
    browser.force_login(holder("dara", "curator", now=datetime(2026, 1, 2, tzinfo=UTC)))
    assert "Curator" in browser.get("/me").text


PUBLIC = (
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/inactive/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/abc/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/done/",
    "/accounts/password/reset/key/abc-def/",
)
OWN = (
    "/me",
    "/me/tokens",
    "/accounts/email/",
    "/accounts/logout/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
)


@pytest.mark.parametrize("page", PUBLIC)
def test_account_pages_are_ours(browser: Client, page: str, language: str) -> None:
    answer = browser.get(page, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert 'class="river"' in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize("page", OWN)
def test_own_account_pages_are_ours(browser: Client, page: str, language: str) -> None:
    browser.force_login(account("sokha", password=PASSWORD))
    answer = browser.get(page, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert 'class="river"' in answer.text


def test_another_session_is_ended_by_its_page(browser: Client) -> None:
    account("sokha", password=PASSWORD)
    other = Client(HTTP_HOST="localhost", HTTP_USER_AGENT="Telephone")
    for one in (browser, other):
        one.post("/accounts/login/", {"login": "sokha@example.org", "password": PASSWORD})
        assert one.get("/me").status_code == 200
    page = browser.get("/accounts/sessions/")
    assert "Telephone" in page.text

    assert browser.post("/accounts/sessions/").status_code == 302
    assert other.get("/me").status_code == 302
    assert browser.get("/me").status_code == 200
