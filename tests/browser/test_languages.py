"""A word in each of the region's languages finds something, on the page and in the API."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

import pytest

from tests.browser.pictures import is_blank
from tests.node import Node
from tests.plugins.browser import NARROW, WIDE, OpenPage
from tests.starter import read

WORDS = ("rice", "ទឹក", "ข้าว", "ນ້ຳ", "nước", "水", "ရေ")
FIELDS = {"id", "kind", "pid", "title", "html_url", "files_url", "updated_at"}

# Landing pages that were opened already, by language: words share many results.
_opened: set[tuple[str, str]] = set()


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_searched_found_marked_and_opened(
    open_page: OpenPage, node: Node, language: str, word: str
) -> None:
    page = open_page("/", language=language)
    page.get_by_role("searchbox").fill(word)
    page.get_by_role("searchbox").press("Enter")

    links = page.locator("ol.list h3 a")
    assert links.count() >= 1
    marks = page.locator("ol.list mark").all_inner_texts()
    assert any(word.casefold() in mark.casefold() for mark in marks)
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert not is_blank(page.screenshot())

    found = read(node, f"/api/v1/records?q={quote(word)}", language)["items"]
    assert found[0].keys() >= FIELDS
    assert links.first.get_attribute("href") == f"/records/{found[0]['id']}"
    assert links.first.inner_text() == found[0]["title"]

    for link in links.all():
        address, title = link.get_attribute("href") or "", link.inner_text()
        if (language, address) in _opened:
            continue
        _opened.add((language, address))
        answer = page.request.get(node.url + address, headers={"Accept-Language": language})
        assert answer.status == 200
        heading = re.search(r'<h1><span lang="([^"]+)" dir="auto">(.*?)</span>', answer.text())
        assert heading, f"{address} has no title in a language"
        assert unescape(heading[2]) == title
        assert f'<html lang="{language}">' in answer.text()
        document = page.request.get(f"{node.url}{address}?format=json").json()
        assert f"/records/{document['id']}" == address

    links.first.click()
    assert page.locator("h1").inner_text().startswith(found[0]["title"])
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert not is_blank(page.screenshot())
