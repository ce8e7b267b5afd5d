"""The page of findings, with its buttons, as Sokha, Dara and Bopha see it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from tests.constants import NOW
from tonle.catalogue import public as catalogue
from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.factories import make_draft
from tonle.deposit import checks
from tonle.deposit.checks import services
from tonle.deposit.checks.models import PersonalFinding
from tonle.deposit.checks.tests import samples
from tonle.people.models import Account
from tonle.people.tests.factories import account, actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def sokha() -> Account:
    return account("sokha")


@pytest.fixture
def draft(home: Path, sokha: Account) -> catalogue.Draft:
    made = make_draft(
        {
            "plots.csv": samples.csv_text(*samples.PEOPLE["English"][:2]).encode(),
            "field.jpg": samples.jpeg(),
        },
        folder=home,
        actor=actor(sokha),
    )
    services.read_now(made.id, NOW)
    return made


def signed_in(who: Account) -> Client:
    client = Client()
    client.force_login(who)
    return client


def test_the_page_says_what_was_found_and_never_shows_it(
    draft: catalogue.Draft, sokha: Account
) -> None:
    page = signed_in(sokha).get(f"/deposit/{draft.id}/findings")
    text = page.content.decode()
    for words in (
        "Names of people", "E-mail addresses", "Exact positions of people or homes",
        "The place where a photograph was taken", "5 times", "S••• D•••",
        "Make a coarser copy", "Make a copy without place and owner", "There is no licence.",
    ):  # fmt: skip
        assert words in text
    for row in samples.PEOPLE["English"][1]:
        assert not any(cell in text for cell in row if len(cell) > 4)
    assert page["Cache-Control"].startswith("max-age=0")


def test_buttons_do_what_they_say(draft: catalogue.Draft, sokha: Account) -> None:
    client, do = signed_in(sokha), f"/deposit/{draft.id}/findings/do"
    mail = PersonalFinding.objects.get(kind="email")
    empty = client.post(do, {"do": "keep", "about": mail.id, "reason": " "}, follow=True)
    assert "Say why it may stay" in empty.content.decode()
    for _ in range(2):
        kept = client.post(
            do, {"do": "keep", "about": mail.id, "reason": "Invented.", "key": "k"}, follow=True
        )
    assert "Invented." in kept.content.decode()
    field = next(file for file in checks.summary(draft.id).files if file.name == "field.jpg")
    client.post(do, {"do": "remove", "about": field.id, "key": "r"})
    client.post(do, {"do": "restrict", "key": "a"})
    assert checks.undecided(draft.id) == ()
    assert client.post(do, {"do": "dance"}).status_code == 404


def test_an_outsider_learns_nothing(draft: catalogue.Draft) -> None:
    address = f"/deposit/{draft.id}/findings"
    assert Client().get(address).status_code == 302
    client = signed_in(account("bopha"))
    hidden, absent = client.get(address), client.get("/deposit/bcdfghjkmnpqrst/findings")
    assert (hidden.status_code, hidden.content) == (404, absent.content)
    finding = PersonalFinding.objects.first()
    assert finding is not None
    done = client.post(f"{address}/do", {"do": "keep", "about": finding.id, "reason": "x"})
    assert done.status_code == 404
