"""Narrowing by place and by likeness, sorting in seven languages, an index that gets more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from tonle.search import indexing, places
from tonle.search.errors import BadFilter
from tonle.search.facets import Filters
from tonle.search.places import Backdrop, drawing, fields, view_of
from tonle.search.selectors import Page, search
from tonle.search.tests.conftest import Find
from tonle.search.tests.memory import NOW, MemorySource, document


def keys(page: Page) -> list[str]:
    return [found.key for found in page.hits]


SEVEN = [(code, code) for code in ("en", "km", "lo", "th", "vi", "my", "zh-hans")]

# Pairs of titles in the order of their language; in some, code points or another language's
# order would turn them round. Source: CLDR's collations, as dictionaries of each have them.
IN_ORDER = {
    "en": ["apes", "Äpfel", "Zebra"],
    "km": ["ក", "ខ្មែរ", "ង"],
    "lo": ["ກາ", "ເກ", "ຂາ"],  # The vowel written before its consonant counts after it.
    "th": ["กา", "เก", "ขา"],
    "vi": ["az", "ân", "ca"],
    "my": ["က", "ခ", "င"],
    "zh-hans": ["北", "江", "水"],  # By pinyin: bei, jiang, shui.
}


def test_titles_stand_in_the_order_of_each_language_and_an_index_learns_new_ones(
    find: Find, source: MemorySource, settings: Any
) -> None:
    settings.LANGUAGES = SEVEN[:2]
    number = 0
    for tag, titles in IN_ORDER.items():
        for title in reversed(titles):
            source.put(
                replace(document(0), key=f"{tag}{number:02d}", titles={tag: title}, texts=[])
            )
            number += 1
    find()
    before = indexing.status()

    settings.LANGUAGES = SEVEN
    # Until it is made anew, the index answers, in an order that it has.
    assert not indexing.status().sound
    assert len(search(sort="title", query="", language="th", now=NOW).hits) == 20
    indexing.catch_up()
    assert indexing.status().sound
    assert indexing.status().current != before.current

    for tag, titles in IN_ORDER.items():
        page = search("", sort="title", limit=50, language=tag, now=NOW)
        assert [f.hit.title[1] for f in page.hits if f.key.startswith(tag)] == titles, tag


def test_a_box_finds_what_touches_it(find: Find, source: MemorySource) -> None:
    boxes = {
        "lake": (103.5, 12.2, 104.8, 13.4),
        "town": (104.92, 11.55, 104.92, 11.55),
        "region": (92.0, 5.0, 110.0, 29.0),
        "pacific": (170.0, -20.0, -170.0, -10.0),
    }
    source.put(*(replace(document(1), key=key, box=box) for key, box in boxes.items()))
    source.put(replace(document(1), key="nowhere"))

    assert sorted(keys(find(bbox=["103,12,104,13"]))) == ["lake", "region"]
    assert sorted(keys(find(near=["11.5,104.9,20"]))) == ["region", "town"]
    assert keys(find(bbox=["176,-15,178,-12"])) == ["pacific"]
    assert len(keys(find())) == 5
    filters = Filters.read({"near": ["11.5,104.9,20"]})
    assert Filters.read({"bbox": [dict(filters.pairs())["bbox"]]}) == filters
    assert filters.without("bbox") == Filters()


@pytest.mark.parametrize(
    "asked",
    [{"bbox": "1,2,3"}, {"bbox": "5,1,4,2"}, {"bbox": "0,0,400,1"}, {"bbox": "nan,0,1,1"},
     {"near": "11.5"}, {"near": "99,0,1"}, {"near": "1,1,99999"}, {"near": "1e9,1,1"}],
)  # fmt: skip
def test_a_place_that_is_none_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(BadFilter):
        Filters.read({name: [value] for name, value in asked.items()})


def test_likeness_is_by_the_rarest_words_and_never_to_itself(
    find: Find, source: MemorySource
) -> None:
    source.put(*(document(number) for number in range(60)))
    for key, title in [
        ("a", "Arsenic in groundwater of the delta"),
        ("b", "Groundwater and arsenic: a survey of wells"),
        ("c", "Survey of the river with a long title"),
    ]:
        source.put(replace(document(1), key=key, titles={"en": title}, texts=[]))
    page = find(like=["memory:a"])

    assert keys(page)[0] == "b"
    assert "a" not in keys(page)
    assert page.like == "Arsenic in groundwater of the delta"
    assert page.sort == "relevance"
    assert keys(find("wells", like=["memory:a"])) == ["b"]
    # What may not be shown resembles nothing, and is not named.
    source.hidden = {"a"}
    hidden = find(like=["memory:a"])
    assert (hidden.total, hidden.like) == (0, "")
    assert find(like=["nonsense"]).total == 0


BACK = Backdrop(100.0, 5.0, 110.0, 25.0, 10.0, 10.0, (("land", "M0 0h9v9z"),))


def test_a_map_is_parted_into_fields_that_cover_it_once() -> None:
    found = fields(BACK.box)
    assert len(found) == 20
    assert sum((e - w) * (n - s) for w, s, e, n in found) == pytest.approx(200)
    assert view_of(BACK, None) == BACK.box
    assert view_of(BACK, (90.0, 10.0, 105.0, 30.0)) == (100.0, 10.0, 105.0, 25.0)
    # Elsewhere, or too small to be parted again.
    assert view_of(BACK, (0.0, 0.0, 1.0, 1.0)) == BACK.box
    assert fields((104.0, 11.0, 104.1, 11.1)) == [(104.0, 11.0, 104.1, 11.1)]

    drawn = drawing(BACK, BACK.box, {found[0]: 3, found[1]: 0}, lambda _box, n: {"url": str(n)})
    assert drawn["view"] == "0 0 100 200"
    assert [field["url"] for field in drawn["fields"]] == ["3"]
    assert drawn["fields"][0]["middle_x"] == "12.5"


@pytest.mark.django_db
def test_the_map_leads_closer_with_every_field(
    client: Client, source: MemorySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "_backdrop", [lambda: BACK])
    source.put(replace(document(1), key="town", box=(104.92, 11.55, 104.92, 11.55)))
    indexing.catch_up()
    assert "<svg" not in client.get("/search").content.decode()
    assert "more=place" in client.get("/search").content.decode()

    page = client.get("/search?more=place").content.decode()
    assert 'aria-label="1 result at 9° N – 13° N, 102.5° E – 105° E"' in page
    assert "bbox=102.5%2C9%2C105%2C13" in page
    closer = client.get("/search?bbox=102.5,9,105,13").content.decode()
    assert "1 result at" in closer
    assert "9° N – 13° N, 102.5° E – 105° E" in closer
