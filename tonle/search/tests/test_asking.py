"""Questions with signs, asked of an index."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from tonle.search import asking
from tonle.search.documents import Document
from tonle.search.selectors import Page, search
from tonle.search.tests.conftest import Find
from tonle.search.tests.memory import NOW, MemorySource, document


def keys(page: Page) -> list[str]:
    return sorted(found.key for found in page.hits)


def thing(key: str, title: str, text: str = "", **more: object) -> Document:
    facets = more.pop("facets", {})
    plain = replace(
        document(1),
        key=key,
        kind="dataset",
        titles={"en": title},
        texts=[{"en": text}],
        names=[],
        identifiers=[],
    )
    return replace(plain, facets=facets, **more)  # type: ignore[arg-type] # As named.


@pytest.fixture
def stocked(source: MemorySource) -> MemorySource:
    source.put(
        thing("dry", "Dry rice fields", "clean drinking water", year=2018,
              facets={"lang": ["en"], "member": ["KHM"], "licence": ["CC-BY-4.0"],
                      "subject": ["Rice farming"], "format": ["text/csv"]},
              covers=[(-550, 200)], people=["Nguyễn Văn An"], identifiers=["10.5555/dry"]),
        thing("wet", "Fields of wet rice", "water that is clean", year=2021, kind="software",
              facets={"lang": ["km"], "member": ["THA"], "subject": ["rice"]},
              people=["សុខា ចាន់"], covers=[(1950, 1960), (2001, 2003)]),
        thing("fish", "Hydrology of the lake", "fields of rice, water", year=2023,
              people=["Sok Dara"], covers=[(1985, 1990)]),
        thing("km", "ការស្រាវជ្រាវទឹកស្អាត", "ស្រូវ", year=2024),
        thing("vi", "Nước sạch nông thôn", "gạo", year=2024),
        thing("number", "Prices 2017", "រដ្ឋមន្ត្រី", year=2026, covers=[(2025, None)]),
    )  # fmt: skip
    return source


ASKED = [
    ('"rice fields"', ["dry"]),
    ('"fields rice"', []),
    ('"water that is"', ["wet"]),
    ('"nuoc sach"', ["vi"]),
    ('"nước sạch"', ["vi"]),
    ('"ទឹកស្អាត"', ["km"]),
    ("rice -dry", ["fish", "wet"]),
    ('rice -"wet rice"', ["dry", "fish"]),
    ("-rice", ["km", "number", "vi"]),
    ("title:rice", ["dry", "wet"]),
    ("title:field", ["dry", "wet"]),
    ("libraries", []),
    ("lakes", ["fish"]),
    ("title:nuoc", ["vi"]),
    ("title:ទឹក", ["km"]),
    ("-title:rice rice", ["fish"]),
    ('title:"wet rice"', ["wet"]),
    ('title:"rice wet"', []),
    ("title:2017", ["number"]),
    ('title:"prices 2017"', ["number"]),
    ("ត្រី", []),  # No fish in a minister.
    ("រដ្ឋមន្ត្រី", ["number"]),
    ("creator:nguyen", ["dry"]),
    ("author:សុខា", ["wet"]),
    ("year:2021..2023", ["fish", "wet"]),
    ("year:..2018", ["dry"]),
    ("year:2561", ["dry"]),
    ("lang:khmer", ["wet"]),
    ("lang:km", ["wet"]),
    ("country:cambodia", ["dry"]),
    ("country:កម្ពុជា", ["dry"]),
    ("country:thailand", ["wet"]),
    ("country:laos", []),
    ("lang:ខ្មែរ", ["wet"]),
    ("https://doi.org/10.5555/dry", ["dry"]),
    ("https://doi.org/10.5555/wet", []),
    ("10.5555/water", []),
    ("member:THA", ["wet"]),
    ("licence:cc-by-4.0", ["dry"]),
    ("subject:rice", ["dry", "wet"]),
    ('subject:"rice"', ["wet"]),
    ("format:csv", ["dry"]),
    ("kind:software", ["wet"]),
    ("doi:10.5555/DRY", ["dry"]),
    ("doi:https://doi.org/10.5555/dry", ["dry"]),
    ("hydro*", ["fish"]),
    ("rice year:2023", ["fish"]),
    ("NOT rice", ["km", "number", "vi"]),
    ("rice NOT dry", ["fish", "wet"]),
    ("hydrology OR prices", ["fish", "number"]),
    ('"wet rice" OR title:hydrology rice', ["fish", "wet"]),
    ("kind:software OR lang:klingon", ["wet"]),
    ("title：水稻，year:2021", []),
    ("year：២០២១", ["wet"]),
    ("“wet rice”", ["wet"]),
    ("covers:1990..2005", ["fish", "wet"]),
    ("covers:1970", []),
    ("covers:..1965", ["dry", "wet"]),
    ("covers:300..1965", ["wet"]),
    ("covers:500BCE", ["dry"]),
    ("covers:2533", ["fish"]),
    ("covers:2030", ["number"]),
    ("-covers:..2100", ["km", "vi"]),
    # What has no meaning is text, and finds nothing or some.
    ("year:soon", []),
    ("lang:klingon", []),
]


def test_signs_narrow_what_is_found(find: Find, stocked: MemorySource) -> None:
    # One index for all of them: it takes longer to make than to ask.
    find()
    wrong = {}
    for typed, found in ASKED:
        page = search(typed, language="en", now=NOW)
        if (keys(page), page.total) != (found, len(found)):
            wrong[typed] = keys(page)
    assert wrong == {}


def test_the_page_is_told_how_it_was_understood(find: Find, stocked: MemorySource) -> None:
    page = find('rice title:"dry rice" -flood')
    assert [(one.said, one.rest) for one in page.interpretation.parts] == [
        ("Title: dry rice", "rice -flood"),
        ("without “flood”", 'rice title:"dry rice"'),
    ]
    assert page.as_dict()["understood"][0] == {
        "field": "title", "value": "dry rice", "excluded": False,
    }  # fmt: skip
    marked = [part.text for part in page.hits[0].title.segments if part.marked]
    assert marked == ["Dry", "rice"]


def test_what_was_not_understood_is_said_with_what_was_done(
    find: Find, stocked: MemorySource
) -> None:
    page = find('autor:sok year:soon country:atlantis "open')
    assert page.as_dict()["not_understood"] == [
        "There is no field “autor:”. It was searched for as plain words. Did you mean “author:”?",
        "The quotation mark before “open” is not closed. The words were searched for in any order.",
        "“soon” is no year and no span such as 2019..2024. It was searched for as plain words.",
        "“Member” has no value “atlantis” here. It was searched for as plain words.",
    ]
    assert find("rice title:rice").as_dict()["not_understood"] == []


def test_a_question_means_the_same_to_whoever_is_sent_it() -> None:
    with translation.override("th"):
        (one,) = asking.read("ចំណងជើង:ស្រូវ", "th").understood
        assert one.part.field == "title"


def test_with_signs_alone_a_better_match_still_comes_first(
    find: Find, stocked: MemorySource
) -> None:
    assert find("title:rice").sort == "relevance"
    assert find("year:2018").sort == "newest"
    assert find("-rice").interpretation.mode == "all"


def test_signs_hold_where_only_some_of_the_words_are_found(
    find: Find, stocked: MemorySource
) -> None:
    page = find("rice xyzzyplugh -dry")
    assert page.interpretation.mode == "any"
    assert keys(page) == ["fish", "wet"]


def test_field_words_are_understood_in_the_readers_language() -> None:
    with translation.override("km"):
        for typed in ("title:rice", "ចំណងជើង:ស្រូវ"):
            (one,) = asking.read(typed, "km").understood
            assert one.part.field == "title"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet='abក"-*:.ទ titleyear2019', max_size=80))
def test_any_text_is_a_question(typed: str) -> None:
    question = asking.read(typed, "en")
    question.every_word()
    question.any_word()
    question.with_beginning()
