"""What is missing, handing in, the page of one deposit, and who may have its files."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tonle.deposit import curation
from tonle.deposit.curation.tests.factories import handed_in, in_review, submission
from tonle.deposit.forms import seals
from tonle.deposit.forms.tests.pages import Open, document, path
from tonle.infra import clock
from tonle.kernel.actors import Actor

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("home"),
    pytest.mark.one_database,
]


# --- checking and handing in --------------------------------------------------------


def test_what_is_missing_is_said_with_the_way_there(reader: Open, sokha: Actor, home: Path) -> None:
    made = curation.start(kind="dataset", actor=sokha, now=clock.now())
    one = reader(sokha)
    words = one.open(path(made.id, "check"))

    assert "There is no title yet" in words
    assert "There is no title." not in words
    assert "There is no summary." in words
    assert f'href="/deposit/{made.id}/describe#titles"' in one.page
    one.press(path(made.id, "check"), {"do": "hand_in"})
    assert one.status == 409
    assert "Nobody is named as creator yet" in one.words


def test_handing_in_twice_is_once_and_the_page_says_who_acts(
    reader: Open, sokha: Actor, home: Path
) -> None:
    made = submission(sokha, home)
    one = reader(sokha)
    one.open(path(made.id, "check"))
    sent = one.form(path(made.id, "check")) | {"do": ["hand_in"]}
    for _time in range(2):
        one.press(path(made.id, "check"), sent, keep=False)
        assert one.status == 200
    view = curation.submission_view(made.id, sokha, clock.now())

    assert view.state == "submitted"
    assert [m.event for m in view.timeline] == ["hand_in"]
    assert "A curator takes it on" in one.words
    assert "It is the turn of a curator" in one.words


def test_what_lies_with_curators_is_read_only_until_taken_back(
    reader: Open, sokha: Actor, home: Path
) -> None:
    made = handed_in(sokha, home, now=clock.now())
    address = path(made.id, "describe")
    one = reader(sokha)
    assert "take it back first" in one.open(address)
    one.press(address, {"titles-0-text": "Too late"})
    assert one.status == 409
    assert 'value="Too late"' in one.page

    one.open(path(made.id))
    one.press(path(made.id), {"do": "take_back"})
    one.open(address)
    one.press(address, {"titles-0-text": "In time"})
    assert document(made.id, sokha)["titles"]["en"] == "In time"


def test_what_a_curator_asks_stands_above_the_field(
    reader: Open, sokha: Actor, dara: Actor, home: Path
) -> None:
    made = in_review(sokha, dara, home, now=clock.now())
    curation.ask_changes(
        draft_id=made.id,
        fields={"titles": "Say which years, please."},
        actor=dara,
        now=clock.now(),
    )
    one = reader(sokha)

    assert "Say which years, please." in one.open(path(made.id, "describe"))
    assert "Say which years, please." not in one.open(path(made.id, "people"))
    assert f'href="/deposit/{made.id}/describe#titles"' in (one.open(path(made.id)) and one.page)


# --- the page of one deposit --------------------------------------------------------


def test_words_for_the_curators_are_said_once(
    reader: Open, sokha: Actor, dara: Actor, home: Path
) -> None:
    made = handed_in(sokha, home, now=clock.now())
    one = reader(sokha)
    one.open(path(made.id))
    sent = {
        "do": "comment",
        "text": "The second file is the newer one.",
        "key": "once",
        "seal": seals.seal(seals.FORM, made.id, sokha),
    }
    for _time in range(2):
        one.press(path(made.id), sent, keep=False)

    assert one.words.count("The second file is the newer one.") == 1
    one.press(path(made.id), sent | {"key": "twice", "text": " "}, keep=False)
    assert one.status == 422


def test_a_link_is_shown_once_and_leads_to_the_deposit(
    reader: Open, sokha: Actor, home: Path
) -> None:
    made = submission(sokha, home)
    one = reader(sokha)
    one.open(path(made.id))
    seal = seals.seal(seals.FORM, made.id, sokha)
    one.press(path(made.id), {"do": "share", "days": "9", "seal": seal}, keep=False)
    address = one.page.split("/deposit/shared/")[1].split('"')[0]

    stranger = reader()
    assert "Rice yields of Takeo" in stranger.open(f"/deposit/shared/{address}")
    assert address not in (one.open(path(made.id)) and one.page)


def test_a_colleague_is_let_in_and_the_asker_learns_nothing(
    reader: Open, sokha: Actor, bopha: Actor, home: Path
) -> None:
    made = submission(sokha, home)
    one = reader(sokha)
    seal = seals.seal(seals.FORM, made.id, sokha)
    said = []
    for mail in ("bopha@example.org", "nobody@example.org"):
        said.append(
            one.press(path(made.id), {"do": "invite", "email": mail, "seal": seal}, keep=False)
        )
    assert all("If there is an account" in words for words in said)

    other = reader(bopha)
    other.open(path(made.id, "describe"))
    assert other.status == 200

    # Whoever let them in takes that back; a co-writer may only go of their own.
    button = f'value="leave:{bopha.id}"'
    other.open(path(made.id))
    assert button in other.page
    assert 'value="invite"' not in other.page
    one.open(path(made.id))
    assert button in one.page
    one.press(path(made.id), {"do": f"leave:{bopha.id}", "seal": seal}, keep=False)
    assert button not in one.page
    other.open(path(made.id))
    assert other.status == 404


def test_giving_up_asks_once_more(reader: Open, sokha: Actor, home: Path) -> None:
    made = submission(sokha, home)
    one = reader(sokha)
    seal = seals.seal(seals.FORM, made.id, sokha)
    one.press(path(made.id), {"do": "discard", "seal": seal}, keep=False)
    assert one.status == 409
    one.press(path(made.id), {"do": "discard", "sure": "yes", "seal": seal}, keep=False)

    assert curation.submission_view(made.id, sokha, clock.now()).state == "discarded"


def test_a_new_version_begins_from_the_published_one(
    reader: Open, sokha: Actor, dara: Actor, home: Path
) -> None:
    now = clock.now()
    made = in_review(sokha, dara, home, now=now)
    curation.accept(draft_id=made.id, actor=dara, now=now + timedelta(seconds=1))
    one = reader(sokha)
    address = f"/deposit/next/{made.record_id}"
    one.open(address)
    seal = seals.seal(seals.FORM, "", sokha)
    for _time in range(2):
        one.press(address, {"do": "version", "seal": seal}, keep=False)
        assert "data.csv" in one.words

    found, _ = curation.my_submissions(sokha, clock.now())
    rows = [row for row in found if row.state == "preparing"]
    assert [row.brings for row in rows] == ["version"]


# --- who may have the files ---------------------------------------------------------


@pytest.mark.parametrize("script", [False, True])
@pytest.mark.parametrize(
    ("level", "what", "shown"),
    [
        ("restricted", "nobody is told on which conditions", "Files on request"),
        ("embargoed", "no day is given", "Under embargo"),
    ],
)
def test_files_that_shall_stay_closed_are_never_handed_in_as_open(
    reader: Open, sokha: Actor, home: Path, level: str, what: str, shown: str, script: bool
) -> None:
    made = submission(sokha, home)
    one = reader(sokha)
    one.open(path(made.id, "rights"))
    one.press(path(made.id, "rights"), {"access-level": level, "go": "next"}, script=script)
    assert document(made.id, sokha)["access"] == {"level": level}

    words = one.open(path(made.id, "check"))
    assert what in words
    assert shown in words
    one.press(path(made.id, "check"), {"do": "hand_in"})
    assert one.status == 422 or "Before it can be handed in" in one.words
    assert curation.submission_view(made.id, sokha, clock.now()).state == "preparing"

    explained = {"access-note-0-text": "For studies.", "access-embargo_until": "2099-01-01"}
    one.open(path(made.id, "rights"))
    one.press(path(made.id, "rights"), explained | {"go": "next"})
    assert document(made.id, sokha)["access"]["level"] == level
    one.open(path(made.id, "check"))
    one.press(path(made.id, "check"), {"do": "hand_in"})
    assert curation.submission_view(made.id, sokha, clock.now()).state == "submitted"


def test_a_description_that_keeps_its_files_closed_begins_a_closed_deposit(
    reader: Open, sokha: Actor, home: Path
) -> None:
    one = reader(sokha)
    restricted = {
        "schema": "tonle-record/1", "kind": "dataset", "titles": {"en": "Patients"},
        "access": {"level": "restricted"},
    }  # fmt: skip
    one.open("/deposit/new")
    one.press("/deposit/new", {"pasted": json.dumps(restricted), "do": "read"})
    (row,), _ = curation.my_submissions(sokha, clock.now())

    assert document(row.id, sokha)["access"] == {"level": "restricted"}


def test_rights_that_say_restricted_elsewhere_begin_a_closed_deposit(sokha: Actor) -> None:
    made = curation.start(
        kind="dataset",
        actor=sokha,
        now=clock.now(),
        document={"rights": [{"uri": "https://purl.org/coar/access_right/c_16ec"}]},
    )
    assert document(made.id, sokha)["access"] == {"level": "restricted"}
