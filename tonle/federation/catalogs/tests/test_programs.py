"""What catalogues, feeds and STAC refuse is said to programs in JSON, to people on a page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/catalog?format=xml", 422, "turtle"),
        ("/catalog?limit=5000&format=turtle", 422, "1000"),
        ("/catalog?kind=nope", 422, "dataset"),
        ("/catalog?member=XXY&access=open", 422, "KHM"),
        ("/catalog?access=closed", 422, "embargoed"),
        ("/feeds/records.atom?kind=nope", 422, "dataset"),
        ("/feeds/records.atom?member=KHMER", 422, "VNM"),
        ("/stac/search?bbox=1,2,3", 422, "bbox"),
        ("/stac/collections/nope", 404, ""),
        ("/records/zzz?format=json", 404, ""),
    ],
)
def test_a_program_is_told_in_json_and_a_browser_on_a_page(
    client: Client, home: Any, path: str, status: int, said: str
) -> None:
    answer = client.get(path, headers={"Accept": "*/*"})
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert said in json.loads(answer.content)["detail"] + path
    assert said in answer.content.decode()
    page = client.get(path, headers=BROWSER)
    assert page.status_code == status
    assert page["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("name", ["ids", "collections", "token", "intersects"])
@pytest.mark.parametrize("letter", ["\\ud800", "\\u0000"])
def test_what_is_no_letter_is_looked_for_nowhere(
    client: Client, home: Any, name: str, letter: str
) -> None:
    value = f'"{letter}"' if name in ("token", "intersects") else f'["{letter}"]'
    asked = f'{{"{name}": {value}}}'
    answer = client.post("/stac/search", asked, content_type="application/json")
    assert answer.status_code == 422


def test_what_is_known_and_empty_is_no_fault(client: Client, home: Any) -> None:
    for path in ("/catalog?kind=software&member=LAO", "/feeds/records.atom?kind=software"):
        assert client.get(path, headers={"Accept": "*/*"}).status_code == 200
