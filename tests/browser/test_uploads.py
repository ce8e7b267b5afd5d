"""A large file from a browser: pieces that are lost, a page that is closed, a login that ends."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Route, expect

from tests.browser.accounts import account
from tests.browser.test_deposit import begun, sign_in
from tests.node import Node
from tests.noise import MIB
from tests.plugins.browser import NARROW, OpenPage
from tests.test_uploads_go_on import Sokha
from tonle.client.tests.cutting import BadLink

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

pytestmark = pytest.mark.deep
SIZE = int(os.environ.get("TONLE_TEST_UPLOAD_MB", "24")) * MIB


@pytest.fixture(scope="module")
def vanna(node: Node) -> str:
    """An account on the node, and its address."""
    return account(node, "vanna")


@pytest.fixture
def sokha(browser: Browser, tmp_path: Path) -> Iterator[Sokha]:
    """A depositor on a node that may be killed. The browser is asked for first."""
    node = Node(tmp_path / "var", TONLE_BODY_IDLE="3", TONLE_API_LIMIT="0")
    node.tonle("init", "--quiet")
    account(node, "sokha")
    node.start()
    yield Sokha(node, tmp_path, SIZE)
    node.stop()


def once(ready: Callable[[], bool], what: str) -> None:
    for _attempt in range(6_000):
        if ready():
            return
        time.sleep(0.1)
    raise AssertionError(what)


def test_five_cuts_and_the_file_is_whole(browser: Browser, sokha: Sokha) -> None:
    """`TONLE_TEST_UPLOAD_MB=1024 … --deep tests/browser/test_uploads.py -k five` sends a GB."""
    node, announced = sokha.node, list[str]()

    def saw(request: Request) -> None:
        if request.method == "POST":
            announced.append(request.url)

    def opened(link: BadLink) -> Page:
        """A browser that was just opened, at the deposit's files."""
        context = browser.new_context(viewport={"width": NARROW, "height": 800}, locale="en")
        page = context.new_page()
        page.on("request", saw)
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{link.url}/deposit/{sokha.draft}/files")
        sign_in(page, "sokha@example.org")
        page.wait_for_url("**/files")
        return page

    def came(part: float) -> None:
        """Wait until so much of the file is on the node."""
        once(lambda: sokha.there() >= part * SIZE, f"{part:.0%} of the file is there")

    # So slow that there is time for everything that follows.
    with BadLink(node.port, sent=[400_000], pace=SIZE // 12) as link:
        page = opened(link)
        page.set_input_files("#file", sokha.file)
        came(0.05)
        # 1: the connection is cut in the middle of a piece.
        assert link.cuts == 1
        # 2: the telephone has no link at all for a while.
        page.context.set_offline(True)
        expect(page.locator("#queue").get_by_text("It goes on by itself")).to_be_visible(
            timeout=60_000
        )
        had = sokha.there()
        page.context.set_offline(False)
        came(had / SIZE + 0.1)
        # 3: the server is killed in the middle, and comes back.
        node.kill()
        node.start()
        came(0.4)
        # 4: the browser is closed; another one is opened, and the same file chosen again.
        page.context.close()
        page = opened(link)
        expect(page.locator("#arriving")).to_contain_text("survey.bin")
        had = int(page.locator("#arriving progress").get_attribute("value") or 0)
        assert had >= 40
        page.set_input_files("#file", sokha.file)
        came(0.6)
        # 5: the login ends, as when it expires. The bytes go on, and wait to be taken.
        with sqlite3.connect(node.data / "node.sqlite3", timeout=30) as database:
            assert database.execute("DELETE FROM django_session").rowcount > 0
        out = page.locator("#queue").get_by_text("Signed out. Sign in in another tab")
        expect(out).to_be_visible(timeout=600_000)
        other = page.context.new_page()
        other.goto(f"{link.url}/deposit/{sokha.draft}/files")
        sign_in(other, "sokha@example.org")
        other.wait_for_url("**/files")
        expect(other.locator("#arriving")).to_contain_text("survey.bin")
        page.get_by_role("button", name="Try again").click()
        expect(page.locator("#files .file")).to_have_count(1, timeout=60_000)

    assert sokha.digests() == [sokha.sha256]
    assert sokha.call("GET", f"/{sokha.draft}/uploads") == []
    assert len([url for url in announced if "/uploads/" in url]) == 1
    page.context.close()


def test_a_file_goes_on_after_all_that_happens(
    open_page: OpenPage, vanna: str, tmp_path: Path
) -> None:
    page = begun(open_page, vanna, javascript=True)
    files = page.url.replace("describe", "files")
    page.goto(files)
    survey = tmp_path / "survey.bin"
    survey.write_bytes(random.Random(6).randbytes(6 << 20))
    announced: list[str] = []
    pieces: list[int] = []

    def bad_link(route: Route) -> None:
        request = route.request
        if request.method == "POST":
            announced.append(request.url)
        if request.method == "PATCH":
            pieces.append(int(request.headers["upload-offset"]))
            # Every third piece is lost; after the fifth nothing goes on until the page is left.
            if len(pieces) % 3 == 2 or 5 < len(pieces) < 9:
                route.abort("connectionreset")
                return
        route.continue_()

    page.context.route("**/uploads/**", bad_link)
    page.set_input_files("#file", survey)
    expect(page.locator("#queue").get_by_text("It goes on by itself")).to_be_visible(timeout=60_000)
    page.wait_for_timeout(5_000)
    page.on("dialog", lambda dialog: dialog.accept())
    page.close()

    # Days later, on the same machine: the login has ended, the same file is chosen again.
    pieces[:] = [0] * 9
    page = page.context.new_page()
    page.context.clear_cookies()
    page.goto(files)
    sign_in(page, vanna)
    page.goto(files)
    expect(page.locator("#arriving")).to_contain_text("survey.bin")
    had = int(page.locator("#arriving progress").get_attribute("value") or 0)
    assert had > 0
    page.set_input_files("#file", survey)
    expect(page.locator("#files .file")).to_have_count(1, timeout=60_000)

    assert page.locator("#files .name").inner_text() == "survey.bin"
    assert len(announced) == 1
    assert min(pieces[9:]) > 0
    expect(page.locator("#arriving")).not_to_contain_text("survey.bin")


def test_a_folder_is_chosen_whole(open_page: OpenPage, vanna: str, tmp_path: Path) -> None:
    page = begun(open_page, vanna, javascript=True)
    page.goto(page.url.replace("describe", "files"))
    folder = tmp_path / "photographs"
    (folder / "2024").mkdir(parents=True)
    (folder / "2024" / "one.txt").write_bytes(b"one")
    (folder / "two.bin").write_bytes(b"2" * 600_000)
    (folder / ".hidden").write_bytes(b"stays")

    page.set_input_files("#folder", folder)
    expect(page.locator("#files .file")).to_have_count(2, timeout=30_000)
    assert set(page.locator("#files .name").all_inner_texts()) == {
        "photographs/2024/one.txt",
        "photographs/two.bin",
    }
