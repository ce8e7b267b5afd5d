"""A proposal written by two people in two languages on weak links, as they meet it."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from config.options import BASE_DIR
from tests.browser.accessible import violations
from tests.browser.accounts import account
from tests.browser.pictures import is_blank
from tests.browser.test_newcomers_walk import sign_in
from tests.node import Node
from tests.plugins.browser import NARROW, WIDE, OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

AIM = "តើស្នប់ទឹកថាមពលព្រះអាទិត្យអាចកាត់បន្ថយថ្លៃដើមបានប៉ុន្មាន?"


@pytest.fixture(scope="module")
def call(node: Node) -> str:
    """A joint call that is open on the node, once its record is published."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.open_call"],
        check=True, capture_output=True, text=True, cwd=BASE_DIR, env=node.environment,
    )  # fmt: skip
    return done.stdout.strip().splitlines()[-1]


def look(page: Page, name: str) -> None:
    """Nothing is cut off, nobody is kept out, and it is no blank."""
    for width in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert violations(page) == [], name
    assert not is_blank(page.screenshot()), name


def enter(open_page: OpenPage, path: str, address: str) -> Page:
    page = open_page(path, javascript=True)
    sign_in(page, address)
    return page


def press(page: Page, words: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=words, exact=True).first.click()


def saved(page: Page) -> None:
    expect(page.locator("#saved")).to_have_text(re.compile("^Saved"))


def named(page: Page, name: str, country: str, payer: str, amount: str) -> None:
    """A partner with one sum."""
    page.get_by_role("link", name="Add a partner").click()
    page.locator("[name=name]").fill(name)
    page.locator("[name=country]").select_option(country)
    page.locator("[name=party]").select_option(payer)
    press(page, "Save")
    page.locator("[name=costs-0-year]").fill("2027")
    page.locator("[name=costs-0-amount]").fill(amount)
    press(page, "Save the costs")
    look(page, "partner")
    page.locator(".trail a").first.click()


def test_two_people_write_sign_and_submit(open_page: OpenPage, node: Node, call: str) -> None:
    lead, partner = (account(node, name) for name in ("lead-of-it", "partner-of-it"))
    one = open_page(f"/records/{call}", javascript=True)
    for _ in range(40):
        if one.get_by_role("link", name="Write a proposal").count():
            break
        one.wait_for_timeout(500)
        one.reload()
    one.get_by_role("link", name="Write a proposal").click()
    sign_in(one, lead)
    one.locator("#language").select_option("km")
    look(one, "apply")
    press(one, "Begin")
    look(one, "begun")
    home = one.url

    # Typed, and kept without a button; then without a link, and sent when it is back.
    one.get_by_role("link", name="Title, summary and theme").click()
    one.locator("#_title").fill("ស្នប់ទឹក")
    one.locator("#_summary").fill("សេចក្តីសង្ខេប")
    one.locator("#_theme").select_option("energy")
    saved(one)
    look(one, "written")
    press(one, "Save and go on")
    one.context.set_offline(True)
    one.locator("#aim").fill(AIM)
    expect(one.locator("#saved")).to_have_text(re.compile("^No link"))
    one.context.set_offline(False)
    saved(one)
    one.reload()
    assert one.locator("#aim").input_value() == AIM
    one.goto(home)
    named(one, "Institute of Battambang (invented)", "KHM", "kh", "90,000")
    named(one, "Institute of Kunming (invented)", "CHN", "cn", "600 000.50")

    one.get_by_role("link", name="Let others in, and say who does what").click()
    one.locator("#partner").select_option("p2")
    press(one, "Make a link")
    look(one, "people")
    link = one.locator(".notice .digest").inner_text()

    two = enter(open_page, link.removeprefix(node.url), partner)
    look(two, "join")
    press(two, "Join")
    two.goto(f"{home}/write/project?in=en")
    assert AIM in two.locator("#step").inner_text()
    two.locator("#aim").fill("By how much do solar pumps cut the cost of irrigation?")
    saved(two)

    # Both change one answer: who comes second is told, and joins the two.
    one.goto(f"{home}/write/project")
    two.goto(f"{home}/write/project")
    one.locator("#aim").fill(f"{AIM} ១")
    saved(one)
    two.locator("#aim").fill(f"{AIM} ២")
    expect(two.locator("#saved")).to_have_text(re.compile("Press Save"))
    press(two, "Save")
    assert f"{AIM} ១" in two.locator("main").inner_text()
    assert two.locator("#aim").input_value() == f"{AIM} ២"
    look(two, "clash")
    two.locator("#aim").fill(f"{AIM} ១ ២")
    saved(two)
    two.goto(f"{home}/write/project?in=en")
    assert "has changed since this translation" in two.locator("main").inner_text()
    two.get_by_label("The translation still holds").check()
    saved(two)

    for page in (one, two):
        page.goto(home)
        press(page, "Sign what it says now")
    one.reload()
    look(one, "signed")
    press(one, "Submit")
    look(one, "submitted")
    assert "counts" in one.locator("main").inner_text()
    one.get_by_role("link", name="Version 1").click()
    look(one, "version")
    assert "CNY\xa0600,000.50" in one.locator("main").inner_text()


def test_without_script_all_of_it_works(open_page: OpenPage, node: Node, call: str) -> None:
    address = account(node, "plain-lead")
    page = open_page(f"/funding/calls/{call}/apply", javascript=False)
    sign_in(page, address)
    page.locator("#language").select_option("en")
    press(page, "Begin")
    page.get_by_role("link", name="Title, summary and theme").click()
    page.locator("#_title").fill("Pumps")
    press(page, "Save and go on")
    page.locator("#aim").fill("To pump")
    press(page, "Save and go on")
    text = page.locator("main").inner_text()
    assert "Pumps" in text
    assert "1 of 1 answered" in text
