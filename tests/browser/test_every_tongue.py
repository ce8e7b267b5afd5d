"""In each language: search, narrow, read, cite, deposit; on a telephone and on a wide screen.

Told without the words of any language: by what fields and links are called in the page.
In the usual run each language is walked one way, with scripts or without, as far as the
citation; with --deep both ways, and to a deposit that is handed in.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.browser.accounts import account
from tests.browser.pictures import is_blank
from tests.browser.test_newcomers_walk import press, sign_in, until
from tests.node import Node
from tests.plugins.browser import NARROW, WIDE, OpenPage
from tests.starter import Result, found_by_api, found_by_page, title_on_page
from tonle.web.languages import tag

if TYPE_CHECKING:
    from playwright.sync_api import Page

# What is asked for in each language, and the title of what is deposited in it.
WORDS = {
    "en": ("rice", "Depth of the flood in five villages"),
    "km": ("ទឹក", "ជម្រៅទឹកជំនន់នៅភូមិប្រាំ"),
    "th": ("ข้าว", "ความลึกของน้ำท่วมในห้าหมู่บ้าน"),
    "lo": ("ນ້ຳ", "ຄວາມເລິກຂອງນ້ຳຖ້ວມໃນຫ້າບ້ານ"),
    "vi": ("nước", "Độ sâu ngập lụt ở năm làng"),
    "my": ("ရေ", "ရွာငါးရွာ၏ ရေကြီးမှုအနက်"),
    "zh-Hans": ("水", "五个村庄的洪水深度"),
}
SPOKEN = [tag(code) for code, _name in settings.LANGUAGES]
FIELDS = {"id", "kind", "pid", "title", "html_url", "files_url", "updated_at"}


def both_ways() -> list[object]:
    """Every language with scripts and without: one of them in the usual run, the other deep."""
    return [
        pytest.param(
            language,
            javascript,
            id=f"{language}-{'script' if javascript else 'plain'}",
            marks=[pytest.mark.deep] if (at % 2 == 0) is javascript else [],
        )
        for at, language in enumerate(SPOKEN)
        for javascript in (False, True)
    ]


# The elements that reach beyond the right edge, the innermost last.
STICKING_OUT = """[...document.querySelectorAll("body *")]
    .filter(one => one.getBoundingClientRect().right > innerWidth)
    .map(one => one.outerHTML.slice(0, 90)).slice(-5)"""


def look(page: Page, language: str) -> None:
    """Nothing is wider than the screen, no word is cut off, and the page is no blank."""
    assert page.locator("html").get_attribute("lang") == language
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 800})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{page.url} is {wide} wide: {page.evaluate(STICKING_OUT)}"
        assert page.evaluate(CUT) == [], (page.url, width)
    assert not is_blank(page.screenshot()), page.url


# Words that a box hides, or that stand out of what they are pressed by.
CUT = """() => [...document.querySelectorAll("a, button, summary, label, h1, h2, h3, dt, th")]
  .filter((one) => one.checkVisibility() && !one.closest(".visually-hidden, .skip, .scroll, svg")
    && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline")
  .map((one) => one.outerHTML.slice(0, 90))"""


def number_of_results(page: Page) -> int:
    return int(re.sub(r"\D", "", page.locator("#results").inner_text()))


@pytest.mark.parametrize(("tongue", "javascript"), both_ways())
def test_a_reader_finds_narrows_reads_and_cites(
    open_page: OpenPage, node: Node, tongue: str, javascript: bool
) -> None:
    word = WORDS[tongue][0]
    page = open_page("/", language=tongue, javascript=javascript)
    look(page, tongue)
    page.locator("#q").fill(word)
    page.locator("#q").press("Enter")
    page.wait_for_url("**/search?**")

    # Found: what the interface for programs finds, and the word is marked.
    links = page.locator("section[aria-labelledby=results] > ol.list h3 a")
    shown = [Result(one.get_attribute("href") or "", one.inner_text()) for one in links.all()]
    found = found_by_api(node.url, word, tongue)
    assert shown == found.own[: len(shown)]
    assert shown
    marks = page.locator("ol.list mark").all_inner_texts()
    assert any(word.casefold() in mark.casefold() for mark in marks)
    look(page, tongue)
    for result in shown[:5]:
        assert title_on_page(node.url, result, tongue) == result.title

    # Narrowed: as many as the facet said, and the filter can be taken away.
    everything = number_of_results(page)
    facet = page.locator("#narrow .counts a").first
    wanted = int(re.sub(r"\D", "", facet.locator("b").inner_text()))
    facet.click()
    page.wait_for_url("**/search?**&**")
    assert number_of_results(page) == wanted <= everything
    assert page.locator(".tags .tag").count() == 1
    look(page, tongue)

    # Read, and cited: the title is in the citation, which a program can take along.
    page.locator("ol.list h3 a").first.click()
    page.wait_for_url("**/records/**")
    title = page.locator("h1 span[lang]").first.inner_text()
    look(page, tongue)
    page.locator(".actions a[href='#cite']").click()
    assert page.url.endswith("#cite")
    cite = page.locator("section[aria-labelledby=cite]")
    expect(cite).to_be_in_viewport()
    cited = cite.locator(".cite").first
    # A work is cited by its own title, which may be in another of its languages.
    own = page.request.get(page.url.split("#")[0] + "?format=json").json()["titles"].values()
    assert any(one in cited.inner_text() for one in [title, *own])
    if javascript:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=node.url)
        text = cited.evaluate("(one) => one.firstChild.textContent")
        cited.locator(".copy").click()
        assert page.evaluate("navigator.clipboard.readText()").strip() == text.strip()
    taken = page.request.get(
        node.url + (cite.locator("p.aside a").first.get_attribute("href") or "")
    )
    assert taken.ok
    assert taken.body()


@pytest.mark.deep
@pytest.mark.parametrize("tongue", SPOKEN)
def test_page_and_interface_find_the_same_and_every_result_opens(node: Node, tongue: str) -> None:
    for word, _title in WORDS.values():
        found = found_by_page(node.url, word, tongue)
        assert found == found_by_api(node.url, word, tongue)
        assert found.own
        for result in {*found.own, *found.across}:
            assert title_on_page(node.url, result, tongue) == result.title


@pytest.mark.deep
@pytest.mark.parametrize("javascript", [False, True])
@pytest.mark.parametrize("tongue", SPOKEN)
def test_a_depositor_gives(
    open_page: OpenPage, node: Node, tongue: str, javascript: bool, tmp_path: Path
) -> None:
    title = WORDS[tongue][1]
    way = f"{tongue}-{'script' if javascript else 'plain'}".lower()
    page = open_page("/deposit", language=tongue, javascript=javascript, width=NARROW)
    look(page, tongue)
    page.locator(".gifts a").first.click()
    sign_in(page, account(node, f"gives-{way}"))
    page.locator("#title").fill(title)
    look(page, tongue)
    page.locator("main form.step").first.locator(".acts button").click()
    page.wait_for_url("**/describe")
    page.locator("#descriptions-0-text").fill(title)
    look(page, tongue)
    press(page, "next", "go")
    page.locator("#creators-0-name").fill(title.split()[0])
    look(page, tongue)
    press(page, "next", "go")
    (tmp_path / "depth.csv").write_bytes(b"village,metres\n1,2.5\n")
    page.set_input_files("#file", [tmp_path / "depth.csv"])
    if not javascript:
        page.locator("#upload > button").click()
    expect(page.locator("#files .file")).to_have_count(1)
    look(page, tongue)
    press(page, "next", "go")
    page.locator("[name=licence][value='CC-BY-4.0']").check()
    look(page, tongue)
    press(page, "next", "go")
    look(page, tongue)
    press(page, "next", "go")
    look(page, tongue)
    # Until the file is read for personal data, handing in says so.
    until(
        page,
        lambda: not page.url.endswith("/check"),
        lambda: press(page, "hand_in"),
        "handed in",
    )
    assert title in page.locator("main").inner_text()
    look(page, tongue)
