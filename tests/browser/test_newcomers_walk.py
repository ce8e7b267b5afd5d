"""The whole way of a newcomer: find, get, give, be helped, be found and cited, ask, answer.

Told without the words of any language, since it is walked in several: by what fields and
buttons are called in the form. `WALK_PICTURES=<folder>` keeps a picture of every station;
`python -m tests.browser.walk_pictures` puts the chosen ones into docs.
"""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections.abc import Callable
from functools import partial
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.accounts import PASSWORD, account
from tests.browser.pictures import is_blank, on_a_palette
from tests.node import Node
from tests.plugins.browser import NARROW, WIDE, OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

# What is deposited, in the newcomer's language: the title, a word to find it by, an abstract.
WORDS = {
    "en": (
        "Rice yields of Takeo, weighed at harvest",
        "Takeo",
        "Fresh and dry weight of forty plots in five communes, weighed at the harvest of 2025.",
    ),
    "km": (
        "ទិន្នផលស្រូវខេត្តតាកែវ",
        "តាកែវ",
        "ទម្ងន់ស្រស់ និងទម្ងន់ស្ងួតនៃស្រូវសែសិបឡូត៍ ក្នុងឃុំចំនួនប្រាំ ដែលថ្លឹងនៅពេលប្រមូលផល។",
    ),
}


def sign_in(page: Page, address: str) -> None:
    page.locator("[name=login]").fill(address)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_load_state()


class Walk:
    """One walk in one width; it looks at each station in both."""

    def __init__(self, language: str, javascript: bool, width: int) -> None:
        self.name = f"{language}-{'script' if javascript else 'plain'}"
        self.width = width
        folder = os.environ.get("WALK_PICTURES")
        self.folder = Path(folder) if folder else None
        self.stations: list[str] = []

    def look(self, page: Page, station: str) -> None:
        """Nothing is cut off at either width, and the page is no blank."""
        self.stations.append(station)
        for width in (WIDE, NARROW):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, station
            if self.folder is None and width == WIDE:
                continue
            picture = page.screenshot(full_page=self.folder is not None)
            assert not is_blank(picture), station
            if self.folder:
                self.folder.mkdir(parents=True, exist_ok=True)
                name = f"{self.name}-{len(self.stations):02}-{station}-{width}.png"
                (self.folder / name).write_bytes(on_a_palette(picture))
        page.set_viewport_size({"width": self.width, "height": 900})


def until(page: Page, done: Callable[[], bool], again: Callable[[], Any], what: str) -> None:
    """Try again for half a minute: the background work of a node takes its moment."""
    for _attempt in range(60):
        if done():
            return
        page.wait_for_timeout(500)
        again()
    raise AssertionError(f"{what}: {page.url}\n{page.locator('main').inner_text()[:2000]}")


def press(page: Page, value: str, name: str = "do") -> None:
    # With a script, the page may save first and go on afterwards.
    with page.expect_navigation():
        page.locator(f"main button[name={name}][value='{value}']").first.click()


def download(page: Page, link: Locator) -> bytes:
    """What a press of a link leaves on the reader's disk."""
    with page.expect_download() as begun:
        link.click()
    return begun.value.path().read_bytes()


def read(page: Page, link: Locator) -> bytes:
    """What a press of a link shows, when the browser does not keep it as a file; and back."""
    with page.expect_navigation() as shown:
        link.click()
    answer = shown.value
    assert answer
    body = answer.body()
    page.go_back()
    return body


# The usual run walks the narrowest way, which asks most of a page; all combinations take long.
USUAL = {("km", False, NARROW)}
WAYS = [
    pytest.param(
        *way,
        id=f"{way[0]}-{'script' if way[1] else 'plain'}-{way[2]}",
        marks=() if way in USUAL else pytest.mark.deep,
    )
    for way in product(("en", "km"), (True, False), (WIDE, NARROW))
]


