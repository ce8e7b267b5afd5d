"""What people come to do, from the first link to the last click, without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.node import Node
from tests.plugins.browser import OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PASSWORD = "ទន្លេសាបហូរពីរទិស"
WATER = f"/search?q={quote('ရေ')}"


def number_of_results(page: Page) -> int:
    return int(re.sub(r"\D", "", page.locator("#results").inner_text()))


def titles(page: Page) -> list[str]:
    # Not those in other languages, which stand below, on the first page alone.
    return page.locator("[aria-labelledby=results] > ol.list h3 a").all_inner_texts()


def active(page: Page) -> str:
    """What has the keyboard: the element's id, else its words."""
    return str(page.evaluate("document.activeElement.id || document.activeElement.innerText"))


@pytest.fixture
def new_node(tmp_path: Path) -> Iterator[Node]:
    """A node of its own, in which nobody is the steward yet."""
    made = Node(tmp_path / "var")
    made.tonle("init")
    made.start("up")
    yield made
    made.stop()


def test_the_first_steward_signs_in_by_the_printed_link(browser: Browser, new_node: Node) -> None:
    link = re.search(rf"{new_node.url}/welcome/\S+", new_node.output.read_text(encoding="utf-8"))
    assert link, "The node printed no sign-in link."
    page = browser.new_page(locale="en", java_script_enabled=False)
    page.goto(link[0])
    page.locator("[name=email]").fill("chan@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=again]").fill("something else")
    page.get_by_role("button", name="Become the steward").click()
    assert page.locator(".field--error").count() >= 1

    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=again]").fill(PASSWORD)
    page.get_by_role("button", name="Become the steward").click()
    assert "You are now the steward of this node." in page.locator("main").inner_text()
    assert "Steward" in page.locator("main").inner_text()

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in").first.click()
    page.locator("[name=login]").fill("chan@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form").get_by_role("button", name="Sign in").click()
    assert page.locator("h1").inner_text() == "Your account"

    # The link was for one use.
    again = page.goto(link[0])
    assert again
    assert again.status == 410
    page.close()


def test_the_chosen_language_is_remembered(open_page: OpenPage, node: Node) -> None:
    page = open_page("/search?q=rice")
    page.get_by_role("button", name="ខ្មែរ").click()
    assert page.url == f"{node.url}/search?q=rice"
    assert page.locator("html").get_attribute("lang") == "km"

    page.goto(node.url)
    assert page.locator("html").get_attribute("lang") == "km"
    page.get_by_role("button", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"


def test_results_are_narrowed_and_widened_again(open_page: OpenPage) -> None:
    page = open_page(WATER)
    all_results, first = number_of_results(page), titles(page)
    facet = page.locator("#narrow a", has_text="Facilities")
    wanted = int(facet.locator("b").inner_text())
    facet.click()
    assert number_of_results(page) == wanted < all_results
    assert set(page.locator("ol.list .kind").all_inner_texts()) == {"Facility"}

    page.go_back()
    assert titles(page) == first
    page.go_forward()
    page.locator(".tag").first.click()
    assert number_of_results(page) == all_results


def test_the_next_page_goes_on_where_the_first_ended(open_page: OpenPage) -> None:
    page = open_page(WATER)
    first = titles(page)
    page.get_by_role("link", name="Next", exact=True).click()
    second = titles(page)
    assert second
    assert not set(first) & set(second)
    page.get_by_role("link", name="Previous", exact=True).click()
    assert titles(page) == first


def test_a_wrong_address_is_answered_with_help(
    open_page: OpenPage, node: Node, language: str
) -> None:
    page = open_page("/", language=language)
    answer = page.goto(f"{node.url}/records/nothing-of-this-name")
    assert answer
    assert answer.status == 404
    assert page.locator("main h1").is_visible()
    assert page.locator("main a[href='/']").is_visible()
    page.get_by_role("searchbox").fill("rice")
    page.get_by_role("searchbox").press("Enter")
    assert titles(page)


def test_a_record_is_found_and_opened_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page("/")
    page.keyboard.press("Tab")
    assert active(page) == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert active(page) == "q"
    page.keyboard.type("rice")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=rice")

    first = titles(page)[0]
    for _press in range(20):
        page.keyboard.press("Tab")
        if active(page) == first:
            break
    # What has the keyboard is seen to have it.
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/records/*")
    assert page.locator("h1").inner_text().startswith(first)
