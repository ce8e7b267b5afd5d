"""A call entered by hand through the form of a deposit, in a browser without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tonle.catalogue import public as catalogue
from tonle.deposit import curation
from tonle.deposit.curation.tests.factories import submission
from tonle.deposit.forms.tests.conftest import Reader
from tonle.deposit.forms.tests.conftest import bopha as bopha
from tonle.deposit.forms.tests.conftest import dara as dara
from tonle.deposit.forms.tests.conftest import home as home
from tonle.deposit.forms.tests.conftest import reader as reader
from tonle.deposit.forms.tests.conftest import sokha as sokha
from tonle.deposit.forms.tests.pages import document, path
from tonle.infra import clock
from tonle.kernel.actors import Actor

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("home"),
    pytest.mark.one_database,
]

Open = Callable[..., Reader]
SCHEMA = "tonle-funding-opportunity/1"
CALL: dict[str, Any] = {
    "schema": SCHEMA,
    "who_may_apply": "anybody",
    "zone": "Asia/Phnom_Penh",
    "opens_at": "2090-01-02T02:00:00Z",
    "closes_at": "2090-03-31T09:59:59.5Z",
    "deadlines": [
        {"id": "letter", "name": {"en": "Letter", "km": "លិខិត"}, "at": "2090-02-01T10:00:00Z"},
        {"id": "far", "name": {"en": "Far"}, "at": "2090-02-02T10:00:00Z", "zone": "Asia/Tokyo"},
    ],
    "forecast": True,
    "amounts": [
        {"currency": "KHR", "min_minor": 1, "max_minor": 10**15, "per": "project"},
        {"currency": "VND", "max_minor": 250, "note": {"vi": "mỗi năm"}},
        {"currency": "XXQ", "max_minor": 5, "per": "call"},
    ],
    "funders": [
        {
            "name": {"en": "A fund", "th": "กองทุน"},
            "country": "THA",
            "identifiers": [{"scheme": "ror", "value": "05a28rw58"}],
        }
    ],
    "eligibility": [
        {"id": "w", "scope": "consortium", "test": "words", "text": {"en": "Two.\n\nAt least."}},
        {"id": "c", "scope": "applicant", "test": "country", "values": ["JPN", "KHM", "CN-YN"]},
        {"id": "n", "scope": "consortium", "test": "partners_at_least", "number": 2},
        {"id": "s", "test": "career_stage", "values": ["doctoral", "unheard"]},
    ],
    "themes": [{"id": "water", "name": {"en": "Water", "lo": "ນ້ຳ"}}],
    "languages": ["km", "jra"],
    "documents": [{"name": {"en": "Guide"}, "url": "https://fund.example/guide"}],
    "corrigenda": [
        {
            "number": 1,
            "at": "2026-01-01T00:00:00Z",
            "text": {"en": "Later."},
            "changed": ["closes_at", "stages"],
        }
    ],
    "url": "https://fund.example/call",
    "apply_url": "https://fund.example/apply",
}  # fmt: skip


def begun(actor: Actor, home: Path, profile: dict[str, Any] | None = None) -> str:
    """A draft of a call, as the form begins one."""
    made = curation.start(
        kind="funding_opportunity",
        actor=actor,
        now=clock.now(),
        document={
            "titles": {"en": "A call"},
            "access": {"level": "metadata_only"},
            **({"profile": profile} if profile else {}),
        },
    )
    return made.id


def step(draft_id: str) -> str:
    return path(draft_id, "particulars")


def test_a_call_is_begun_and_its_deadline_kept_as_an_instant(reader: Open, sokha: Actor) -> None:
    one = reader(sokha)
    one.open("/deposit/new")
    one.press("/deposit/new", {"kind": "funding_opportunity", "title": "Rice fund"})
    assert "What is it?" in one.words
    draft = one.answer.wsgi_request.path.split("/")[2]

    one.open(step(draft))
    assert "When, how much, and for whom?" in one.words
    one.press(
        step(draft),
        {
            "go": "next",
            "zone": "Asia/Phnom_Penh",
            "closes_at-day": "៣១/០៣/2090",
            "closes_at-time": "17:00",
            "amounts-0-currency": "khr",
            "amounts-0-most": "1,250.50",
            "amounts-0-per": "project",
            "countries": ["KHM"],
            "countries-other": "jpn",
            "stages": ["doctoral"],
            "rules-0-text-0-text": "One proposal each.",
            "rules-0-text-0-lang": "en",
            "themes-0-name-0-text": "Food security",
            "themes-0-name-0-lang": "en",
        },
    )

    held = document(draft, sokha)
    assert held["access"]["level"] == "metadata_only"
    assert held["profile"] == {
        "schema": SCHEMA,
        "zone": "Asia/Phnom_Penh",
        "closes_at": "2090-03-31T10:00:00Z",
        "amounts": [{"currency": "KHR", "max_minor": 125_050, "per": "project"}],
        "eligibility": [
            {"id": "countries", "scope": "applicant", "test": "country", "values": ["KHM", "JPN"]},
            {
                "id": "career-stage",
                "scope": "applicant",
                "test": "career_stage",
                "values": ["doctoral"],
            },
            {
                "id": "words",
                "scope": "applicant",
                "test": "words",
                "text": {"en": "One proposal each."},
            },
        ],
        "themes": [{"id": "food-security", "name": {"en": "Food security"}}],
    }
    assert "Who made it?" in one.words
    one.open(step(draft))
    shown = one.form(step(draft))
    assert (shown["closes_at-day"], shown["closes_at-time"]) == (["2090-03-31"], ["17:00"])
    assert shown["amounts-0-most"] == ["1250.50"]


def test_saving_the_page_as_it_is_changes_nothing(reader: Open, sokha: Actor, home: Path) -> None:
    draft = begun(sokha, home, CALL)
    before = document(draft, sokha)
    one = reader(sokha)
    one.open(step(draft))
    one.press(step(draft), {"go": "stay"})

    assert one.status == 200, one.words
    assert document(draft, sokha) == before
    view = catalogue.draft_view(draft_id=draft, actor=sokha, now=clock.now())
    assert view.edit_seq == 0


def test_changing_one_thing_changes_nothing_beside_it(
    reader: Open, sokha: Actor, home: Path
) -> None:
    draft = begun(sokha, home, CALL)
    one = reader(sokha)
    one.open(step(draft))
    one.press(
        step(draft),
        {
            "go": "stay",
            "opens_at-time": "10:00",
            "amounts-1-most": "300",
            "countries-other": "KOR",
        },
    )

    assert one.status == 200, one.words
    made = document(draft, sokha)["profile"]
    words, *others = CALL["eligibility"]
    others[0] = {**others[0], "values": [*others[0]["values"], "KOR"]}
    amounts = [*CALL["amounts"]]
    amounts[1] = {**amounts[1], "max_minor": 300}
    assert made == {
        **CALL,
        "opens_at": "2090-01-02T03:00:00Z",
        "amounts": amounts,
        # Words come after what can be ticked, once one of them was changed.
        "eligibility": [*others, words],
    }


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"closes_at-day": "2090-03-31"}, "The time is missing."),
        ({"closes_at-time": "17:00"}, "The day is missing."),
        ({"closes_at-day": "2090-02-30", "closes_at-time": "17:00"}, "There is no day"),
        ({"closes_at-day": "2090-03-31", "closes_at-time": "24:00"}, "is no time of day"),
        ({"closes_at-day": "2633-03-31", "closes_at-time": "17:00"}, "write B.E."),
        ({"zone": "", "closes_at-day": "2090-03-31", "closes_at-time": "17:00"}, "Choose the time"),
        ({"zone-other": "Asia/Angkor"}, "This is no IANA time zone."),
        (
            {
                "zone": "Europe/Berlin",
                "closes_at-day": "2027-03-28",
                "closes_at-time": "02:30",
            },
            "There is no 02:30 on 2027-03-28 in Europe/Berlin",
        ),
        (
            {
                "zone": "Europe/Berlin",
                "closes_at-day": "2027-10-31",
                "closes_at-time": "02:30",
            },
            "02:30 comes twice on 2027-10-31 in Europe/Berlin",
        ),
        (
            {
                "opens_at-day": "2090-04-01",
                "opens_at-time": "00:00",
                "closes_at-day": "2090-03-31",
                "closes_at-time": "17:00",
            },
            "closes before it opens",
        ),
        ({"amounts-0-currency": "VND", "amounts-0-most": "1.5"}, "VND has 0 decimals"),
        ({"amounts-0-currency": "KHRR", "amounts-0-most": "1"}, "is not a currency"),
        ({"amounts-0-currency": "USD", "amounts-0-most": "-1"}, "not below zero"),
        (
            {"amounts-0-currency": "USD", "amounts-0-least": "2", "amounts-0-most": "1"},
            "less than the least",
        ),
        ({"countries-other": "Japan"}, "JAPAN is no country."),
        ({"url": "javascript:alert(1)"}, "An address begins with https://."),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason_and_kept_as_typed(
    reader: Open, sokha: Actor, home: Path, fields: dict[str, Any], problem: str
) -> None:
    draft = begun(sokha, home)
    one = reader(sokha)
    one.open(step(draft))
    one.press(step(draft), {"go": "stay", "zone": "Asia/Phnom_Penh", **fields})

    assert one.status == 422
    assert one.words.count(problem) == 2  # Above the form, and beside the field.
    said = document(draft, sokha).get("profile", {})
    assert not {"closes_at", "amounts", "eligibility", "url"} & set(said)
    sent = one.form(step(draft))
    assert all(sent[name][-1] == text for name, text in fields.items())


def test_a_wrong_sum_keeps_no_deadline_from_being_saved(
    reader: Open, sokha: Actor, home: Path
) -> None:
    draft = begun(sokha, home)
    one = reader(sokha)
    one.open(step(draft))
    times = {"zone": "UTC", "closes_at-day": "2090-03-31", "closes_at-time": "23:59:59"}
    one.press(step(draft), {"go": "stay", **times, "amounts-0-currency": "?"})

    assert one.status == 422
    assert document(draft, sokha)["profile"]["closes_at"] == "2090-03-31T23:59:59Z"


def test_another_zone_moves_the_instants_and_the_times_stay_as_typed(
    reader: Open, sokha: Actor, home: Path
) -> None:
    draft = begun(sokha, home, CALL)
    one = reader(sokha)
    one.open(step(draft))
    one.press(step(draft), {"go": "stay", "zone-other": "Asia/Kolkata"})

    made = document(draft, sokha)["profile"]
    assert made["zone"] == "Asia/Kolkata"
    assert made["opens_at"] == "2090-01-02T03:30:00Z"
    # It names a zone of its own.
    assert made["deadlines"][1] == CALL["deadlines"][1]


def test_corrections_are_asked_for_once_a_version_was_published(
    reader: Open, sokha: Actor, home: Path
) -> None:
    draft = begun(sokha, home)
    one = reader(sokha)
    assert "What was changed, in words" not in one.open(step(draft))

    draft = begun(sokha, home, CALL)
    one.open(step(draft))
    one.press(step(draft), {"do": "add:corrigenda"})
    one.press(
        step(draft),
        {
            "go": "stay",
            "corrigenda-1-text-0-text": "The deadline is a week later.",
            "corrigenda-1-text-0-lang": "en",
            "corrigenda-1-day": "2026-12-01",
            "corrigenda-1-time": "07:00",
            "corrigenda-1-changed": ["closes_at"],
        },
    )

    assert one.status == 200, one.words
    first, second = document(draft, sokha)["profile"]["corrigenda"]
    assert first == CALL["corrigenda"][0]
    assert second == {
        "number": 2,
        "at": "2026-12-01T00:00:00Z",
        "text": {"en": "The deadline is a week later."},
        "changed": ["closes_at"],
    }


def test_the_step_is_hidden_from_others_and_absent_for_other_kinds(
    reader: Open, sokha: Actor, bopha: Actor, home: Path
) -> None:
    draft = begun(sokha, home, CALL)
    other = reader(bopha)
    other.open(step(draft))
    assert other.status == 404
    assert "fund.example" not in other.page

    one = reader(sokha)
    one.open(step(submission(sokha, home).id))
    assert one.status == 404


def test_what_another_wrote_on_the_step_meanwhile_is_told_to_the_script(
    reader: Open, sokha: Actor, home: Path
) -> None:
    draft = begun(sokha, home, CALL)
    here, there = reader(sokha), reader(sokha)
    here.open(step(draft))
    there.open(step(draft))
    there.press(step(draft), {"go": "stay", "url": "https://fund.example/second"})
    answer = here.client.post(
        step(draft),
        {**here.form(step(draft)), "apply_url": "https://fund.example/third"},
        headers={"accept": "application/json"},
    )

    assert answer.json()["others"] == ["profile"]
    held = document(draft, sokha)["profile"]
    assert held["url"] == "https://fund.example/second"
    assert held["apply_url"] == "https://fund.example/third"
    here.open(step(draft))
    assert 'data-part="profile"' in here.page
    ids = re.findall(r'\sid="([^"]+)"', here.page)
    assert len(ids) == len(set(ids))
