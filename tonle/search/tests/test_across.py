"""Results in other languages: a tier of their own, told and left out by a link."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest
from django.test import Client

from tonle.search import indexing
from tonle.search.engine import AnyOf, BestOf, Term
from tonle.search.facets import Filters
from tonle.search.query import Question
from tonle.search.selectors import across, search
from tonle.search.terms import Expansion, Group
from tonle.search.tests.memory import NOW, MemorySource, document

pytestmark = pytest.mark.django_db

THAI, KHMER = "ข้าว", "ស្រូវ"


def tables(question: Question, _language: str, into: Collection[str]) -> Expansion:
    """One small table: it knows rice, and no other word."""
    if "rice" not in question.words:
        return Expansion(AnyOf(()), (), question.words)
    known = {"th": THAI, "km": KHMER}
    forms = BestOf(tuple(Term("title", known[tag]) for tag in known if tag in into))
    rest = tuple(word for word in question.words if word != "rice")
    group = Group("rice", (("th", THAI), ("km", KHMER)), ("A small table",))
    return Expansion(forms, (group,), rest)


@pytest.fixture
def stocked(source: MemorySource, monkeypatch: pytest.MonkeyPatch) -> MemorySource:
    monkeypatch.setattr(across, "expand", tables)
    for key, titles in {
        "en": {"en": "Rice in the delta"},
        "th": {"th": THAI},
        "km": {"km": KHMER},
        "both": {"en": "Rice", "th": THAI},
        "fish": {"en": "Fish"},
    }.items():
        source.put(replace(document(1), key=key, titles=titles, texts=[], names=[]))
    indexing.catch_up()
    return source


def test_other_languages_stand_below_and_nothing_stands_twice(stocked: MemorySource) -> None:
    page = search("rice", language="en", now=NOW, across=True)
    assert {found.key for found in page.hits} == {"en", "both"}
    assert page.across is not None
    assert {found.key for found in page.across.hits} == {"th", "km"}
    assert page.across.total == 2
    # What it was found by is marked and told.
    assert "<mark>" in page.across.hits[0].title.html
    told = page.as_dict()["across"]
    assert told["terms"] == [
        {
            "asked": "rice",
            "words": [{"language": "th", "text": THAI}, {"language": "km", "text": KHMER}],
            "tables": ["A small table"],
        }
    ]

    def across(query: str, **asked: object) -> object:
        return search(query, language="en", now=NOW, across=True, **asked).across  # type: ignore[arg-type] # As named.

    # Signs and hidden things hold there too; other orders and lists of everything have no tier.
    assert across("rice -ข้าว").total == 1  # type: ignore[attr-defined] # It has one.
    stocked.hidden = {"th"}
    assert [one.key for one in across("rice").hits] == ["km"]  # type: ignore[attr-defined] # It has one.
    assert across("rice", filters=Filters({"lang": ("lo",)})).total == 0  # type: ignore[attr-defined] # It has one.
    assert across("rice", sort="newest") is None
    assert across("") is None
    assert across("title:rice") is None
    assert search("rice", language="en", now=NOW).across is None


def test_the_page_names_the_words_and_leaves_the_tier_out_on_demand(
    client: Client, stocked: MemorySource
) -> None:
    page = client.get("/search?q=rice+zyx").content.decode()
    assert "In other languages" in page
    assert f'<span lang="th">{THAI}</span>' in page
    assert "No vocabulary of this node knows these words" in page
    assert "/search?q=rice+zyx&amp;across=no" in page

    without = client.get("/search?q=rice&across=no").content.decode()
    assert "In other languages" not in without
    assert 'href="/search?q=rice"' in without
    assert 'name="across" value="no"' in without
    # Nothing was found, and it is said why.
    nothing = client.get("/search?q=zyx").content.decode()
    assert "Other languages were not searched" in nothing
