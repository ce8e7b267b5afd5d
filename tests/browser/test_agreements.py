"""From a draft in two languages to a programme under the text in force, as people meet it.

One party signs on screen and one on paper, with a second officer; the node publishes the record
by itself, and its key areas show what came of them. `TONLE_TEST_AGREEMENT_PICTURES=<folder>`
keeps a picture of every station; the chosen ones stand in docs/pictures/agreements.
"""

from __future__ import annotations

import io
import json
import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from PIL import Image, ImageDraw

from tests.browser.accessible import violations
from tests.browser.accounts import PASSWORD, account
from tests.browser.pictures import is_blank, on_a_palette
from tests.browser.test_newcomers_walk import sign_in, until
from tests.node import Node
from tests.plugins.browser import NARROW, WIDE, OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

TITLE = "Memorandum on the lake’s water (invented)"
ARTICLES = {
    "km": (
        ("គោលបំណង", "ភាគីវាស់វែងទឹកបឹងរួមគ្នា ហើយផ្សព្វផ្សាយអ្វីដែលបានវាស់។"),
        ("ការចូលជាធរមាន", "អនុស្សរណៈនេះចូលជាធរមាន នៅពេលភាគីទាំងពីរបានចុះហត្ថលេខា។"),
    ),
    "en": (
        ("Aim", "The parties measure the water of the lake together and publish what they find."),
        ("Entry into force", "This memorandum enters into force once both parties have signed it."),
    ),
}
AREAS = (("Water levels", "កម្ពស់ទឹក"), ("Fish", "ត្រី"))


class Stations:
    """Looks at each station: nothing is cut off, nobody is kept out, and it is no blank."""

    def __init__(self) -> None:
        folder = os.environ.get("TONLE_TEST_AGREEMENT_PICTURES")
        self.folder = Path(folder) if folder else None

    def look(self, page: Page, name: str) -> None:
        for width in (NARROW, WIDE):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert violations(page) == [], name
        picture = page.screenshot(full_page=self.folder is not None)
        assert not is_blank(picture), name
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{name}.png").write_bytes(on_a_palette(picture))


def scan() -> bytes:
    """A picture as of a signed paper."""
    with Image.new("RGB", (620, 877), "#fffdf9") as sheet:
        draw = ImageDraw.Draw(sheet)
        for y in range(90, 620, 26):
            draw.line((70, y, 550 if y % 78 else 380, y), fill="#59615f", width=3)
        draw.ellipse((390, 680, 540, 830), outline="#a51c5b", width=6)
        draw.line((80, 760, 150, 720, 210, 780, 300, 710), fill="#063d45", width=4)
        file = io.BytesIO()
        sheet.save(file, "PNG")
    return file.getvalue()


def press(page: Page, words: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=words, exact=True).first.click()


def follow(page: Page, words: str) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=words, exact=True).first.click()


def enter(open_page: OpenPage, node: Node, path: str, address: str) -> Page:
    """A page of somebody signed in. Without script axe would never come to an end."""
    page = open_page(path, javascript=True)
    sign_in(page, address)
    page.goto(node.url + path)
    return page


def verified(page: Page) -> str:
    """The steward verifies the first organisation that waits for it; its id."""
    for one in page.locator("main a[href^='/people/organisations/']").all():
        target = str(one.get_attribute("href"))
        page.goto(f"{page.url.split('/people/')[0]}{target}")
        if page.locator("[name=evidence]").count():
            break
        page.go_back()
    page.locator("[name=evidence]").fill("A letter, No. 7/26, and a call to its published number.")
    page.locator("[name=checked_on]").fill("2026-11-20")
    with page.expect_navigation():
        page.locator("form:has([value=verify]) button").click()
    return target.rpartition("/")[2]


def written(page: Page, version: str, stations: Stations) -> None:
    """The outline, the articles in two languages, the terms."""
    page.goto(f"{version}/edit")
    for number, (english, khmer) in enumerate(AREAS):
        # Each time it is kept, there is room for one more.
        for at, (tag, words) in enumerate((("en", english), ("km", khmer))):
            name = f"area-{number}-name-{at}"
            page.locator(f"[name={name}-lang]").select_option(tag)
            page.locator(f"[name={name}-text]").fill(words)
            press(page, "Keep")
    stations.look(page, "outline")
    for tag, articles in ARTICLES.items():
        page.goto(f"{version}/edit/text/{tag}")
        for at, (heading, text) in enumerate(articles):
            page.locator(f"[name=heading-{at}]").fill(heading)
            page.locator(f"[name=text-{at}]").fill(text)
            press(page, "Keep")
        stations.look(page, f"articles-{tag}")
    page.goto(f"{version}/edit/terms")
    page.locator("[name=months]").fill("36")
    page.locator("[name=withdrawal_months]").fill("6")
    page.locator("[name=calendar]").select_option("Asia/Phnom_Penh")
    stations.look(page, "terms")
    press(page, "Keep")


