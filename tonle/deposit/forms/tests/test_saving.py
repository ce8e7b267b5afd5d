"""What is typed is kept: by a script, after a login has expired, by two people at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tonle.catalogue import public as catalogue
from tonle.deposit.curation.tests.factories import submission
from tonle.deposit.forms.tests.pages import Open, document, path
from tonle.infra import clock
from tonle.kernel.actors import Actor

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("home"),
    pytest.mark.one_database,
]


# --- saved as it is typed -----------------------------------------------------------


def test_a_script_saves_and_is_told_the_next_number(reader: Open, sokha: Actor, home: Path) -> None:
    made = submission(sokha, home)
    address = path(made.id, "describe")
    one = reader(sokha)
    one.open(address)
    form = one.form(address)
    for n in (1, 2):
        one.press(address, form | {"titles-0-text": f"Title {n}"}, keep=False, script=True)
        assert one.status == 200
        # The line dropped after the first: this form never heard of number 1, and goes on.
        assert json.loads(one.page)["seq"] == n
    assert document(made.id, sokha)["titles"]["en"] == "Title 2"


def test_a_script_is_told_what_cannot_be_read(reader: Open, sokha: Actor, home: Path) -> None:
    made = submission(sokha, home)
    one = reader(sokha)
    one.open(path(made.id, "people"))
    one.press(path(made.id, "people"), {"creators-0-pid": "0000-0002-1825-0098"}, script=True)

    assert list(json.loads(one.page)["problems"]) == ["creators-0-pid"]


def test_an_expired_login_answers_a_script_briefly(reader: Open, sokha: Actor, home: Path) -> None:
    made = submission(sokha, home)
    one = reader(sokha)
    one.open(path(made.id, "describe"))
    one.client.logout()
    one.press(path(made.id, "describe"), {"titles-0-text": "Typed"}, script=True)

    assert (one.status, json.loads(one.page)) == (401, {"code": "signed_out"})
    assert "Typed" not in str(document(made.id, sokha))


def test_what_was_typed_after_the_login_expired_is_sent_once_more(
    reader: Open, sokha: Actor, home: Path
) -> None:
    made = submission(sokha, home)
    address = path(made.id, "describe")
    one = reader(sokha)
    one.open(address)
    one.client.logout()
    one.press(address, {"descriptions-0-text": "Two lines\nof <b>text</b>", "go": "next"})
    assert one.status == 401
    assert "nothing is lost" in one.words

    carried = one.page
    one.sign_in(sokha)
    one.page = carried
    one.press(address)
    assert document(made.id, sokha)["descriptions"][0]["text"]["en"] == "Two lines\nof <b>text</b>"
    assert "Who made it?" in one.words


def test_the_page_that_carries_it_is_worth_nothing_to_others(
    reader: Open, sokha: Actor, bopha: Actor, home: Path
) -> None:
    made = submission(sokha, home)
    address = path(made.id, "describe")
    one = reader(sokha)
    one.open(address)
    other = reader(bopha)
    other.page = one.page
    other.press(address, {"titles-0-text": "Mine now"})

    assert other.status == 403
    assert "Mine now" not in str(document(made.id, sokha))


@pytest.mark.parametrize("seal", ["", "nonsense", "a:b:c"])
def test_a_form_of_another_site_is_refused(
    reader: Open, sokha: Actor, home: Path, seal: str
) -> None:
    made = submission(sokha, home)
    one = reader(sokha)
    one.open(path(made.id, "describe"))
    one.press(path(made.id, "describe"), {"titles-0-text": "Forged", "seal": seal})

    assert one.status == 403
    assert "Forged" not in str(document(made.id, sokha))


def test_text_for_an_old_font_is_offered_in_unicode_taken_or_left(
    reader: Open, sokha: Actor, home: Path
) -> None:
    made = submission(sokha, home)
    one, step = reader(sokha), path(made.id, "describe")
    one.open(step)
    pasted = "karGPivDÆn_kñúgRBHraCaNacRkkm<úCa"
    one.press(step, {"titles-0-text": pasted}, script=True)
    assert json.loads(one.page)["asks"] is True
    one.open(step)

    assert "In Unicode, which everybody can read and find, it would be:" in one.words
    assert "ការអភិវឌ្ឍន៍ក្នុងព្រះរាជាណាចក្រកម្ពុជា" in one.words
    one.press(step, {"do": "unicode:titles-0-text"})
    assert document(made.id, sokha)["titles"]["en"] == "ការអភិវឌ្ឍន៍ក្នុងព្រះរាជាណាចក្រកម្ពុជា"
    assert "In Unicode, which" not in one.words

    one.press(step, {"titles-0-text": pasted, "go": "next"})
    assert "In Unicode, which" in one.words
    one.press(step, {"titles-0-text": pasted, "go": "next"})
    assert document(made.id, sokha)["titles"]["en"] == pasted
    assert "Who made it?" in one.words


# --- two people ---------------------------------------------------------------------


def written_together(sokha: Actor, bopha: Actor, home: Path) -> str:
    made = submission(sokha, home)
    catalogue.add_draft_editor(
        draft_id=made.id, account_actor_id=bopha.id, actor=sokha, now=clock.now()
    )
    return made.id


def test_two_people_change_different_parts_and_both_stand(
    reader: Open, sokha: Actor, bopha: Actor, home: Path
) -> None:
    draft = written_together(sokha, bopha, home)
    address = path(draft, "describe")
    one, two = reader(sokha), reader(bopha)
    one.open(address)
    two.open(address)
    one.press(address, {"members": ["LAO"], "go": "stay"})
    two.press(address, {"titles-0-text": "By Bopha"}, script=True)

    told = json.loads(two.page)
    held = document(draft, sokha)
    assert held["members"] == ["LAO"]
    assert held["titles"]["en"] == "By Bopha"
    # The script is told to show what the other one wrote, lest its next saving undo it.
    assert told["others"] == ["members"]


def test_two_people_change_the_same_and_choose(
    reader: Open, sokha: Actor, bopha: Actor, home: Path
) -> None:
    draft = written_together(sokha, bopha, home)
    address = path(draft, "describe")
    one, two = reader(sokha), reader(bopha)
    one.open(address)
    two.open(address)
    one.press(address, {"titles-0-text": "By Sokha", "members": ["THA"], "go": "stay"})
    two.press(
        address,
        {"titles-0-text": "By Bopha", "members": ["LAO"], "languages": ["km"], "go": "next"},
    )
    assert two.status == 409
    assert "By Sokha" in two.words
    assert "By Bopha" in two.words
    assert document(draft, sokha)["titles"]["en"] == "By Sokha"

    two.press(address, {"keep:members": "theirs", "do": "settle"})
    held = document(draft, sokha)
    assert (held["titles"]["en"], held["members"], held["languages"]) == (
        "By Bopha",
        ["THA"],
        ["km"],
    )


def test_what_was_set_aside_is_found_and_put_back(
    reader: Open, sokha: Actor, bopha: Actor, home: Path
) -> None:
    draft = written_together(sokha, bopha, home)
    address = path(draft, "describe")
    one, two = reader(sokha), reader(bopha)
    one.open(address)
    two.open(address)
    one.press(address, {"titles-0-text": "By Sokha", "go": "stay"})
    two.press(address, {"titles-0-text": "By Bopha"}, script=True)
    assert two.status == 409

    words = two.open(path(draft, "edits"))
    assert "set aside" in words
    assert "By Bopha" in words
    aside = catalogue.draft_edits(draft, bopha)[0]
    two.press(path(draft, "edits"), {"edit": aside.id})
    assert document(draft, sokha)["titles"]["en"] == "By Bopha"
