"""A large file from a browser: pieces that are lost, a page that is closed, a login that ends."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from config.options import BASE_DIR
from tests.browser.accounts import PASSWORD
from tests.browser.test_deposit import begun, sign_in
from tests.node import Node
from tests.plugins.browser import OpenPage

pytestmark = pytest.mark.deep


@pytest.fixture(scope="module")
def vanna(node: Node) -> str:
    """An account on the node, and its address."""
    mail = "vanna@example.org"
    subprocess.run(
        [sys.executable, "-m", "tonle", "user", "add", mail, "--password-stdin"],
        check=True,
        cwd=BASE_DIR,
        env=node.environment,
        input=PASSWORD,
        text=True,
        capture_output=True,
    )
    return mail


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
    expect(page.get_by_text("It goes on by itself")).to_be_visible(timeout=60_000)
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
