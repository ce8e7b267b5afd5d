"""What strangers are shown of records that are not, not yet, or no longer there."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.constants import NOW
from tonle.catalogue import services
from tonle.catalogue.rules.citation import citation
from tonle.catalogue.tests.factories import CURATOR, make_draft, make_record
from tonle.infra import clock
from tonle.kernel import identifiers
from tonle.people.tests.factories import holder
from tonle.search import indexing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture
def bopha() -> Client:
    """An outsider with a browser."""
    return Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture(autouse=True)
def _an_index_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.TONLE_INDEX = tmp_path / "index"


def answer_of(response: Any, name: str) -> tuple[int, bytes, dict[str, str]]:
    """Status, bytes and headers, with the name that was asked for taken out."""
    headers = {
        key: value for key, value in sorted(response.headers.items()) if key != "X-Request-ID"
    }
    return response.status_code, response.content.replace(name.encode(), b""), headers


def found_by_api(client: Client, word: str) -> list[str]:
    items = client.get("/api/v1/records", {"q": word}).json()["items"]
    return [item["id"] for item in items]


def test_a_withdrawn_record_leaves_search_and_lists_and_keeps_its_name(bopha: Client) -> None:
    record = make_record(titles={"en": "Fishes of Stung Treng"})
    other = make_record(titles={"en": "Fishes of Kratie"})
    indexing.catch_up()
    assert set(found_by_api(bopha, "fishes")) == {record.id, other.id}

    services.withdraw(
        record_id=record.id,
        category="by_author",
        reason={"en": "Half of them were counted twice."},
        actor=CURATOR,
        now=NOW,
    )
    indexing.catch_up()

    assert found_by_api(bopha, "fishes") == [other.id]
    assert [item["id"] for item in bopha.get("/api/v1/records").json()["items"]] == [other.id]
    for page in ("/search?q=fishes", "/search", "/"):
        assert "Stung Treng" not in bopha.get(page).text
    tombstone = bopha.get(f"/records/{record.id}")
    assert tombstone.status_code == 410
    assert "This was withdrawn" in tombstone.text
    assert "Half of them were counted twice." in tombstone.text
    document = bopha.get(f"/records/{record.id}?format=json")
    assert document.status_code == 410
    assert document.json()["tombstone"]["category"] == "by_author"


@pytest.mark.parametrize(
    "address", ["/records/{}", "/records/{}?format=json", "/records/{}/v1", "/api/v1/records/{}"]
)
def test_a_draft_is_answered_as_what_does_not_exist(bopha: Client, address: str) -> None:
    reserved = make_draft().record.id
    absent = identifiers.mint()

    hidden = bopha.get(address.format(reserved))
    nothing = bopha.get(address.format(absent))

    assert hidden.status_code == 404
    assert answer_of(hidden, reserved) == answer_of(nothing, absent)


@pytest.mark.parametrize("address", ["/records/no-such-thing", "/ark:99999/no-such-thing"])
def test_a_mistyped_address_is_nothing_and_a_search_away(bopha: Client, address: str) -> None:
    answer = bopha.get(address)
    assert answer.status_code == 404
    assert 'role="search"' in answer.text


def test_a_landing_page_links_its_document_and_an_older_version_the_newest(bopha: Client) -> None:
    record = make_record()
    page = bopha.get(f"/records/{record.id}").text
    assert f'href="/records/{record.id}?format=json"' in page
    assert f"<code>ark:99999/{record.id}</code>" in page
    assert 'href="/search?kind=dataset"' in page


def test_a_restricted_file_is_kept_by_no_shared_cache(bopha: Client, tmp_path: Path) -> None:
    record = make_record({"a.txt": b"a"}, folder=tmp_path, access={"level": "restricted"})
    address = f"/records/{record.id}/files/a.txt"
    assert bopha.get(address).status_code == 403

    bopha.force_login(holder("dara", "curator", now=clock.now()))

    answer = bopha.get(address)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-cache")


def test_files_that_are_not_open_are_named_but_lead_nowhere(bopha: Client, tmp_path: Path) -> None:
    record = make_record({"yields.csv": b"1"}, folder=tmp_path, access={"level": "restricted"})
    page = bopha.get(f"/records/{record.id}").text
    assert "yields.csv" in page
    assert f"/records/{record.id}/files/" not in page
    assert "notice--warn" in page


def test_a_title_in_a_language_of_the_thing_itself_is_its_own(bopha: Client) -> None:
    text = {"en": "About rice.", "km": "អំពីស្រូវ"}
    record = make_record(
        descriptions=[{"type": "Abstract", "text": text}],
        languages=["en"],
        translations={"en": "node", "km": "machine"},
    )
    page = bopha.get(f"/records/{record.id}").text
    title, _, description = page.partition('<div class="split">')
    assert "our translation" not in title
    assert "machine translation" in title
    assert "our translation" in description


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, "Flood maps [Dataset] (2026). n:1"),
        ({"source": {"format": "x"}}, "Flood maps [Dataset]. n:1"),
        ({"source": {"format": "x"}, "publication_year": 1998}, "Flood maps [Dataset] (1998). n:1"),
        (
            {"creators": [{"name": "Sok, Dara"}], "publisher": {"name": "IRD"}, "version": 2},
            "Sok, Dara (2026). Flood maps (v2) [Dataset]. IRD. n:1",
        ),
        (
            {"creators": [{"name": "Sok, Dara"}], "source": {"format": "x"}},
            "Sok, Dara. Flood maps [Dataset]. n:1",
        ),
    ],
)
def test_a_citation_claims_no_more_than_is_known(known: dict[str, Any], expected: str) -> None:
    document = {
        "titles": {"en": "Flood maps"},
        "version": 1,
        "published_at": "2026-11-22T00:00:00Z",
        **known,
    }
    assert citation(document, languages="en", pid="n:1", kind_label="Dataset", zone=UTC) == expected


def test_records_that_name_each_other_show_each_other_by_title(client: Client) -> None:
    doi = {"scheme": "doi", "value": "10.5555/standard"}
    standard = make_record(titles={"en": "How to measure water"}, pids=[doi])
    survey = make_record(
        titles={"en": "A survey of wells"}, relations=[{"type": "Cites", "target": doi}]
    )
    make_record(
        titles={"en": "Its table"},
        relations=[{"type": "IsPartOf", "target": {"scheme": "tonle", "value": survey.id}}],
    )

    cited = client.get(f"/records/{standard.id}").content.decode()
    citing = client.get(f"/records/{survey.id}").content.decode()

    assert "A survey of wells" in cited
    assert "Is cited by" in cited
    assert "How to measure water" in citing
    assert "Its table" in citing
    assert "Has part" in citing
