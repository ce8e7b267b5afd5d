"""Narrowing by place and by likeness, sorting in seven languages, an index that gets more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from tonle.kernel.maps.views import CLOSEST, REGION, WORLD, at
from tonle.search import indexing
from tonle.search.errors import BadFilter
from tonle.search.facets import Filters
from tonle.search.narrowing import box_label
from tonle.search.places import fields
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


def test_a_map_is_parted_into_fields_that_cover_it_once() -> None:
    found = fields(REGION)
    west, south, east, north = REGION.box
    assert len(found) == 20
    whole = (east - west) * (north - south)
    assert sum((e - w) * (n - s) for w, s, e, n in found) == pytest.approx(whole, rel=1e-3)
    # The closest is not parted again; beyond 180 degrees a field is on the other side.
    assert len(fields(at(CLOSEST, 104.9, 11.5))) == 1
    assert all(-180 <= w < e <= 180 for w, _s, e, _n in fields(at(3, 179, 0)))
    assert len(fields(WORLD)) == 20


@pytest.mark.django_db
def test_the_map_leads_closer_with_every_field(client: Client, source: MemorySource) -> None:
    source.put(replace(document(1), key="town", box=(104.92, 11.55, 104.92, 11.55)))
    indexing.catch_up()
    assert "<svg" not in client.get("/search").content.decode()
    assert "more=place" in client.get("/search").content.decode()

    page = client.get("/search?more=place").content.decode()
    field = next(
        box for box in fields(REGION) if box[0] <= 104.92 <= box[2] and box[1] <= 11.55 <= box[3]
    )
    assert f'aria-label="1 result at {box_label(field)}"' in page
    sides = "%2C".join(f"{side:g}" for side in field)
    assert f"bbox={sides}" in page
    closer = client.get("/search?bbox=" + ",".join(f"{side:g}" for side in field))
    text = closer.content.decode()
    assert "1 result at" in text
    assert box_label(field) in text
    # Moving the map and going out of it are links, and what is pressed is also a list.
    assert "Wider" in text
    assert "To the north" in text
    assert "The same as a list" in text


@pytest.mark.django_db
def test_a_map_of_any_box_is_drawn_and_far_ones_are_told(
    client: Client, source: MemorySource
) -> None:
    source.put(replace(document(1), key="far", box=(179.5, -17.0, 179.9, -16.0)))
    indexing.catch_up()
    for box in ("-180,-90,180,90", "179,-18,180,-15", "179.6,-16.5,179.61,-16.49"):
        page = client.get(f"/search?bbox={box}")
        assert '<svg class="where"' in page.content.decode(), box
    for box in ("-180,89,-179,90", "-180,-90,-180,-90", "0,0,0.01,0.01"):
        assert client.get(f"/search?bbox={box}").status_code == 200, box
