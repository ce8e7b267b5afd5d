"""What a page says of a record that another place keeps."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from tests.constants import NOW
from tonle.catalogue import segments
from tonle.catalogue.foreign import Foreign, prepare_foreign
from tonle.catalogue.models import Record
from tonle.catalogue.rules import elsewhere
from tonle.catalogue.search_source import as_document

HOME = {
    "format": "ckan-json",
    "protocol": "ckan",
    "home_url": "https://data.example.org/dataset/water",
    "home_name": "Open data of somewhere",
    "harvested_at": "2026-11-01T00:00:00Z",
    "identifier": "3f2a-water",
}
FILES = [
    {
        "title": {"km": "កម្ពស់ទឹក"},
        "download_url": "https://data.example.org/f/level.csv",
        "media_type": "text/csv",
        "size_bytes": 2048,
    },
    {"access_url": "https://data.example.org/api"},
    {"format": "XLSX"},
]


def test_files_without_a_title_are_called_by_their_address_and_those_without_one_left_out() -> None:
    found = elsewhere.distributions({"distributions": FILES})

    assert [(one.name, one.host, one.size_bytes) for one in found] == [
        ("level.csv", "data.example.org", 2048),
        ("data.example.org", "data.example.org", None),
    ]
    assert elsewhere.formats({"distributions": FILES}) == ["text/csv"]
    assert elsewhere.home({"source": {"format": "x"}}) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("home")
def test_the_page_leads_home_and_offers_no_change_here(client: Client) -> None:
    thing = Foreign(
        "water",
        {"kind": "dataset", "titles": {"km": "ទឹក"}, "source": HOME, "distributions": FILES},
        json.dumps({}).encode(),
        "ckan-json",
    )
    [made] = prepare_foreign("harvest:x", [thing], NOW)
    assert made.entry is not None
    segments.append("harvest:x", [made.entry], NOW)
    segments.apply("harvest:x", NOW)

    page = client.get(f"/records/{made.record}").content.decode()

    assert '<link rel="canonical" href="https://data.example.org/dataset/water">' in page
    assert "This record is kept by <b>Open data of somewhere</b>" in page
    assert '<a href="https://data.example.org/f/level.csv" rel="nofollow">' in page
    assert "There are no files with this record" not in page
    cited = client.get(f"/records/{made.record}?format=apa").content.decode()
    assert cited.strip().endswith("https://data.example.org/dataset/water")
    for action in ("new version", "Correct", "Withdraw"):
        assert action not in page
    record = Record.objects.get(id=made.record)
    found = as_document(record, made.entry.document)
    assert "3f2a-water" in found.identifiers
    assert found.facets["format"] == ["text/csv"]
