"""From the camera to the curators on a telephone: without script, with it, and without a link."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.accounts import account
from tests.browser.test_newcomers_walk import sign_in
from tests.node import Node
from tests.plugins.browser import NARROW, OpenPage
from tonle.deposit.checks.tests.samples import exif

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.deep


@pytest.fixture(scope="module")
def photograph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As a telephone writes it: two thousand pixels wide, with its place and its owner."""
    path = tmp_path_factory.mktemp("camera") / "IMG_1.jpg"
    out = io.BytesIO()
    picture = Image.effect_noise((2000, 1200), 40).convert("RGB")
    picture.save(out, "JPEG", exif=b"Exif\0\0" + exif(orientation=1))
    path.write_bytes(out.getvalue())
    return path


def signed_in(open_page: OpenPage, node: Node, name: str, *, javascript: bool) -> Page:
    page = open_page("/accounts/login/", javascript=javascript, width=NARROW)
    sign_in(page, account(node, name))
    page.goto(f"{node.url}/deposit/photograph")
    return page


def send(page: Page) -> None:
    """The last tap; a new account says once who made it."""
    expect(page.locator("h1")).to_have_text("Your photograph has arrived")
    assert page.locator("#title").input_value().startswith("Photograph, ")
    assert page.get_by_text("13.4125, 103.86667").count() == 2
    page.locator("#creator").fill("Sok Sokha")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("waiting for a curator").first).to_be_visible(timeout=60_000)


def test_four_taps_without_script(open_page: OpenPage, node: Node, photograph: Path) -> None:
    page = signed_in(open_page, node, "field-plain", javascript=False)
    page.set_input_files("#file", photograph)
    page.get_by_role("button", name="Go on").click()
    send(page)


def test_three_with_it(open_page: OpenPage, node: Node, photograph: Path) -> None:
    page = signed_in(open_page, node, "field-script", javascript=True)
    page.set_input_files("#file", photograph)
    page.wait_for_url("**/deposit/photograph/*")
    send(page)


def test_without_a_link_a_photograph_waits_on_the_telephone(
    open_page: OpenPage, node: Node, photograph: Path
) -> None:
    page = signed_in(open_page, node, "field-away", javascript=True)
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.reload()
    here = "/deposit/photograph"
    page.wait_for_function(
        "async (path) => !!(await caches.match(path, { ignoreVary: true }))", arg=here
    )
    page.context.set_offline(True)
    page.goto(node.url + here)
    page.set_input_files("#file", photograph)
    page.wait_for_url("**/offline?waits")

    page.context.set_offline(False)
    page.goto(f"{node.url}/deposit")

    told = page.locator(".notice a", has_text="Your photograph has arrived")
    told.click(timeout=60_000)
    send(page)
