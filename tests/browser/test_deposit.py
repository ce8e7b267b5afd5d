"""Sokha deposits from a telephone: without script, with it, without a link, signed out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.accounts import PASSWORD, account
from tests.node import Node
from tests.plugins.browser import NARROW, OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Page


# Cookies of who has signed in already, by address: most tests are about what comes after.
_signed_in: dict[str, Any] = {}


@pytest.fixture(scope="module")
def sokha(node: Node) -> str:
    """An account on the node, and its address."""
    return account(node, "sokha")


def sign_in(page: Page, mail: str) -> None:
    page.locator("[name=login]").fill(mail)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form").get_by_role("button", name="Sign in").first.click()


def begun(open_page: OpenPage, mail: str, *, javascript: bool, width: int = NARROW) -> Page:
    """A page on the first step of a new deposit."""
    cookies = _signed_in.get(mail)
    page = open_page("/deposit", javascript=javascript, width=width, cookies=cookies)
    page.locator(".gifts a").first.click()
    if cookies is None:
        sign_in(page, mail)
        page.wait_for_selector("#title")
        _signed_in[mail] = page.context.storage_state()
    page.locator("#title").fill("Rice of Takeo")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/describe")
    return page


def draft_of(page: Page) -> str:
    return urlsplit(page.url).path.split("/")[2]


def test_a_deposit_is_made_without_a_line_of_script(
    open_page: OpenPage, sokha: str, tmp_path: Path
) -> None:
    page = begun(open_page, sokha, javascript=False)
    page.locator("#descriptions-0-text").fill("Weighed at harvest.")
    page.locator("summary", has_text="Where").click()
    box = page.locator("input.map")
    box.click(position={"x": 200, "y": 300})
    assert "opposite corner" in page.locator("#map-hint").inner_text()
    page.locator("input.map").click(position={"x": 232, "y": 268})
    assert page.locator("[name=geo_locations-0-west]").input_value() == "104.5"
    page.get_by_role("button", name="Save and go on").click()

    page.locator("#creators-0-name").fill("សុខា")
    page.get_by_role("button", name="Add a creator").click()
    page.locator("#creators-1-name").fill("Bopha")
    page.locator("#creators-1 .tools button", has_text="Up").last.click()
    assert page.locator("#creators-0-name").input_value() == "Bopha"
    page.get_by_role("button", name="Save and go on").click()

    files = []
    for name in ("yields.csv", "អានខ្ញុំ.txt", "map.tif"):
        (tmp_path / name).write_bytes(name.encode() * 1000)
        files.append(tmp_path / name)
    page.set_input_files("#file", files)
    page.get_by_role("button", name="Add", exact=True).click()
    assert "3 files were added." in page.locator("main").inner_text()
    page.get_by_role("button", name="Go on").click()

    page.locator("[name=licence][value='CC-BY-4.0']").check()
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Save and go on").click()
    assert page.locator("h1").inner_text() == "Is it ready?"
    assert "Bopha; សុខា" in page.locator(".preview").inner_text()

    hand_in = page.locator("main form.step").get_by_role("button", name="Hand in")
    hand_in.click()
    # Until the files are read for personal data, handing in says so.
    for _attempt in range(60):
        if not page.url.endswith("/check"):
            break
        page.wait_for_timeout(500)
        page.locator("main form.step").get_by_role("button", name="Hand in").click()
    assert "waiting for a curator" in page.locator("main").inner_text()


def test_what_is_typed_is_saved_by_itself(open_page: OpenPage, sokha: str) -> None:
    page = begun(open_page, sokha, javascript=True)
    page.locator("#descriptions-0-text").fill("ទម្ងន់ស្រូវពេលប្រមូលផល")
    expect(page.locator("#saved")).to_contain_text("Saved")

    page.reload()
    assert page.locator("#descriptions-0-text").input_value() == "ទម្ងន់ស្រូវពេលប្រមូលផល"


def test_rows_are_added_in_place(open_page: OpenPage, sokha: str) -> None:
    page = begun(open_page, sokha, javascript=True)
    before = page.url
    page.locator("#titles-0-text").fill("Rice of Takeo, 2019")
    page.get_by_role("button", name="Add it in another language").click()
    page.locator("#titles-1-text").fill("ស្រូវតាកែវ")
    page.locator("#titles-1-lang").select_option("km")

    assert page.url == before
    assert page.locator("#titles-0-text").input_value() == "Rice of Takeo, 2019"
    assert page.locator("#titles-1-text").get_attribute("lang") == "km"
    expect(page.locator("#saved")).to_contain_text("Saved")


def test_without_a_link_it_waits_on_the_device(open_page: OpenPage, sokha: str) -> None:
    page = begun(open_page, sokha, javascript=True)
    page.context.set_offline(True)
    page.locator("#titles-0-text").fill("Written on the boat")
    expect(page.locator("#saved")).to_contain_text("No link")
    page.context.set_offline(False)
    expect(page.locator("#saved")).to_contain_text("Saved")

    page.reload()
    assert page.locator("#titles-0-text").input_value() == "Written on the boat"


def test_what_was_typed_after_the_login_expired_is_there_again(
    open_page: OpenPage, sokha: str
) -> None:
    page = begun(open_page, sokha, javascript=True)
    page.get_by_role("button", name="Add it in another language").click()
    expect(page.locator("#titles-1-text")).to_be_visible()
    page.context.clear_cookies(name="sessionid")
    page.locator("#titles-0-text").fill("After the login expired")
    page.locator("#titles-1-text").fill("ស្រូវ")
    page.locator("#titles-1-lang").select_option("km")
    expect(page.locator("#saved")).to_contain_text("Signed out")

    page.reload()
    sign_in(page, sokha)
    page.wait_for_url("**/describe")
    expect(page.locator("#titles-1-text")).to_have_value("ស្រូវ")
    assert page.locator("#titles-0-text").input_value() == "After the login expired"


def test_a_plain_form_outlives_its_login(open_page: OpenPage, sokha: str, node: Node) -> None:
    page = begun(open_page, sokha, javascript=False)
    draft = draft_of(page)
    page.context.clear_cookies(name="sessionid")
    page.locator("#titles-0-text").fill("Typed without a login")
    page.get_by_role("button", name="Save and go on").click()
    assert "nothing is lost" in page.locator("h1").inner_text()

    with page.context.expect_page() as opened:
        page.locator("main").get_by_role("link", name="Sign in").click()
    sign_in(opened.value, sokha)
    assert opened.value.locator("h1").inner_text() == "You are signed in"
    page.get_by_role("button", name="Save what I wrote").click()
    page.goto(f"{node.url}/deposit/{draft}/describe")
    assert page.locator("#titles-0-text").input_value() == "Typed without a login"


def test_files_are_sent_one_by_one_and_tried_again(
    open_page: OpenPage, sokha: str, tmp_path: Path
) -> None:
    page = begun(open_page, sokha, javascript=True)
    page.goto(page.url.replace("describe", "files"))
    broken: list[str] = []

    def break_once(route: object) -> None:
        url = route.request.url  # type: ignore[attr-defined]  # Playwright's route.
        if url not in broken:
            broken.append(url)
            route.abort("connectionreset")  # type: ignore[attr-defined]  # As above.
        else:
            route.continue_()  # type: ignore[attr-defined]  # As above.

    page.route("**/upload/**", break_once)
    for name in ("one.csv", "ពីរ.csv"):
        (tmp_path / name).write_bytes(b"a,b\n" * 50_000)
    page.set_input_files("#file", [tmp_path / "one.csv", tmp_path / "ពីរ.csv"])
    expect(page.locator("#files .file")).to_have_count(2, timeout=20_000)

    assert len(broken) == 2
    assert {"one.csv", "ពីរ.csv"} == set(page.locator("#files .name").all_inner_texts())


@pytest.mark.parametrize("javascript", [False, True])
def test_the_pages_are_narrow_and_complain_of_nothing(
    open_page: OpenPage, sokha: str, javascript: bool
) -> None:
    page = begun(open_page, sokha, javascript=javascript)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    start = page.url
    for step in ("describe", "people", "files", "rights", "links", "check"):
        page.goto(start.replace("describe", step))
        # Everything that can be opened is open.
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW, step
    assert complaints == []
