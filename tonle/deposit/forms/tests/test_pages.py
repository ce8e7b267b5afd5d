"""The pages of a deposit, from the first word to handing in, without a line of script."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tonle.catalogue import public as catalogue
from tonle.catalogue.tests.factories import description
from tonle.deposit import curation
from tonle.deposit.curation.tests.factories import handed_in, in_review, submission
from tonle.deposit.forms import seals
from tonle.deposit.forms.rules import steps
from tonle.deposit.forms.tests.conftest import Reader
from tonle.infra import clock
from tonle.kernel import identifiers
from tonle.kernel.actors import Actor
from tonle.kernel.names import PersonName
from tonle.web import assets
from tonle.web.tests.test_pages import Outline

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
Open = Callable[..., Reader]

FORMS = ("describe", "people", "rights", "links")


def document(draft_id: str, actor: Actor) -> dict[str, Any]:
    view = catalogue.draft_view(draft_id=draft_id, actor=actor, now=clock.now())
    return view.document


def path(draft_id: str, step: str = "") -> str:
    return f"/deposit/{draft_id}/{step}" if step else f"/deposit/{draft_id}"


# --- beginning -----------------------------------------------------------------------


def test_anybody_reads_what_depositing_is(reader: Open, db: None) -> None:
    words = reader().open("/deposit")

    assert "What happens then" in words
    assert "Dataset" in words


def test_a_stranger_who_wants_to_begin_signs_in_first(reader: Open, db: None) -> None:
    one = reader()
    answer = one.client.get("/deposit/new?kind=software")

    assert answer.status_code == 302
    assert answer["Location"].endswith("next=/deposit/new%3Fkind%3Dsoftware")


def test_a_deposit_begins_with_a_kind_and_a_name(reader: Open, sokha: Actor) -> None:
    one = reader(sokha)
    one.open("/deposit/new?kind=software")
    one.press("/deposit/new", {"title": "Rice counter"})

    (row,) = curation.my_submissions(sokha, clock.now())
    assert (row.kind, row.titles) == ("software", {"en": "Rice counter"})
    assert "What is it?" in one.words
    assert "Rice counter" in reader(sokha).open("/deposit")


def test_the_same_press_twice_begins_one_deposit(reader: Open, sokha: Actor) -> None:
    one = reader(sokha)
    one.open("/deposit/new")
    sent = one.form("/deposit/new")
    one.press("/deposit/new", sent, keep=False)
    one.press("/deposit/new", sent, keep=False)

    assert len(curation.my_submissions(sokha, clock.now())) == 1


BIBTEX = """@article{a, title={Floods of the lake}, author={Chan, Sokha}, year={2021},
doi={10.5555/12345678}}"""


def test_a_pasted_citation_fills_the_fields_and_publishes_nothing(
    reader: Open, sokha: Actor
) -> None:
    one = reader(sokha)
    one.open("/deposit/new")
    one.press(
        "/deposit/new",
        {"do": "read", "pasted": BIBTEX, "seal": seals.seal(seals.FORM, "", sokha), "key": "k"},
        keep=False,
    )
    (row,) = curation.my_submissions(sokha, clock.now())

    held = document(row.id, sokha)
    assert row.kind == "publication"
    assert list(held["titles"].values()) == ["Floods of the lake"]
    assert held["pids"] == [{"scheme": "doi", "value": "10.5555/12345678"}]
    assert row.state == "preparing"


def test_several_pasted_records_are_chosen_from(reader: Open, sokha: Actor) -> None:
    one = reader(sokha)
    one.open("/deposit/new")
    two = BIBTEX + BIBTEX.replace("{a,", "{b,").replace("Floods", "Droughts")
    seal = seals.seal(seals.FORM, "", sokha)
    one.press("/deposit/new", {"do": "read", "pasted": two, "seal": seal}, keep=False)
    assert "Which one?" in one.words
    assert curation.my_submissions(sokha, clock.now()) == []

    one.press("/deposit/new", {"which": "1"})
    (row,) = curation.my_submissions(sokha, clock.now())
    assert list(row.titles.values()) == ["Droughts of the lake"]


@pytest.mark.parametrize("pasted", ["", "what is this", "{", "\x00\x01"])
def test_what_is_no_metadata_is_told_and_kept(reader: Open, sokha: Actor, pasted: str) -> None:
    one = reader(sokha)
    one.open("/deposit/new")
    seal = seals.seal(seals.FORM, "", sokha)
    one.press("/deposit/new", {"do": "read", "pasted": pasted, "seal": seal}, keep=False)

    assert one.status == 422 or one.status == 409
    assert 'role="alert"' in one.page
    assert curation.my_submissions(sokha, clock.now()) == []


# --- steps ---------------------------------------------------------------------------


@pytest.mark.parametrize("step", [*steps.STEPS, ""])
def test_every_page_opens_for_its_writer_and_is_absent_for_others(
    reader: Open, sokha: Actor, bopha: Actor, dara: Actor, home: Path, step: str
) -> None:
    made = submission(sokha, home)
    one = reader(sokha)
    one.open(path(made.id, step))
    assert one.status == 200

    absent = reader(bopha)
    absent.open(path("0" * 14 + "0", step))
    for other in (bopha, dara):
        hidden = reader(other)
        hidden.open(path(made.id, step))
        assert hidden.status == 404
        assert "Rice yields" not in hidden.page


@pytest.mark.parametrize("step", [*steps.STEPS, "", "edits"])
def test_a_page_of_the_form_is_light(
    reader: Open, sokha: Actor, home: Path, step: str, language: str
) -> None:
    made = submission(sokha, home)
    one = reader(sokha)
    one.open(path(made.id, step), accept_language=language)
    style = sum(
        len(asset.packed["gzip"])
        for name in ("web/tonle.css", "web/desk.css")
        if (asset := assets.find(name))
    )

    assert len(gzip.compress(one.page.encode())) + style <= 25_000


@pytest.mark.parametrize("step", FORMS)
def test_saving_a_page_as_it_is_changes_nothing(
    reader: Open, sokha: Actor, home: Path, step: str
) -> None:
    made = submission(
        sokha,
        home,
        languages=["km", "jra", "en"],
        members=["VNM", "KHM"],
        subjects=[{"text": {"en": "rice", "km": "ស្រូវ"}}],
        dates=[{"type": "Collected", "date": "2019/2020-05"}],
        geo_locations=[
            {"place": {"km": "តាកែវ"}, "point": {"latitude": "11", "longitude": "104.8"}}
        ],
        contributors=[{"name_type": "Organizational", "name": "A lab", "type": "DataCollector"}],
        relations=[{"type": "IsPartOf", "target": {"scheme": "doi", "value": "10.5555/1"}}],
        funding_references=[{"funder_name": "A fund", "award_title": {"en": "Rice"}}],
    )
    before = document(made.id, sokha)
    one = reader(sokha)
    one.open(path(made.id, step))
    one.press(path(made.id, step), {"go": "stay"})

    assert one.status == 200, one.words
    assert document(made.id, sokha) == before
    view = catalogue.draft_view(draft_id=made.id, actor=sokha, now=clock.now())
    assert view.edit_seq == 0


def test_what_is_typed_is_saved_and_leads_on(reader: Open, sokha: Actor, home: Path) -> None:
    made = submission(sokha, home)
    one = reader(sokha)
    one.open(path(made.id, "describe"))
    one.press(
        path(made.id, "describe"),
        {
            "go": "next",
            "descriptions-0-text": "ទិន្នន័យ\r\n\r\nពីរ",
            "descriptions-0-lang": "km",
            "members": ["KHM", "VNM"],
            "dates-0-start": "២៥៦៧",
            "dates-0-calendar": "buddhist",
        },
    )

    held = document(made.id, sokha)
    assert held["descriptions"] == [{"type": "Abstract", "text": {"km": "ទិន្នន័យ\n\nពីរ"}}]
    assert held["members"] == ["KHM", "VNM"]
    assert held["dates"][0]["date"] == "2024"
    assert "Who made it?" in one.words


def test_what_cannot_be_read_is_told_above_and_beside_and_kept(
    reader: Open, sokha: Actor, home: Path
) -> None:
    made = submission(sokha, home)
    one = reader(sokha)
    one.open(path(made.id, "describe"))
    one.press(
        path(made.id, "describe"),
        {"go": "next", "dates-0-start": "next year", "titles-0-text": "A better title"},
    )

    assert one.status == 422
    assert one.page.count("cannot be read as a date") == 2
    assert 'href="#dates-0-start"' in one.page
    assert 'value="next year"' in one.page
    assert document(made.id, sokha)["titles"]["en"] == "A better title"
    assert "dates" not in document(made.id, sokha)


def test_rows_are_added_moved_and_removed_by_buttons(
    reader: Open, sokha: Actor, home: Path
) -> None:
    made = submission(sokha, home)
    address = path(made.id, "people")
    one = reader(sokha)
    one.open(address)
    one.press(address, {"do": "add:creators"})
    one.press(address, {"creators-1-name": "Bopha", "do": "up:creators:1"})
    assert [c["name"] for c in document(made.id, sokha)["creators"]] == ["Bopha", "Sokha"]

    one.press(address, {"do": "remove:creators:1"})
    assert [c["name"] for c in document(made.id, sokha)["creators"]] == ["Bopha"]
    one.press(address, {"do": "add:creators-0-affiliations"})
    assert 'name="creators-0-affiliations-1-name"' in one.page


def test_an_organisation_is_found_by_a_part_of_its_name(
    reader: Open, sokha: Actor, home: Path
) -> None:
    from tonle.kernel.actors import SYSTEM
    from tonle.people.public import add_organisation

    add_organisation(
        description={
            "names": {"en": "Royal University of Phnom Penh", "km": "សាកលវិទ្យាល័យភូមិន្ទភ្នំពេញ"},
            "identifiers": [{"scheme": "ror", "value": "03yrm5c26"}],
        },
        actor=SYSTEM,
        now=clock.now(),
    )
    made = submission(sokha, home)
    address = path(made.id, "people")
    one = reader(sokha)
    for typed in ("phnom univ", "ភ្នំពេញ"):
        one.open(address)
        field = "creators-0-affiliations-0"
        one.press(address, {f"{field}-name": typed, "do": f"find:{field}"})
        assert "Royal University of Phnom Penh" in one.words
    (button,) = {
        part.split('"')[0] for part in one.page.split('value="') if part.startswith("pick:")
    }
    one.press(address, {"do": button})

    assert document(made.id, sokha)["creators"][0]["affiliations"] == [
        {
            "name": "Royal University of Phnom Penh",
            "identifier": {"scheme": "ror", "value": "03yrm5c26"},
        }
    ]


def test_somebody_adds_themselves_with_all_that_is_known(
    reader: Open, sokha: Actor, home: Path
) -> None:
    from tonle.people.models import Person

    made = submission(sokha, home)
    name = PersonName.of(given="Sokha", family="Chan", order="family_first", others={"km": "ចាន់"})
    Person.objects.create(
        id=identifiers.mint(),
        account_id=sokha.id,
        names=[asdict(name)],
        name=name.whole,
        orcid="0000-0002-1825-0097",
        affiliations=[{"name": "A university", "organisation": "x"}],
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    one = reader(sokha)
    assert "Add myself: Chan Sokha" in one.open(path(made.id, "people"))
    one.press(path(made.id, "people"), {"do": "me:creators"})

    assert document(made.id, sokha)["creators"][1] == {
        "name_type": "Personal",
        "name": "Chan Sokha",
        "given_name": "Sokha",
        "family_name": "Chan",
        "names": {"km": "ចាន់"},
        "identifiers": [{"scheme": "orcid", "value": "0000-0002-1825-0097"}],
        "affiliations": [{"name": "A university"}],
    }


def test_software_is_asked_what_only_software_has(reader: Open, sokha: Actor) -> None:
    made = curation.start(kind="software", actor=sokha, now=clock.now())
    one = reader(sokha)
    one.open(path(made.id, "describe"))
    one.press(path(made.id, "describe"), {"go": "stay"})
    assert "profile" not in document(made.id, sokha)

    one.press(
        path(made.id, "describe"),
        {"profile-repository": "https://example.org/git", "profile-runs_on": "Linux, Android"},
    )
    assert document(made.id, sokha)["profile"] == {
        "schema": "tonle-software/1",
        "repository": "https://example.org/git",
        "runs_on": ["Linux", "Android"],
    }


@pytest.mark.parametrize("kind", ["dataset", "software", "publication"])
@pytest.mark.parametrize("step", [*steps.STEPS, "", "edits"])
def test_a_page_is_whole(
    reader: Open, sokha: Actor, home: Path, step: str, kind: str, language: str
) -> None:
    """Labels lead somewhere, ids are there once, headings skip no level; in every row."""
    made = curation.start(
        kind=kind,
        actor=sokha,
        now=clock.now(),
        document=description(
            kind=kind,
            rights=[{"text": {"en": "Ask us"}}],
            contributors=[
                {"name_type": "Personal", "name": "B", "type": "Editor", "names": {"km": "ខ"}}
            ],
            funding_references=[{"funder_name": "A fund"}],
            alternate_identifiers=[{"type": "shelf", "value": "1"}],
            dates=[{"type": "Collected", "date": "2019"}],
            subjects=[{"text": {"en": "rice", "km": "ស្រូវ"}}],
        ),
    )
    one = reader(sokha)
    one.open(path(made.id, step), accept_language=language)
    if step in FORMS:
        one.press(path(made.id, step), {"dates-0-start": "never", "creators-0-pid": "0000-1"})
    outline = Outline()
    outline.feed(one.page)

    assert outline.open == outline.wrong == []
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.referred <= set(outline.ids)
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(outline.headings, outline.headings[1:], strict=False))


def test_two_presses_on_the_map_make_a_box(reader: Open, sokha: Actor, home: Path) -> None:
    made = submission(sokha, home)
    address = path(made.id, "describe")
    one = reader(sokha)
    one.open(address)
    one.press(address, {"map.x": "200", "map.y": "300"})
    assert "opposite corner" in one.words
    one.press(address, {"map.x": "232", "map.y": "268"})

    (place,) = document(made.id, sokha)["geo_locations"]
    assert place == {"box": {"west": "104.5", "east": "106.7", "south": "10", "north": "12.1"}}
    assert "box=104.5,10,106.7,12.1" in one.page.replace("%2C", ",")
    picture = reader(sokha)
    picture.open("/deposit/map.svg?box=104,10.8,106,12.8&at=3,x&box=nonsense")
    assert picture.page.count('stroke-width="4"') == 1


def test_a_press_on_the_map_by_keyboard_is_explained(
    reader: Open, sokha: Actor, home: Path
) -> None:
    made = submission(sokha, home)
    one = reader(sokha)
    one.open(path(made.id, "describe"))
    one.press(path(made.id, "describe"), {"map.x": "0", "map.y": "0"})

    assert "Type the numbers instead" in one.words


# --- saved as it is typed ------------------------------------------------------------


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


# --- two people ----------------------------------------------------------------------


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


# --- checking and handing in ---------------------------------------------------------


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


# --- the page of one deposit ---------------------------------------------------------


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

    rows = [r for r in curation.my_submissions(sokha, clock.now()) if r.state == "preparing"]
    assert [row.brings for row in rows] == ["version"]


# --- who may have the files --------------------------------------------------------------


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
    (row,) = curation.my_submissions(sokha, clock.now())

    assert document(row.id, sokha)["access"] == {"level": "restricted"}


def test_rights_that_say_restricted_elsewhere_begin_a_closed_deposit(sokha: Actor) -> None:
    made = curation.start(
        kind="dataset",
        actor=sokha,
        now=clock.now(),
        document={"rights": [{"uri": "https://purl.org/coar/access_right/c_16ec"}]},
    )
    assert document(made.id, sokha)["access"] == {"level": "restricted"}


# --- menus -------------------------------------------------------------------------------


def menu(page: str, name: str) -> str:
    found = re.search(rf'<select id="{re.escape(name)}".*?</select>', page, re.DOTALL)
    assert found
    return found[0]


def chosen(page: str, name: str) -> str:
    found = re.search(r'<option value="([^"]*)" selected>', menu(page, name))
    return found[1] if found else ""


def test_a_text_without_a_language_shows_that_none_was_said(reader: Open, sokha: Actor) -> None:
    made = curation.start(
        kind="dataset", actor=sokha, now=clock.now(), document={"titles": {"und": "Rice"}}
    )
    one = reader(sokha)
    one.open(path(made.id, "describe"))
    assert "und" not in menu(one.page, "titles-0-lang")
    assert chosen(one.page, "titles-0-lang") == ""

    one.press(path(made.id, "describe"), {"go": "stay"})
    assert document(made.id, sokha)["titles"] == {"und": "Rice"}


def test_another_language_is_not_the_same_again(reader: Open, sokha: Actor, home: Path) -> None:
    made = submission(sokha, home)
    one = reader(sokha)
    one.open(path(made.id, "describe"))
    one.press(path(made.id, "describe"), {"do": "add:titles"})
    held = list(document(made.id, sokha)["titles"])

    assert chosen(one.page, f"titles-{len(held)}-lang") not in held


def test_a_dataset_is_a_dataset_unless_somebody_says_otherwise(reader: Open, sokha: Actor) -> None:
    one = reader(sokha)
    one.open("/deposit/new?kind=dataset")
    one.press("/deposit/new", {"title": "Rice yields"})

    assert chosen(one.page, "resource_type-general") == "Dataset"


def test_relations_all_end_one_sentence(reader: Open, sokha: Actor) -> None:
    from tonle.deposit.forms.rules import links
    from tonle.kernel import codes

    made = curation.start(kind="dataset", actor=sokha, now=clock.now())
    one = reader(sokha)
    one.open(path(made.id, "links"))
    plain, _mark, others = menu(one.page, "relations-0-type").partition("<optgroup")
    assert plain.count("<option") == 1 + len(links.PLAIN_RELATIONS)
    told = re.findall(r">([^<]+)</option>", others)

    assert {text[0].islower() for text in told} == {True}
    assert {*links.PLAIN_RELATIONS, *links.OTHER_RELATIONS} == set(codes.codes("relation_types"))


def test_findings_lead_on_and_keep_their_codes_aside(
    reader: Open, sokha: Actor, home: Path
) -> None:
    made = submission(sokha, home)
    one = reader(sokha)
    one.open(f"/deposit/{made.id}/findings")

    assert f'href="{path(made.id, "check")}"' in one.page
    bare = re.sub(r"<details.*?</details>", "", one.page, flags=re.DOTALL)
    assert "FsF-" in one.page
    assert "FsF-" not in bare


def test_one_is_one_and_not_one_s(sokha: Actor, home: Path) -> None:
    from tonle.deposit import checks
    from tonle.infra.i18n import say

    made = submission(sokha, home)
    upload = home / "more"
    for count, said in ((1, "One file is"), (2, "2 files are")):
        upload.write_bytes(b"a")
        name = f"more-{count}.csv"
        catalogue.add_file(
            draft_id=made.id, file=catalogue.NewFile(name, upload), actor=sokha, now=clock.now()
        )
        (told,) = checks.undecided(made.id)
        assert say(told).startswith(said)


def test_an_address_is_asked_what_it_says_of_itself(
    reader: Open, sokha: Actor, settings: Any
) -> None:
    from tests.web_service import Made, Reply, WebService

    settings.TONLE_OUTBOUND_PRIVATE = ["127.0.0.1/32"]
    bibtex = b"@article{x, title={Floods of the Tonle Sap}, author={Chan, Sophea}, year={2020}}"
    with WebService() as service:
        service.answers(Made(lambda asked: Reply(200 if asked.path == "/x.bib" else 404, bibtex)))
        one = reader(sokha)
        one.open("/deposit/new")
        one.press("/deposit/new", {"pasted": f" {service.url}/x.bib \n", "do": "read"})
        (row,) = curation.my_submissions(sokha, clock.now())
        assert "Floods of the Tonle Sap" in row.titles.values()

        one.open("/deposit/new")
        one.press("/deposit/new", {"pasted": f"{service.url}/nothing", "do": "read"})
        assert one.status in {404, 422}
        assert "knows nothing under that name" in one.words
        assert f"{service.url}/nothing" in one.page
    assert len(curation.my_submissions(sokha, clock.now())) == 1


def test_a_doi_is_asked_for_and_not_refused_as_a_text(
    reader: Open, sokha: Actor, settings: Any
) -> None:
    settings.TONLE_OUTBOUND = False
    one = reader(sokha)
    one.open("/deposit/new")
    one.press("/deposit/new", {"pasted": "10.5555/12345678", "do": "read"})

    assert one.status == 422
    assert "doi.org was not asked" in one.words


# --- concepts ---------------------------------------------------------------------------


def test_a_concept_is_suggested_ticked_kept_and_seen_by_the_curator(
    reader: Open, sokha: Actor, dara: Actor, vocabulary: str, tmp_path: Path
) -> None:
    draft = in_review(sokha, dara, tmp_path, titles={"km": "ផលិតកម្មស្រូវនៅតាកែវ"})
    two = reader(dara)
    assert "Concepts it may be about" in two.open(f"/deposit/review/{draft.id}")

    two.open(path(draft.id, "describe"))
    (value,) = (unescape(text) for text in re.findall(r'name="concepts" value="([^"]*)"', two.page))
    two.press(path(draft.id, "describe"), {"concepts": [value], "do": "suggest"})
    assert document(draft.id, dara)["subjects"] == [json.loads(value)]
    assert json.loads(value)["text"]["th"] == "ข้าว"
    assert re.search(r'name="concepts" value="[^"]*" checked', two.page)
    assert "Concepts it may be about" not in two.open(f"/deposit/review/{draft.id}")

    # No vocabulary has the words: it is said, by its name.
    other = submission(sokha, tmp_path, titles={"en": "Zzyzx"})
    one = reader(sokha)
    one.open(path(other.id, "describe"))
    assert f"None of these words is in {vocabulary}." in one.words
