"""The search page, as readers see it."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from django.test import Client

from tonle.infra import clock, health, pagecache
from tonle.search import indexing
from tonle.search.shelf import Shelf
from tonle.search.spans import Years
from tonle.search.tests.memory import NOW, MemorySource, document

pytestmark = pytest.mark.django_db


@pytest.fixture
def stocked(source: MemorySource, monkeypatch: pytest.MonkeyPatch) -> MemorySource:
    # What is open on that day would be closed on another.
    monkeypatch.setattr(clock, "now", lambda: NOW)
    source.put(*(document(number) for number in range(210)))
    indexing.catch_up()
    return source


def text_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    # Pages and files that are made while they are sent alike.
    return b"".join(response).decode()


def links(page: str) -> list[str]:
    found = (unescape(link) for link in re.findall(r'<a [^>]*href="([^"]*)"', page))
    return list(dict.fromkeys(link for link in found if link.startswith("/search")))


@pytest.mark.parametrize("word", ["rice", "ទឹក", "ข้าว", "ນ້ຳ", "nước", "水", "ရေ"])
def test_each_script_finds_something_and_marks_it(
    client: Client, stocked: MemorySource, word: str
) -> None:
    page = text_of(client, f"/search?q={word}")
    assert '<ol class="list">' in page
    assert "<mark>" in page


def test_titles_say_their_language(client: Client, stocked: MemorySource) -> None:
    stocked.put(replace(document(1), key="k", titles={"km": "ព្រៃលិចទឹក"}, texts=[{"km": "ត្រី"}]))
    indexing.catch_up()
    page = text_of(client, "/search?q=ព្រៃលិចទឹក")
    assert re.search(r'<a href="/records/k" lang="km" dir="auto">.*<mark>', page)


def test_every_link_of_the_page_leads_to_a_page(client: Client, stocked: MemorySource) -> None:
    page = text_of(client, "/search?q=survey&kind=dataset&kind=software&year=2000-2015")
    followed = links(page)
    assert len(followed) > 10
    for link in followed:
        text_of(client, link)


def test_next_and_previous_lead_there_and_back(client: Client, stocked: MemorySource) -> None:
    first = text_of(client, "/search?q=survey")
    onward = re.search(r'rel="next" href="([^"]+)"', first)
    assert onward
    second = text_of(client, unescape(onward[1]))
    back = re.search(r'rel="prev" href="([^"]+)"', second)
    assert back
    heading = re.compile(r"<h3>.*?</h3>", re.DOTALL)
    assert heading.findall(text_of(client, unescape(back[1]))) == heading.findall(first)


def test_what_people_type_comes_back_as_text(client: Client, stocked: MemorySource) -> None:
    page = text_of(client, '/search?q="><script>alert(1)</script>')
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/search?q=xyzzyplugh", "Nothing was found for"),
        ("/search?q=%3F%3F", "no letter and no digit"),
        ("/search?q=survey&lang=fr", "Search again without the filters"),
        ("/search?lang=fr", "Look through all records"),
    ],
)
def test_an_empty_result_teaches_and_leads_on(
    client: Client, stocked: MemorySource, address: str, words: str
) -> None:
    page = text_of(client, address)
    assert words in page
    assert links(page)


def test_before_there_is_an_index_the_page_says_so(client: Client, source: MemorySource) -> None:
    assert "The index is being made" in text_of(client, "/search?q=rice")


def test_a_broken_cursor_shows_the_first_page(client: Client, stocked: MemorySource) -> None:
    assert '<ol class="list">' in text_of(client, "/search?q=survey&cursor=broken")


def test_a_filter_that_makes_no_sense_is_explained(client: Client, stocked: MemorySource) -> None:
    assert "is not a value of the filter" in text_of(client, "/search?year=soon", status=400)
    many = "&".join(f"kind={number}" for number in range(31))
    assert "more filters than one question can have" in text_of(client, f"/search?{many}", 400)


def test_no_question_is_too_strange_for_an_answer(client: Client, source: MemorySource) -> None:
    source.put(document(0))
    indexing.catch_up()
    # On another keyboard the letters are of three bytes each, and begin the words looked for.
    for typed in ("year:<0", f"kind:{'a' * 390}", f"{'ក' * 380}*", f"format:{'ក' * 380}"):
        assert client.get("/search", {"q": typed}).status_code == 200, typed
    # A file of results begins where the question can be answered, and only there.
    for extension in ("csv", "json"):
        assert "cannot be sorted by" in text_of(client, f"/search.{extension}?sort=x", 400)
        assert "Study 00" in text_of(client, f"/search.{extension}?sort=title")


def test_lang_narrows_and_does_not_change_the_language_of_the_page(
    client: Client, stocked: MemorySource
) -> None:
    response = client.get("/search?lang=km")
    assert response["Content-Language"] == "en"
    assert b'<html lang="en">' in response.content
    assert client.get("/search", headers={"accept-language": "km"})["Content-Language"] == "km"


def test_no_cache_on_the_way_shows_a_title_that_was_withdrawn(
    client: Client, stocked: MemorySource
) -> None:
    stocked.put(replace(document(1), key="gone", titles={"en": "Taken back"}, texts=[]))
    indexing.catch_up()
    first = client.get("/search?q=taken+back")
    assert b"Taken" in first.content
    # Whoever keeps it asks before each use, and is told that it is another page now; before the
    # index has heard of it, too.
    assert first["Cache-Control"] == "public, no-cache"
    stocked.withdraw("gone")
    again = client.get("/search?q=taken+back", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert b"<mark>Taken" not in again.content


def test_what_was_not_understood_is_said_above_the_results(
    client: Client, stocked: MemorySource
) -> None:
    page = text_of(client, '/search?q=titel:survey+"open')
    assert "Did you mean “title:”?" in page
    assert "not closed" in page
    assert "searched for as plain words" not in text_of(client, "/search?q=title:survey")


def test_the_time_that_data_cover_is_a_filter_without_script(
    client: Client, stocked: MemorySource
) -> None:
    old, new, far = (1912, 1925), (1998, None), (-800, -750)
    spans: dict[str, list[Years]] = {"old": [old], "new": [new], "far": [far]}
    for key, covers in spans.items():
        made = replace(document(1), key=key, titles={"en": f"Levels {key}"}, texts=[])
        stocked.put(replace(made, covers=covers))
    indexing.catch_up()
    offered = [link for link in links(text_of(client, "/search?q=levels")) if "more=period" in link]
    page = text_of(client, offered[0])
    assert 'name="covers_from"' in page
    assert re.findall(r"<span>([^<]*)</span> <b>1</b>", page.partition("Time covered")[2])[:3] == [
        "2020–2029", "2010–2019", "2000–2009",
    ]  # fmt: skip
    assert "800 BCE – 701 BCE" in page
    # As the form sends it: an empty field, and digits of a Thai keyboard.
    address = "/search?q=levels&covers_from=&covers_to=๒๔๖๐&more=period"
    narrowed = text_of(client, address)
    assert "Levels</mark> old" in narrowed.replace("<mark>old</mark>", "old")
    assert "new" not in re.findall(r"<h3>.*?</h3>", narrowed, re.DOTALL)[0]
    assert 'value="1917"' in narrowed
    assert '>Time covered: –1917 <span aria-hidden="true">×' in narrowed
    assert "/feeds/search.atom?q=levels&amp;covers_to=1917" in narrowed
    assert "/search.csv?q=levels&amp;covers_to=1917" in narrowed


def test_some_words_are_said_to_be_some(client: Client, stocked: MemorySource) -> None:
    assert "some of them" in text_of(client, "/search?q=survey+xyzzyplugh")


def test_withdrawn_records_are_not_shown_even_before_the_index_knows(
    client: Client, stocked: MemorySource
) -> None:
    stocked.hidden = set(stocked.things)
    page = text_of(client, "/search?q=survey")
    assert '<ol class="list">' not in page
    assert "Look through all records" in page


def test_finished_pages_may_be_kept_until_the_index_has_something_new(
    client: Client, stocked: MemorySource, settings: Any
) -> None:
    shelf = Shelf(settings.TONLE_INDEX)
    kept = pagecache.hint(client.get("/search?q=survey"))
    before = shelf.stamp()
    stocked.put(document(999))
    behind = shelf.stamp()
    indexing.catch_up()

    assert kept is not None
    assert before == behind
    assert shelf.stamp() != before


def test_a_page_that_the_clock_or_the_first_build_will_change_is_not_kept(
    client: Client, source: MemorySource
) -> None:
    assert pagecache.hint(client.get("/search?q=survey")) is None
    source.put(document(1))
    indexing.catch_up()

    assert pagecache.hint(client.get("/search?open=1")) is None


def test_a_node_is_ready_once_there_is_an_index(source: MemorySource) -> None:
    def problem() -> str:
        return next(found.problem for found in health.ready() if found.name == "index")

    assert problem()
    indexing.catch_up()
    assert not problem()


def test_what_is_open_now_is_one_press_away(client: Client, stocked: MemorySource) -> None:
    page = text_of(client, "/search?kind=dataset")
    (link,) = [link for link in links(page) if "open=1" in link]

    narrowed = text_of(client, link)

    assert "Open now" in narrowed
    # It can be taken off again, and is not offered twice.
    assert not [link for link in links(narrowed) if "open=1&open=1" in link]
    assert "/search?kind=dataset" in links(narrowed)


def test_signs_are_shown_as_understood_and_each_can_be_taken_off(
    client: Client, stocked: MemorySource
) -> None:
    page = text_of(client, "/search?q=survey+-rice+year:2001..2003&kind=dataset")

    assert "without “rice”" in page
    assert "Year: 2001–2003" in page
    assert "/search?q=survey+-rice&kind=dataset" in links(page)
    assert "/search?q=survey+year%3A2001..2003&kind=dataset" in links(page)


def test_while_somebody_types_words_and_titles_are_offered(
    client: Client, stocked: MemorySource
) -> None:
    answer = client.get("/search/suggest?q=study+of+wa")
    typed, offered = answer.json()
    assert (typed, offered[0]) == ("study of wa", "study of water")
    assert answer["Content-Type"].startswith("application/x-suggestions+json")
    assert len(answer.content) < 1_500
    assert any("ទឹក" in one for one in client.get("/search/suggest?q=ទឹ").json()[1])

    # What was hidden a moment ago is not completed, and a single letter is too little.
    stocked.hidden = set(stocked.things)
    assert client.get("/search/suggest?q=survey+wa").json() == ["survey wa", []]
    assert client.get("/search/suggest?q=w").json()[1] == []
    assert client.get("/search/suggest").json() == ["", []]
    assert b"/search/suggest?q={searchTerms}" in client.get("/search/opensearch.xml").content
