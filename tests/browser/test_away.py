"""Without a link: what was read is read again, what is written is kept, sent later, and told.

And whoever comes to the machine next reads nothing of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.accounts import account
from tests.browser.pages import records
from tests.browser.test_newcomers_walk import sign_in
from tests.node import Node
from tests.plugins.browser import NARROW, OpenPage

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam
    from playwright.sync_api import Locator, Page

STEPS = ("describe", "people", "rights", "links")
FIELDS = {
    "describe": "#descriptions-0-text",
    "people": "#creators-0-name",
    "links": "#publisher-name",
}


@pytest.fixture(scope="module")
def bopha(node: Node) -> str:
    return account(node, "bopha-away")


def at_home(open_page: OpenPage) -> Page:
    """A page whose device keeps what is read from now on."""
    page = open_page("/deposit", javascript=True, width=NARROW)
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    return page


def kept(page: Page, path: str) -> None:
    """Wait until the page is on the device: it is put there after it was shown."""
    page.wait_for_function(
        "async (path) => !!(await caches.match(path, { ignoreVary: true }))", arg=path
    )


def begun(page: Page, address: str) -> str:
    """Signed in, on the first step of a new deposit; its address without the step."""
    page.locator(".gifts a").first.click()
    sign_in(page, address)
    page.locator("#title").fill("Written far from any link")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/describe")
    return page.url.removesuffix("/describe")


def test_what_was_read_is_read_again_without_a_link(open_page: OpenPage, node: Node) -> None:
    page = at_home(open_page)
    read, unread = records(node)["dataset"][:2]
    page.goto(node.url + read)
    title = page.locator("h1").inner_text()
    kept(page, read)

    page.context.set_offline(True)
    page.goto(node.url + read)
    assert page.locator("h1").inner_text() == title
    assert "as it was when you last read it" in page.locator("main .notice").first.inner_text()
    # Its stylesheet is on the device as well.
    assert page.evaluate("getComputedStyle(document.body).display") == "flex"

    page.goto(node.url + unread)
    assert page.locator("h1").inner_text() == "Without a link"
    expect(page.locator("#kept a").first).to_be_visible()
    assert read in [a.get_attribute("href") for a in page.locator("#kept a").all()]


def written_in(page: Page, step: str) -> tuple[Locator, str]:
    """The field of a step that is written in far from any link, and what is written there."""
    if step == "rights":
        return page.locator("[name=licence][value='CC-BY-4.0']"), ""
    return page.locator(FIELDS[step]), f"Without a link, {step}"


def write(page: Page, step: str) -> None:
    field, text = written_in(page, step)
    if text:
        field.fill(text)
    else:
        field.check()


def expect_written(page: Page, step: str) -> None:
    field, text = written_in(page, step)
    if text:
        expect(field).to_have_value(text)
    else:
        expect(field).to_be_checked()


def test_a_draft_survives_losing_the_link_at_every_step(
    open_page: OpenPage, node: Node, bopha: str, tmp_path: Path
) -> None:
    page = at_home(open_page)
    draft = begun(page, bopha)
    for step in STEPS:
        page.goto(f"{draft}/{step}")
        kept(page, f"{draft}/{step}".removeprefix(node.url))
        page.context.set_offline(True)
        write(page, step)
        page.get_by_role("button", name="Save", exact=True).last.click()
        expect(page.locator("#saved")).to_contain_text("No link")
        # The telephone goes off; the page is opened again where there is still no link.
        page.goto(f"{draft}/{step}")
        expect_written(page, step)
        # On another page, the link comes back: what waits is sent from there, and told.
        page.goto(f"{node.url}/deposit")
        page.context.set_offline(False)
        expect(page.locator("main .notice", has_text="is saved now")).to_be_visible(timeout=20_000)
        page.goto(f"{draft}/{step}")
        expect_written(page, step)

    page.goto(f"{draft}/files")
    page.context.set_offline(True)
    (tmp_path / "far.csv").write_bytes(b"a,b\n" * 1000)
    page.set_input_files("#file", tmp_path / "far.csv")
    page.wait_for_timeout(500)
    page.context.set_offline(False)
    expect(page.locator("#files .file")).to_have_count(1, timeout=20_000)

    page.goto(f"{draft}/check")
    page.context.set_offline(True)
    page.locator("main form.step").get_by_role("button", name="Hand in").click()
    assert page.locator("h1").inner_text() == "Without a link"
    expect(page.locator("main .notice").first).to_contain_text("kept on this device")
    page.context.set_offline(False)
    # Handed in, or told what is missing before: either way by the node's own words.
    expect(page.locator("main .notice", has_text="What you sent without")).to_have_count(
        1, timeout=20_000
    )


def test_a_question_sent_without_a_link_arrives(open_page: OpenPage, node: Node) -> None:
    page = at_home(open_page)
    page.goto(f"{node.url}/help/ask")
    page.context.set_offline(True)
    page.locator("[name=text]").fill("Where are the water levels of last year?")
    page.locator("[name=address]").fill("boat@example.org")
    page.get_by_role("button", name="Send the question").click()
    assert page.locator("h1").inner_text() == "Without a link"
    page.context.set_offline(False)
    expect(page.locator("main .notice", has_text="has arrived")).to_be_visible(timeout=20_000)


def test_what_waits_outlasts_a_login_that_expired(
    open_page: OpenPage, node: Node, bopha: str
) -> None:
    dara = account(node, "dara-away")
    page = at_home(open_page)
    page.goto(f"{node.url}/me/searches/new?q=rice")
    sign_in(page, bopha)
    page.locator("[name=name]").fill("From the boat")
    # A key makes a form one that may wait; this page is behind the login, as many with a key.
    page.locator("main form [name=name]").evaluate(
        """(field) => field.after(Object.assign(document.createElement("input"),
            { type: "hidden", name: "key", value: "from-the-boat" }))"""
    )
    page.wait_for_function("async () => !!(await caches.match('/who'))")
    page.context.set_offline(True)
    page.locator("main form button").first.click()
    expect(page.locator("main .notice").first).to_contain_text("kept on this device")

    page.context.clear_cookies(name="sessionid")
    page.context.set_offline(False)
    waits = page.locator("main .notice", has_text="Sign in with the account that wrote it")
    expect(waits).to_be_visible(timeout=20_000)
    # Somebody else's login is not the one that wrote it.
    page.goto(f"{node.url}/accounts/login/")
    sign_in(page, dara)
    expect(waits).to_be_visible(timeout=20_000)
    page.context.clear_cookies(name="sessionid")

    page.goto(f"{node.url}/accounts/login/")
    sign_in(page, bopha)
    expect(page.locator("main .notice", has_text="has arrived")).to_be_visible(timeout=20_000)
    page.goto(f"{node.url}/me/searches")
    expect(page.locator("main")).to_contain_text("From the boat")


def test_whoever_comes_next_reads_nothing_of_it(
    open_page: OpenPage, node: Node, bopha: str
) -> None:
    page = at_home(open_page)
    draft = begun(page, bopha)
    page.goto(f"{draft}/people")
    kept(page, f"{draft}/people".removeprefix(node.url))
    page.goto(f"{node.url}/me")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{node.url}/")

    page.context.set_offline(True)
    page.goto(f"{draft}/people")
    assert page.locator("h1").inner_text() == "Without a link"
    assert "Written far" not in page.locator("main").inner_text()
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('tonle:'))") == []


def test_nor_does_who_signs_in_without_a_form(open_page: OpenPage, node: Node, bopha: str) -> None:
    # As after a provider's answer or a link in a letter: no form goes to this node.
    other = open_page("/accounts/login/", javascript=True)
    sign_in(other, account(node, "lin-away"))
    other.goto(f"{node.url}/me")
    [of_lin] = [one for one in other.context.cookies() if one.get("name") == "sessionid"]
    page = at_home(open_page)
    draft = begun(page, bopha)
    page.goto(f"{draft}/people")
    kept(page, f"{draft}/people".removeprefix(node.url))

    page.context.clear_cookies(name="sessionid")
    theirs: SetCookieParam = {"name": "sessionid", "value": of_lin["value"], "url": node.url}
    page.context.add_cookies([theirs])
    page.goto(f"{node.url}/deposit")
    page.wait_for_function(
        "async (path) => !(await caches.match(path, { ignoreVary: true }))",
        arg=f"{draft}/people".removeprefix(node.url),
    )
    page.context.set_offline(True)
    page.goto(f"{draft}/people")
    assert page.locator("h1").inner_text() == "Without a link"


def test_a_page_that_says_nothing_is_never_kept(
    open_page: OpenPage, node: Node, bopha: str
) -> None:
    page = at_home(open_page)
    begun(page, bopha)
    page.goto(f"{node.url}/me")
    assert page.locator("h1").inner_text() == "Your account"
    page.context.set_offline(True)
    page.goto(f"{node.url}/me")
    assert page.locator("h1").inner_text() == "Without a link"