@pytest.mark.parametrize(("tongue", "javascript", "width"), WAYS)
def test_a_newcomer_finds_gives_and_is_answered(
    open_page: OpenPage, node: Node, tongue: str, javascript: bool, width: int, tmp_path: Path
) -> None:
    walk = Walk(tongue, javascript, width)
    title, word, abstract = WORDS[tongue]
    if walk.folder is None:
        # Walks share a node, and each finds its own.
        title = f"{title} ({walk.name}-{width})"
    name = "សុខា" if tongue == "km" else "Sokha"
    sokha = account(node, f"sokha-{walk.name}-{width}")
    dara = account(node, f"dara-{walk.name}-{width}", "--role", "curator")
    open_page = partial(open_page, language=tongue, javascript=javascript, width=width)

    # Search, read, take along what programs read.
    page = open_page("/")
    walk.look(page, "front")
    page.locator("#q").fill("rice")
    page.locator("#q").press("Enter")
    page.wait_for_load_state()
    walk.look(page, "search")
    page.locator("ol.list h3 a").first.click()
    page.wait_for_load_state()
    walk.look(page, "read")
    heading = page.locator("h1 span[lang]").first.inner_text()
    if width == NARROW:
        # Where there is room, it stands beside.
        page.locator(".actions a[href='#cite']").click()
    cite = page.locator("section[aria-labelledby=cite]")
    cite.locator("details summary").last.click()
    described = read(page, cite.locator("a[href*='format=datacite-json']"))
    assert heading in {one["title"] for one in json.loads(described)["titles"]}

    # Sign in, and deposit a dataset with three files.
    page.goto(f"{node.url}/deposit")
    walk.look(page, "deposit")
    page.locator(".gifts a").first.click()
    walk.look(page, "sign-in")
    sign_in(page, sokha)
    page.locator("#title").fill(title)
    walk.look(page, "new")
    page.locator("main form.step").first.locator(".acts button").click()
    page.wait_for_url("**/describe")
    draft = page.url.split("/")[4]
    page.locator("#descriptions-0-text").fill(abstract)
    walk.look(page, "describe")
    press(page, "next", "go")
    page.locator("#creators-0-name").fill(name)
    walk.look(page, "people")
    press(page, "next", "go")
    contents = {
        "yields.csv": b"plot,fresh_kg,dry_kg\n1,4.1,3.2\n2,3.9,3.0\n",
        "README.txt": b"Weights in kilograms, one row for each plot.\n",
        "plots.geojson": b'{"type":"FeatureCollection","features":[]}\n',
    }
    for file, data in contents.items():
        (tmp_path / file).write_bytes(data)
    page.set_input_files("#file", [tmp_path / file for file in contents])
    if not javascript:
        page.locator("#upload > button").click()
    until(
        page,
        lambda: page.locator("#files .file").count() == 3,
        lambda: None,
        "three files are there",
    )
    walk.look(page, "files")
    press(page, "next", "go")
    page.locator("[name=licence][value='CC-BY-4.0']").check()
    walk.look(page, "rights")
    press(page, "next", "go")
    press(page, "next", "go")
    walk.look(page, "check")
    # Until the files are read for personal data, handing in says so.
    until(
        page,
        lambda: not page.url.endswith("/check"),
        lambda: press(page, "hand_in"),
        "handed in",
    )
    walk.look(page, "handed-in")

    # Be asked for a change.
    desk = open_page("/deposit/review")
    sign_in(desk, dara)
    walk.look(desk, "desk")
    desk.goto(f"{node.url}/deposit/review/{draft}")
    press(desk, "claim")
    walk.look(desk, "review")
    desk.goto(f"{node.url}/deposit/review/{draft}")
    # A details element is opened by hand where no script does it.
    desk.locator("details:has(#ask-text) > summary").first.click()
    desk.locator("#ask-text").fill("Which year?")
    press(desk, "ask_changes")

    page.goto(f"{node.url}/deposit/{draft}")
    assert "Which year?" in page.locator("main").inner_text()
    walk.look(page, "asked")
    page.goto(f"{node.url}/deposit/{draft}/describe")
    page.locator("#titles-0-text").fill(f"{title}, 2025")
    press(page, "next", "go")
    page.goto(f"{node.url}/deposit/{draft}/check")
    until(
        page,
        lambda: not page.url.endswith("/check"),
        lambda: press(page, "hand_in"),
        "handed in again",
    )

    # Publish.
    desk.goto(f"{node.url}/deposit/review/{draft}")
    if desk.locator("main button[value=claim]").count():
        press(desk, "claim")
    accept = desk.locator("details:has(button[value=accept])").first
    if accept.get_attribute("open") is None:
        accept.locator("summary").first.click()
    press(desk, "accept")
    page.goto(f"{node.url}/deposit/{draft}")
    walk.look(page, "published")
    page.locator("main a.button[href^='/records/']").first.click()
    page.wait_for_load_state()
    address = page.url.split("?")[0]
    walk.look(page, "record")

    # Find it, cite it, get back what was given.
    page.goto(f"{node.url}/search?q={word}")
    until(
        page,
        lambda: page.locator(f"a[href='{address.removeprefix(node.url)}']").count() > 0,
        page.reload,
        "found by its own word",
    )
    walk.look(page, "found")
    page.locator(f"a[href='{address.removeprefix(node.url)}']").first.click()
    page.wait_for_url(f"{address}**")
    for file, data in contents.items():
        assert download(page, page.locator(f"#files ~ * a[href$='/files/{file}']").first) == data
    with zipfile.ZipFile(BytesIO(download(page, page.locator("a[download][href$='/zip']")))) as bag:
        assert bag.testzip() is None
        assert {Path(one).name for one in bag.namelist()} >= set(contents)
    record_id = address.rsplit("/", 1)[-1]
    cited = page.locator("section[aria-labelledby=cite] .cite").first
    says = cited.evaluate("(one) => one.firstChild.textContent").strip()
    assert says.startswith(name)
    assert f"{title}, 2025" in says
    assert record_id in says
    if javascript:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=node.url)
        cited.locator(".copy").click()
        assert page.evaluate("navigator.clipboard.readText()").strip() == says
    bibtex = download(
        page, page.locator("section[aria-labelledby=cite] a[href*='format=bibtex']").first
    ).decode()
    assert re.search(rf"author = .*{name}", bibtex)
    assert f"{title}, 2025" in bibtex
    assert record_id in bibtex

    # Publish a second version.
    page.goto(f"{node.url}/deposit/next/{record_id}")
    walk.look(page, "next")
    press(page, "version")
    second = page.url.split("/")[4]
    page.goto(f"{node.url}/deposit/{second}/files")
    (tmp_path / "second.csv").write_bytes(b"plot,fresh_kg\n3,4.4\n")
    page.set_input_files("#file", [tmp_path / "second.csv"])
    if not javascript:
        page.locator("#upload > button").click()
    until(
        page,
        lambda: page.locator("#files .file").count() == 4,
        lambda: None,
        "four files are there",
    )
    page.goto(f"{node.url}/deposit/{second}/check")
    until(
        page,
        lambda: not page.url.endswith("/check"),
        lambda: press(page, "hand_in"),
        "the second version is handed in",
    )
    desk.goto(f"{node.url}/deposit/review/{second}")
    press(desk, "claim")
    accept = desk.locator("details:has(button[value=accept])").first
    if accept.get_attribute("open") is None:
        accept.locator("summary").first.click()
    press(desk, "accept")
    page.goto(address)
    assert page.request.get(f"{address}/v2/files/second.csv").ok
    assert page.request.get(f"{address}/v1/files/yields.csv").body() == contents["yields.csv"]
    walk.look(page, "second-version")

    # Ask a question, and be answered.
    bopha = account(node, f"bopha-{walk.name}-{width}")
    reader = open_page(f"/records/{record_id}")
    reader.locator(f"a[href='/records/{record_id}/ask']").click()
    reader.wait_for_load_state()
    walk.look(reader, "ask")
    reader.goto(f"{node.url}/questions")
    sign_in(reader, bopha)
    reader.goto(f"{node.url}/records/{record_id}/ask")
    reader.locator("[name=text]").fill("Which scales?")
    reader.locator("main form button").first.click()
    reader.wait_for_url("**/questions/*")
    question = reader.url.split("?")[0]
    walk.look(reader, "asked-question")

    page.goto(f"{node.url}/desk")
    walk.look(page, "questions")
    page.goto(question)
    page.locator("[name=text]").first.fill("Spring scales, to ten grams.")
    press(page, "write")
    reader.reload()
    assert "Spring scales" in reader.locator("main").inner_text()
    walk.look(reader, "answered")
    reader.goto(f"{node.url}/me/notices")
    walk.look(reader, "told")
    reader.locator("main li a[href*='/me/notices/']").first.click()
    reader.wait_for_load_state()
    assert reader.url.split("?")[0] == question
