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
    catch_up()

    rows = list(csv.DictReader(io.StringIO(body(client, "/search.csv?q=rice").lstrip("\ufeff"))))
    # No cell is a formula.
    assert {row["title"] for row in rows} == {"Rice and water", "'=Rice fields"}
    items = json.loads(body(client, "/search.json?q=rice"))["items"]
    assert {row["id"] for row in items} == {row["id"] for row in rows}
    assert items[0]["url"].endswith(f"/records/{items[0]['id']}")
    assert body(client, "/search.bib?q=rice").count("@") >= 2
    assert body(client, "/search.ris?sort=title").count("TY  - ") == 3
    assert json.loads(body(client, "/search.json?q=xyzzyplugh")) == {"items": []}

    page = client.get("/search?q=rice&kind=dataset").content.decode()
    assert "/search.bib?q=rice&amp;kind=dataset" in page
    assert "/feeds/search.atom?q=rice&amp;kind=dataset" in page
    assert client.get("/search.exe").status_code == 404
    assert client.get("/search.csv?year=soon").status_code == 400
