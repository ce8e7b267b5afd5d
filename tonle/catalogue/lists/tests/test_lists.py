"""Pages that list the records of a person, an organisation, a community."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from config.options import BASE_DIR
from tests.constants import NOW
from tonle.catalogue import services
from tonle.catalogue.lists.addresses import agent_url, organisation_url, person_url
from tonle.catalogue.tests.factories import CURATOR, make_draft, make_record
from tonle.infra import pagecache
from tonle.kernel.actors import SYSTEM, Scope
from tonle.people.public import Community, Organisation, add_community, add_organisation
from tonle.people.rules.communities import PALETTE
from tonle.people.tests.factories import holder
from tonle.search import indexing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home", "index")]

ORCID = "0000-0002-1825-0097"
OTHER = "0000-0001-5109-3700"


def personal(name: str, orcid: str = "", **fields: Any) -> dict[str, Any]:
    identifiers = [{"scheme": "orcid", "value": orcid}] if orcid else []
    return {
        "name_type": "Personal",
        "name": name,
        **({"identifiers": identifiers} if identifiers else {}),
        **fields,
    }


def text_of(client: Client, address: str, status: int = 200, language: str = "en") -> str:
    headers = {"Accept-Language": language, "Host": "localhost"}
    response = client.get(address, headers=headers)
    assert response.status_code == status, address
    return str(response.content.decode())


def titles(page: str) -> list[str]:
    return re.findall(r'<h3><a [^>]*dir="auto">([^<]*)</a></h3>', page)


# --- people ---------------------------------------------------------------------------


def test_a_person_is_told_by_orcid_and_others_of_the_name_are_only_possible(bopha: Client) -> None:
    make_record(
        titles={"en": "Mine"},
        creators=[personal("Sokha Chan", ORCID, names={"km": "ចាន់ សុខា"})],
    )
    make_record(titles={"en": "Mine too"}, creators=[personal("Chan, Sokha", ORCID)])
    make_record(titles={"en": "Unsaid"}, creators=[personal("Sokha Chan")])
    make_record(titles={"en": "In Khmer"}, creators=[personal("ចាន់ សុខា")])
    make_record(titles={"en": "Another’s"}, creators=[personal("Sokha Chan", OTHER)])
    indexing.catch_up()

    page = text_of(bopha, f"/people/{ORCID}")
    own, _, possible = page.partition("Possibly the same person")

    assert set(titles(own)) == {"Mine", "Mine too"}
    assert set(titles(possible)) == {"Unsaid", "In Khmer"}
    assert "ចាន់ សុខា" in own
    assert f"https://orcid.org/{ORCID}" in page


def test_a_name_lists_everybody_called_so_and_says_that(bopha: Client) -> None:
    make_record(titles={"en": "One"}, creators=[personal("Sokha Chan", ORCID)])
    make_record(titles={"en": "Two"}, creators=[personal("Sokha Chan")])
    make_record(titles={"en": "Three"}, creators=[personal("Sokha Chanthy")])
    indexing.catch_up()

    page = text_of(bopha, "/people/named/Sokha Chan")

    assert set(titles(page)) == {"One", "Two"}
    assert "A name does not tell who somebody is" in page
    assert f"/people/{ORCID}" in page
    assert 'content="noindex' in page


def test_an_orcid_written_otherwise_leads_to_its_one_page(bopha: Client) -> None:
    response = bopha.get("/people/named/https://orcid.org/0000-0002-1825-0097")
    assert (response.status_code, response["Location"]) == (302, f"/people/{ORCID}")


@pytest.mark.parametrize(
    "who", [OTHER, "named/Nobody", "named/<script>", "named/ ", f"named/{'x' * 300}", "named/.."]
)
def test_who_no_public_record_names_is_not_there(bopha: Client, who: str) -> None:
    make_draft(creators=[personal("Nobody", OTHER)])
    indexing.catch_up()

    hidden = bopha.get(f"/people/{who}")

    assert hidden.status_code == 404


def test_a_withdrawn_record_names_nobody_any_more(bopha: Client) -> None:
    record = make_record(creators=[personal("Sokha Chan", ORCID)])
    indexing.catch_up()
    text_of(bopha, f"/people/{ORCID}")
    services.withdraw(
        record_id=record.id, category="by_author", reason={"en": "No."}, actor=CURATOR, now=NOW
    )

    # Before the index knows, and after.
    text_of(bopha, f"/people/{ORCID}", 404)
    indexing.catch_up()
    text_of(bopha, f"/people/{ORCID}", 404)


# --- organisations --------------------------------------------------------------------


@pytest.fixture
def university() -> Organisation:
    said = {
        "names": {"en": "Royal University of Phnom Penh", "km": "សាកលវិទ្យាល័យភូមិន្ទភ្នំពេញ"},
        "member": "KHM",
        "country": "KHM",
        "types": ["education"],
        "website": "https://www.rupp.edu.kh/",
        "identifiers": [{"scheme": "ror", "value": "03yrm5c26"}],
    }
    return add_organisation(description=said, actor=SYSTEM, now=NOW)


def test_an_organisation_shows_what_its_people_made_published_and_paid(
    bopha: Client, university: Organisation
) -> None:
    at = {"name": "RUPP", "identifier": {"scheme": "ror", "value": "03yrm5c26"}}
    make_record(titles={"en": "Made"}, creators=[personal("Sokha", affiliations=[at])])
    make_record(titles={"en": "Published"}, publisher={"name": "សាកលវិទ្យាល័យភូមិន្ទភ្នំពេញ"})
    make_record(
        titles={"en": "Paid"},
        funding_references=[{"funder_name": "Royal University of Phnom Penh"}],
    )
    make_record(titles={"en": "Elsewhere"}, publisher={"name": "Another"})
    indexing.catch_up()

    page = text_of(bopha, f"/organisations/{university.pk}")

    assert titles(page) == ["Made", "Published", "Paid"]
    assert "https://www.rupp.edu.kh/" in page
    assert "https://ror.org/03yrm5c26" in page
    for other in ("ror:03yrm5c26",):
        response = bopha.get(f"/organisations/{other}")
        assert response["Location"] == f"/organisations/{university.pk}"


def test_an_organisation_that_only_records_name_has_a_page_too(bopha: Client) -> None:
    make_record(titles={"en": "Published"}, publisher={"name": "A small press"})
    indexing.catch_up()

    assert titles(text_of(bopha, "/organisations/A small press")) == ["Published"]
    text_of(bopha, "/organisations/A smaller press", 404)


def test_organisations_are_listed_by_member_in_the_readers_words(
    client: Client, university: Organisation
) -> None:
    english = text_of(client, "/organisations")
    khmer = text_of(client, "/organisations", language="km")

    assert "Royal University of Phnom Penh" in english
    assert "Cambodia" in english
    assert "សាកលវិទ្យាល័យភូមិន្ទភ្នំពេញ" in khmer
    text_of(client, "/organisations?member=KHM")
    text_of(client, "/organisations?member=ZZZ", 404)


# --- communities ----------------------------------------------------------------------


@pytest.fixture
def floods() -> Community:
    said = {
        "slug": "floods",
        "names": {"en": "Floods of the Mekong", "km": "ទឹកជំនន់មេគង្គ"},
        "descriptions": {"en": "Where water stood, and when."},
        "policy": {"en": "Measured data only."},
        "accent": "indigo",
    }
    return add_community(description=said, actor=SYSTEM, now=NOW)


def test_a_community_has_its_own_look_policy_records_and_search(
    bopha: Client, floods: Community
) -> None:
    make_record(titles={"en": "Levels at Kratie"}, communities=[floods.pk])
    make_record(titles={"en": "Levels at Pakse"}, communities=[floods.pk])
    make_record(titles={"en": "Levels elsewhere"})
    indexing.catch_up()

    page = text_of(bopha, "/communities/floods")
    assert set(titles(page)) == {"Levels at Kratie", "Levels at Pakse"}
    assert "accent--indigo" in page
    assert "Measured data only." in page
    assert "The curators’ desk" not in page

    found = text_of(bopha, "/communities/floods?q=kratie")
    assert "<mark>Kratie</mark>" in found
    assert "Pakse" not in found
    # Every way to narrow stays inside.
    links = re.findall(r'<a [^>]*href="(/[a-z]+[^"]*)" rel="nofollow"', page)
    assert links
    assert all(link.startswith("/communities/floods?") for link in links)


def test_communities_are_listed_with_their_numbers(bopha: Client, floods: Community) -> None:
    make_record(communities=[floods.pk])
    indexing.catch_up()

    page = text_of(bopha, "/communities")

    assert "Floods of the Mekong" in page
    assert "1 record" in page


def test_a_curator_is_led_to_the_desk(client: Client, floods: Community) -> None:
    indexing.catch_up()
    client.force_login(holder("dara", "curator", Scope("community", floods.pk)))

    assert "The curators’ desk" in text_of(client, "/communities/floods")


def test_a_community_is_found_by_its_id_and_no_other(bopha: Client, floods: Community) -> None:
    assert bopha.get(f"/communities/{floods.pk}")["Location"] == "/communities/floods"
    text_of(bopha, "/communities/droughts", 404)


def test_a_community_narrows_a_search_by_its_name(bopha: Client, floods: Community) -> None:
    make_record(communities=[floods.pk])
    indexing.catch_up()

    assert "Floods of the Mekong" in text_of(bopha, f"/search?community={floods.pk}")


def test_a_changed_community_makes_kept_pages_old(floods: Community) -> None:
    pagecache.stamps.refresh()
    before = pagecache.stamps.current()
    Community.objects.filter(pk=floods.pk).update(updated_at=NOW.replace(year=2030))

    pagecache.stamps.refresh()

    assert pagecache.stamps.current() != before


def test_each_colour_of_the_palette_is_in_the_stylesheet() -> None:
    """In light and dark; that each stands against the ground is counted where they are chosen."""
    css = Path(BASE_DIR, "tonle/web/static/web/tonle.css").read_text()
    light, _, dark = css.partition("/* Communities:")[2].partition("@media")
    for name, (_, day, night) in PALETTE.items():
        assert f".accent--{name} {{ --accent: {day}; }}" in light
        assert f".accent--{name} {{ --accent: {night}; }}" in dark


# --- links ----------------------------------------------------------------------------


def test_agents_lead_to_their_pages() -> None:
    assert person_url(personal("A", ORCID)) == f"/people/{ORCID}"
    assert agent_url(personal("សុខា")).startswith("/people/named/%E1")
    ror = {"name": "RUPP", "identifier": {"scheme": "ror", "value": "03yrm5c26"}}
    assert organisation_url(ror) == "/organisations/ror:03yrm5c26"
    assert agent_url({"name_type": "Organizational", "name": "A/B"}) == "/organisations/A/B"
    assert agent_url({"name_type": "Organizational", "name": ".."}) == ""
    assert agent_url(personal("x" * 300)) == ""


@pytest.mark.parametrize("tongue", ["en", "km"])
def test_pages_are_whole_in_each_language(
    client: Client, tongue: str, floods: Community, university: Organisation
) -> None:
    make_record(creators=[personal("Sokha Chan", ORCID)], communities=[floods.pk])
    indexing.catch_up()
    for address in (
        f"/people/{ORCID}",
        "/people/named/Sokha Chan",
        "/organisations",
        f"/organisations/{university.pk}",
        "/communities",
        "/communities/floods",
    ):
        page = text_of(client, address, language=tongue)
        assert f'<html lang="{tongue}"' in page


# --- the interface --------------------------------------------------------------------


def test_the_interface_narrows_and_sorts_as_the_page_does(bopha: Client) -> None:
    make_record(titles={"en": "Beta"}, creators=[personal("Sokha Chan", ORCID)], members=["KHM"])
    make_record(titles={"en": "Alpha"}, creators=[personal("Bopha")], members=["LAO"])
    make_record(titles={"en": "Gamma"}, kind="software", members=["LAO"])
    indexing.catch_up()

    def found(**asked: Any) -> list[str]:
        answer = bopha.get(f"/api/v1/records?{urlencode(asked, doseq=True)}").json()
        return [item["title"] for item in answer["items"]]

    assert found(sort="title") == ["Alpha", "Beta", "Gamma"]
    assert found(sort="title", kind=["dataset", "software"], member="LAO") == ["Alpha", "Gamma"]
    assert found(person=f"orcid:{ORCID}") == ["Beta"]
    first = bopha.get("/api/v1/records?sort=title&limit=2").json()
    second = bopha.get(f"/api/v1/records?sort=title&limit=2&cursor={first['next']}").json()
    assert [item["title"] for item in second["items"]] == ["Gamma"]
    assert bopha.get("/api/v1/records", {"sort": "nonsense"}).status_code == 400


def test_the_interface_tells_its_filters(bopha: Client) -> None:
    described = bopha.get("/api/v1/openapi.json").json()["paths"]["/api/v1/records"]["get"]
    told = {parameter["name"] for parameter in described["parameters"]}

    assert {"q", "sort", "kind", "member", "lang", "year", "licence", "organisation"} <= told
    assert {"access", "community", "person", "open", "cursor", "limit"} <= told
    assert all(parameter.get("description") for parameter in described["parameters"])


def test_a_call_is_open_until_its_profile_says_it_closes(bopha: Client) -> None:
    for title, closes in (("Late", "2020-01-01T00:00:00Z"), ("Open", "2999-01-01T00:00:00Z")):
        make_record(
            titles={"en": title},
            kind="funding_opportunity",
            profile={"schema": "tonle-funding-opportunity/1", "closes_at": closes},
        )
    make_record(titles={"en": "Without an end"})
    indexing.catch_up()

    assert titles(text_of(bopha, "/search?open=1")) == ["Open"]
