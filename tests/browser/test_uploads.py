"""A large file from a browser: pieces that are lost, a page that is closed, a login that ends."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.test_deposit import begun, draft_of, sign_in
from tests.browser.test_deposit import sokha as sokha
from tests.plugins.browser import OpenPage

pytestmark = pytest.mark.deep


def test_a_file_goes_on_after_all_that_happens(
    open_page: OpenPage, sokha: str, tmp_path: Path
) -> None:
    page = begun(open_page, sokha, javascript=True)
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
    sign_in(page, sokha)
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
    assert draft_of(page)


def test_a_folder_is_chosen_whole(open_page: OpenPage, sokha: str, tmp_path: Path) -> None:
    page = begun(open_page, sokha, javascript=True)
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
