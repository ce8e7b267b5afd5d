"""A wave of spam meets the node as it is: real pages, real services, nobody of ours mocked.

A dozen robots in the usual run, a thousand with --deep:

    ./test --deep pages          or, to read what it cost:
    .venv/bin/python -m pytest tests/test_spam.py --deep -s

They have working mailboxes, an address each, and texts that differ in names and numbers.
None may reach a public page; the curator counts the requests that it takes to be rid of them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings
from django.core import mail
from django.test import Client, override_settings

from tonle.catalogue import public as catalogue
from tonle.catalogue.tests.conftest import home as home
from tonle.deposit.checks.tests.factories import files_read
from tonle.deposit.curation import publish_alone, start
from tonle.deposit.curation.models import Submission
from tonle.deposit.curation.tests.factories import handed_in, person, with_role
from tonle.infra import clock, jobs
from tonle.kernel.actors import Actor
from tonle.kernel.errors import NotPermitted, Refused
from tonle.people.models import Account, Suspension
from tonle.search.public import catch_up

pytestmark = [pytest.mark.django_db, pytest.mark.pages, pytest.mark.usefixtures("home")]

NEEDLE = "zanzicasino"
PASSWORD = "cheap watches and free spins"
TEMPLATES = (
    "Win big at {needle} with {n} free spins, a welcome bonus for everybody who signs up today, "
    "the best odds of all houses in town and a personal manager called {name} who answers by "
    "telephone at any hour of the day or the night and pays out at once",
    "Loans without questions by {needle}: up to {n} thousand within the hour, no papers, no bank, "
    "no waiting, ask for {name} who will come to your house and count the money into your hand "
    "before you have signed anything at all",
    "Cheap watches from {needle}, number {n} of the catalogue, every brand you can think of with "
    "certificate and box, sent to your door by {name} and friends within three working days and "
    "with your money back if anybody notices the difference",
)
NAMES = ("Anna", "Boris", "Clara", "David", "Elena", "Felix", "Gina", "Hugo")


@dataclass
class Wave:
    """What the robots did, and what it came to."""

    accounts: list[Account] = field(default_factory=list)
    drafts: list[str] = field(default_factory=list)
    slowed_down_after: int = 0


@pytest.fixture
def quick_hashes() -> Iterator[None]:
    """A thousand sign-ups would hash for a minute, which is what a password's hash is for."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


def sign_up(address: str, email: str) -> tuple[Client, Any]:
    """Through the page, from a machine of its own."""
    client = Client(REMOTE_ADDR=address)
    answer = client.post(
        "/accounts/signup/", {"email": email, "password1": PASSWORD, "password2": PASSWORD}
    )
    return client, answer


def confirm(client: Client, account: Account) -> None:
    """Open the letter's link: a robot's mailbox works."""
    key = EmailConfirmationHMAC(EmailAddress.objects.get(user=account)).key
    client.post(f"/accounts/confirm-email/{key}/")
    client.post("/accounts/login/", {"login": account.email, "password": PASSWORD})


def deposit(account: Account, number: int, folder: Path) -> str:
    """One advertisement, dressed as a dataset."""
    draw = random.Random(number)
    text = TEMPLATES[number % len(TEMPLATES)].format(
        needle=NEEDLE, n=draw.randrange(100, 999), name=draw.choice(NAMES)
    )
    actor, now = Actor(account.pk), clock.now()
    made = start(
        kind="dataset",
        actor=actor,
        now=now,
        document={
            "titles": {"en": text[:80]},
            "descriptions": [{"type": "Abstract", "text": {"en": text}}],
            "creators": [{"name_type": "Personal", "name": draw.choice(NAMES)}],
            "rights": [{"identifier": "CC-BY-4.0"}],
            "subjects": [{"text": {"en": NEEDLE}}],
        },
    )
    file = folder / "advertisement.txt"
    file.write_text(f"{text} {number}", encoding="utf-8")
    catalogue.add_file(
        draft_id=made.id, file=catalogue.NewFile("data.txt", file), actor=actor, now=now
    )
    files_read(made.id, now)
    return made.id


def hand_in(client: Client, draft: str) -> None:
    """By the button of the form's last page."""
    page = client.get(f"/deposit/{draft}/check").content.decode()
    seal = re.search(r'name="seal" value="([^"]+)"', page)
    assert seal is not None
    client.post(f"/deposit/{draft}/check", {"seal": seal[1], "do": "hand_in"})


def unleash(robots: int, folder: Path) -> Wave:
    """All of them sign up, confirm, deposit, hand in, and try what else there is."""
    wave = Wave()
    # First all from one machine, until the node asks to wait.
    for number in range(settings.TONLE_SIGNUP_LIMIT + 5):
        sign_up("198.51.100.7", f"one{number}@bots.example")
        if Account.objects.count() == wave.slowed_down_after:
            break
        wave.slowed_down_after = Account.objects.count()
    for number in range(robots):
        address = f"10.{number // 250}.{number % 250}.9"
        email = f"robot{number}@host{number % 7}.example"
        client, _answer = sign_up(address, email)
        account = Account.objects.get(email=email)
        confirm(client, account)
        draft = deposit(account, number, folder)
        hand_in(client, draft)
        wave.accounts.append(account)
        wave.drafts.append(draft)
    return wave