def on_paper(keeper: Page, second: Page, version: str, act: str, stations: Stations) -> None:
    """One writes a signed paper down, another compares it with its scan."""
    keeper.goto(version)
    with keeper.expect_navigation():
        keeper.locator("section[aria-labelledby=parties] li").filter(has_text="Laos").get_by_role(
            "link", name=f"{act}: write down a signed paper"
        ).click()
    today = datetime.now(ZoneInfo("Asia/Phnom_Penh")).date().isoformat()
    for name, words in (
        ("signatory", "H.E. Invented Person"), ("office", "Minister"), ("done_on", today),
        ("reference", "No. 12/26"),
    ):  # fmt: skip
        keeper.locator(f"[name={name}]").fill(words)
    keeper.locator("[name=scan]").set_input_files(
        {"name": "scan.png", "mimeType": "image/png", "buffer": scan()}
    )
    stations.look(keeper, "write-paper")
    keeper.locator("[name=scan]").set_input_files(
        {"name": "scan.png", "mimeType": "image/png", "buffer": scan()}
    )
    press(keeper, "Keep")
    second.goto(f"{urlsplit(version).scheme}://{urlsplit(version).netloc}/agreements")
    with second.expect_navigation():
        waits = second.locator("section[aria-labelledby=waits] a")
        waits.filter(has_text=TITLE).first.click()
    stations.look(second, "compare-paper")
    press(second, "Scan and words agree: it counts")
    if proved_again(second):
        press(second, "Scan and words agree: it counts")


def proved_again(page: Page) -> bool:
    """Whether the page asked who they are, which is answered."""
    if "/reauthenticate/" not in page.url:
        return False
    page.locator("[name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("main form button").first.click()
    return True


def on_screen(page: Page, version: str, act: str, stations: Stations) -> None:
    page.goto(version)
    follow(page, act)
    proved_again(page)
    stations.look(page, "on-screen")
    press(page, act)


@pytest.mark.deep
def test_a_text_is_written_signed_and_something_opens_under_it(
    open_page: OpenPage, node: Node, tmp_path: Path
) -> None:
    stations = Stations()
    steward = enter(
        open_page, node, "/people/organisations",
        account(node, "chan-agreements", "--role", "steward"),
    )  # fmt: skip
    organisation = verified(steward)
    sokha = account(node, "sokha-officer")
    node.run("user", "role", sokha, "officer", "--scope", f"organisation:{organisation}")
    dara, rith = (
        account(node, f"{name}-secretariat", "--role", "secretariat") for name in ("dara", "rith")
    )

    # The secretariat begins it, the officer writes it.
    keeper = enter(open_page, node, "/agreements/new", dara)
    keeper.locator("[name=title-0-text]").fill(TITLE)
    keeper.locator("[name=party-0-organisation]").select_option(organisation)
    keeper.locator("[name=party-1-name-0-text]").fill("Ministry of Water, Laos (invented)")
    keeper.locator("[name=party-1-country]").select_option("LAO")
    stations.look(keeper, "new")
    press(keeper, "Begin the draft")
    version = keeper.url
    agreement = version.split("/")[-2]
    officer = enter(open_page, node, "/agreements", sokha)
    written(officer, version, stations)
    officer.goto(version)
    stations.look(officer, "draft")
    press(officer, "Tell the parties that it waits for them")

    # Agreed to and signed: on screen by one party, on paper by the other.
    second = enter(open_page, node, "/agreements", rith)
    for act in ("Agree to the text", "Sign"):
        on_screen(officer, version, act, stations)
        on_paper(keeper, second, version, act, stations)
    officer.goto(f"{version}/print/km")
    stations.look(officer, "print")
    officer.goto(version)

    def in_force() -> bool:
        return officer.locator(".kind .badge--good").count() == 1

    until(officer, in_force, officer.reload, "in force")
    stations.look(officer, "in-force")
    assert "on paper" in officer.locator("main").inner_text()
    officer.goto(f"{node.url}/agreements/{agreement}")
    stations.look(officer, "agreement")
    assert "Version 1" in officer.locator("table").inner_text()

    # A programme opens under it and serves one of its key areas.
    follow(officer, "Begin a programme or protocol under it")
    officer.locator("[name=type]").select_option("programme")
    officer.locator("[name=title-0-text]").fill("Programme on water levels (invented)")
    officer.locator("[name=party-0-organisation]").select_option(organisation)
    officer.locator("[name=party-1-name-0-text]").fill("Ministry of Water, Laos (invented)")
    press(officer, "Begin the draft")
    follow(officer, "Write the text")
    officer.locator("[name=serves][value=water-levels]").check()
    stations.look(officer, "programme")
    press(officer, "Keep")
    officer.goto(f"{node.url}/agreements/{agreement}")
    assert "Programme on water levels" in officer.locator("main").inner_text()

    # Everybody reads it; an output shows in its key area, and the other one shows as empty.
    stranger = open_page(f"/records/{agreement}", javascript=True)
    until(
        stranger, lambda: stranger.locator("h1").inner_text().startswith("Memorandum"),
        stranger.reload, "published",
    )  # fmt: skip
    stations.look(stranger, "record")
    output = {
        "schema": "tonle-record/1",
        "kind": "dataset",
        "titles": {"en": "Water levels of the lake, measured together (invented)"},
        "creators": [{"name": "Ministry of Water, Laos (invented)", "name_type": "Organizational"}],
        "relations": [{"type": "IsDerivedFrom", "target": {"scheme": "tonle", "value": agreement}}],
        "serves": {"areas": [{"record": agreement, "area": "water-levels"}]},
    }
    (tmp_path / "output.json").write_text(json.dumps(output), encoding="utf-8")
    node.run("import", str(tmp_path / "output.json"))
    stranger.goto(f"{node.url}/records/{agreement}/came-of/water-levels")
    until(
        stranger, lambda: "measured together" in stranger.locator("main").inner_text(),
        stranger.reload, "an output",
    )  # fmt: skip
    stations.look(stranger, "came-of-area")
    stranger.goto(f"{node.url}/records/{agreement}/came-of")
    stations.look(stranger, "came-of")
    assert "Nothing has come of it yet" in stranger.locator("main").inner_text()
