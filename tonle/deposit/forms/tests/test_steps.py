"""The steps of the form: every page whole and light, rows, people, the map."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import asdict
from html import unescape
from pathlib import Path

import pytest

from tonle.catalogue import public as catalogue
from tonle.catalogue.tests.factories import description
from tonle.deposit import checks, curation
from tonle.deposit.curation.tests.factories import submission
from tonle.deposit.forms.rules import licences, steps
from tonle.deposit.forms.tests.pages import Open, document, path
from tonle.infra import clock
from tonle.kernel import identifiers
from tonle.kernel.actors import Actor
from tonle.kernel.names import PersonName
from tonle.web import assets
from tonle.web.licences import in_plain_words
from tonle.web.tests.test_pages import Outline

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("home"),
    pytest.mark.one_database,
]

FORMS = ("describe", "people", "rights", "links")


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


def test_what_a_step_lacks_stands_beside_its_form_and_goes_when_it_is_there(
    reader: Open, sokha: Actor, home: Path
) -> None:
    made = submission(sokha, home)
    one = reader(sokha)
    one.open(path(made.id, "links"))
    beside = re.search(r'<aside id="beside".*?</aside>', one.page, re.DOTALL)
    assert beside is not None
    assert "It is linked with no article, data or software." in beside[0]
    assert "show where the data come from" in beside[0]
    assert 'href="#relations"' in beside[0]
    # What other steps lack is told on theirs.
    assert "README" not in beside[0]
    one.open(path(made.id, "files"))
    assert "In five years nobody remembers what column 7 means" in one.words

    # The script is given the same again whenever it saves.
    one.open(path(made.id, "links"))
    one.press(
        path(made.id, "links"),
        {"relations-0-type": "IsSupplementTo", "relations-0-target": "10.5555/a"},
        script=True,
    )
    told = json.loads(one.page)["beside"]
    assert 'data-part="beside"' in told
    assert "It is linked with no article" not in told


@pytest.mark.parametrize("kind", ["dataset", "software", "publication"])
def test_each_licence_says_in_the_form_what_it_allows_and_why_one_would_choose_it(
    reader: Open, sokha: Actor, kind: str
) -> None:
    made = curation.start(kind=kind, actor=sokha, now=clock.now())
    one = reader(sokha)
    one.open(path(made.id, "rights"))
    shown = re.findall(
        r'name="licence" value="([^"]+)"[^>]*><b>([^<]+)</b><span>([^<]+)</span>',
        one.page,
    )
    offers = licences.OFFERS[kind]
    assert [(code, unescape(title)) for code, title, _why in shown] == [
        (offer.identifier, offer.title) for offer in offers
    ]
    for offer, (_code, _title, said) in zip(offers, shown, strict=True):
        allowed = in_plain_words(offer.identifier)
        # A sentence about this licence, not one that fits all.
        assert allowed
        assert allowed not in {in_plain_words("Ruby"), in_plain_words("JSON")}
        assert unescape(said) == f"{allowed} {offer.why}"
    assert "cannot be taken back for copies they have" in one.words


@pytest.mark.parametrize("kind", ["dataset", "software", "publication"])
def test_what_is_lacking_is_told_on_the_step_where_it_is_mended(
    reader: Open, sokha: Actor, kind: str
) -> None:
    made = curation.start(kind=kind, actor=sokha, now=clock.now())
    one = reader(sokha)
    found = checks.fair_findings(document(made.id, sokha), [])
    assert len({finding.step for finding in found}) == 5
    for finding in found:
        one.open(path(made.id, finding.step))
        place = finding.field.strip("/").split("/")[0]
        assert finding.message in one.page
        assert f'href="#{place}"' in one.page
        assert f' id="{place}"' in one.page


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


def test_a_related_work_is_found_by_words_of_its_title(
    reader: Open, sokha: Actor, home: Path
) -> None:
    from tonle.catalogue.tests.factories import make_record
    from tonle.search.public import catch_up

    project = make_record(kind="project", titles={"en": "Water for Takeo", "km": "ទឹកសម្រាប់តាកែវ"})
    catch_up()
    made = submission(sokha, home)
    address = path(made.id, "links")
    one = reader(sokha)
    for typed in ("takeo water", "តាកែវ"):
        one.open(address)
        row = {"relations-0-type": "IsPartOf", "relations-0-target": typed}
        one.press(address, {**row, "do": "find:relations-0"})
        assert "Water for Takeo Project" in one.words
    one.press(address, {"do": "pick:relations-0:000000000000000"})
    assert "relations" not in document(made.id, sokha)
    one.open(address)
    one.press(address, {**row, "do": f"pick:relations-0:{project.id}"})

    assert document(made.id, sokha)["relations"] == [
        {"type": "IsPartOf", "target": {"scheme": "tonle", "value": project.id}}
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