def push_harder(wave: Wave, folder: Path) -> None:
    """What a robot might try next: a second deposit, publishing by itself, by another door."""
    account, draft = wave.accounts[0], wave.drafts[0]
    actor, now = Actor(account.pk), clock.now()
    second = deposit(account, 0, folder)
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    hand_in(client, second)
    assert Submission.objects.get(id=second).state == "preparing"
    for review in ("all", "newcomers"):
        with override_settings(TONLE_DEPOSIT_REVIEW=review), pytest.raises(Refused):
            publish_alone(draft_id=second, actor=actor, now=now)
    for name in (draft, second):
        with pytest.raises((NotPermitted, Refused)):
            catalogue.publish(draft_id=name, actor=actor, now=now)


def look_everywhere(wave: Wave) -> None:
    """No page that anybody can open shows a word of it."""
    catch_up()
    reader = Client()
    pages = [
        "/",
        f"/search?q={NEEDLE[:5]}",
        "/search",
        "/search?kind=dataset",
        "/api/v1/records",
        "/api/v1/records?q=free+spins",
        "/sitemap.xml",
        "/robots.txt",
        "/feeds/records.atom",
        "/people",
        "/organisations",
        "/communities",
        "/about",
        *(f"/records/{record}" for record in _records(wave)[:50]),
        *(f"/deposit/{draft}" for draft in wave.drafts[:20]),
        *(f"/deposit/review/{draft}/files/data.txt" for draft in wave.drafts[:20]),
        *(f"/api/v1/records/{record}" for record in _records(wave)[:20]),
    ]
    for page in pages:
        answer = reader.get(page, follow=True)
        body = b"".join(answer) if answer.streaming else answer.content
        assert NEEDLE.encode() not in body, page
    assert catalogue.Record.objects.filter(state="published").count() == 0


def _records(wave: Wave) -> list[str]:
    rows = Submission.objects.filter(id__in=wave.drafts)
    return list(rows.order_by("key").values_list("record_id", flat=True))


def clean_up(curator: Actor, spared: str) -> int:
    """The curator reads the groups and ticks; returns how many requests that took."""
    client, requests = Client(), 0
    client.force_login(
        Account.objects.get(pk=curator.id),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    for _ in range(20):
        page = client.get("/deposit/review/newcomers").content.decode()
        requests += 1
        ticked = [
            group
            for group in re.findall(r'name="group" value="([^"]+)"', page)
            if spared not in group.split()
        ]
        if not ticked:
            return requests
        key = re.search(r'name="key" value="([^"]+)"', page)
        seal = re.search(r'name="seal" value="([^"]+)"', page)
        assert key is not None
        assert seal is not None
        client.post(
            "/deposit/review/newcomers",
            {
                "group": ticked, "reason": "spam", "text": "This is advertising.", "close": "on",
                "key": key[1], "seal": seal[1],
            },
        )  # fmt: skip
        requests += 1
        jobs.run_all_due(clock.now())
    raise AssertionError("the desk does not come clean")


@pytest.mark.usefixtures("quick_hashes")
@pytest.mark.parametrize(
    ("robots", "limit"),
    [(12, 4), pytest.param(1000, settings.TONLE_SIGNUP_LIMIT, marks=pytest.mark.deep)],
)
def test_a_wave_of_spam_reaches_nobody_and_costs_a_curator_little(
    robots: int, limit: int, home: Path
) -> None:
    dara = with_role("dara", "curator", now=clock.now())
    sokha = person("sokha", now=clock.now())
    real = handed_in(sokha, home, now=clock.now())
    before = Account.objects.count()

    with override_settings(TONLE_SIGNUP_LIMIT=limit):
        wave = unleash(robots, home)
    push_harder(wave, home)
    look_everywhere(wave)
    requests = clean_up(dara, spared=real.id)
    look_everywhere(wave)
    jobs.run_all_due(clock.now())

    made = wave.slowed_down_after - before
    print(
        f"\n{robots} robots deposited; one machine alone opened {made} accounts and was then told "
        f"to wait; the curator cleared the desk with {requests} requests."
    )
    assert made == limit
    assert requests <= 5
    assert set(Submission.objects.filter(id__in=wave.drafts).values_list("state", flat=True)) == {
        "declined"
    }
    closed = [account.pk for account in wave.accounts]
    assert not Account.objects.filter(pk__in=closed, is_active=True).exists()
    assert Suspension.objects.filter(account_id__in=closed).count() == robots
    # Nobody real was touched.
    real.refresh_from_db()
    assert real.state == "submitted"
    assert Account.objects.get(pk=sokha.id).is_active
    _told_how_to_appeal(wave.accounts[0])


def _told_how_to_appeal(account: Account) -> None:
    """By letter, and on signing in: the page that says why, where one may answer."""
    told = [letter for letter in mail.outbox if letter.to == [account.email]]
    assert any("This is advertising." in str(letter.body) or "sign in" in str(letter.body).lower()
               for letter in told)  # fmt: skip
    client = Client(REMOTE_ADDR="10.99.0.1")
    page = client.post(
        "/accounts/login/", {"login": account.email, "password": PASSWORD}, follow=True
    ).content.decode()
    assert "This is advertising." in page
    assert "<textarea" in page
