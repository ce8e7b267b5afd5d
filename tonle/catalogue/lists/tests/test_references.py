"""What a search finds, taken along as a file."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.test import Client

from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.factories import make_record
from tonle.search.public import catch_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def body(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    assert "attachment" in response["Content-Disposition"]
    return b"".join(response.streaming_content).decode()  # type: ignore[attr-defined] # It streams.


def test_results_are_taken_along_in_four_formats(client: Client) -> None:
    for title in ("Rice and water", "=Rice fields", "Soil"):
        make_record(titles={"en": title})
    made = make_record(
        titles={"en": "Rice of Champasak", "lo": "ເຂົ້າຈຳປາສັກ"},
        languages=["lo"],
        creators=[
            {"name_type": "Personal", "name": "ສົມຈິດ"},
            {"name_type": "Personal", "name": "Kham"},
        ],
        publisher={"name": "ກະຊວງ"},
        publication_year=2025,
        pids=[{"scheme": "doi", "value": "10.5555/12345678"}],
        rights=[{"identifier": "CC-BY-4.0"}],
    )
    catch_up()

    rows = list(csv.DictReader(io.StringIO(body(client, "/search.csv?q=rice").lstrip("\ufeff"))))
    # No cell is a formula.
    assert {row["title"] for row in rows} == {"Rice and water", "'=Rice fields", "ເຂົ້າຈຳປາສັກ"}
    whole = next(row for row in rows if row["id"] == made.id)
    assert {name: whole[name] for name in ("reader_title", "creators", "year", "publisher")} == {
        "reader_title": "Rice of Champasak",
        "creators": "ສົມຈິດ; Kham",
        "year": "2025",
        "publisher": "ກະຊວງ",
    }
    assert [
        whole[name] for name in ("title_language", "doi", "licences", "languages", "access")
    ] == [
        "lo",
        "10.5555/12345678",
        "CC-BY-4.0",
        "lo",
        "open",
    ]
    items = json.loads(body(client, "/search.json?q=rice"))["items"]
    assert {row["id"] for row in items} == {row["id"] for row in rows}
    assert items[0]["url"].endswith(f"/records/{items[0]['id']}")
    told = next(row for row in items if row["id"] == made.id)
    assert (told["creators"], told["year"]) == (["ສົມຈິດ", "Kham"], 2025)
    assert body(client, "/search.bib?q=rice").count("@") >= 2
    assert body(client, "/search.ris?sort=title").count("TY  - ") == 4
    assert json.loads(body(client, "/search.json?q=xyzzyplugh")) == {"items": []}

    page = client.get("/search?q=rice&kind=dataset").content.decode()
    assert "/search.bib?q=rice&amp;kind=dataset" in page
    assert "/feeds/search.atom?q=rice&amp;kind=dataset" in page
    assert client.get("/search.exe").status_code == 404
    assert client.get("/search.csv?year=soon").status_code == 400
