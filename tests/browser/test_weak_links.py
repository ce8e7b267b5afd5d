"""At 256 kbit/s and 400 ms, on a telephone: a table is asked and cited, a photograph is given.

With scripts and without. `TONLE_TEST_PICTURES=docs/pictures/journeys python -m pytest --deep
tests/browser/test_weak_links.py` keeps the stations of each journey as one picture.
"""

from __future__ import annotations

import csv
import io
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from tests.browser.accounts import account
from tests.browser.pictures import SHEET_HEIGHT, beside, is_blank
from tests.browser.test_newcomers_walk import press, sign_in, until
from tests.node import Node
from tests.plugins.browser import NARROW, OpenPage
from tests.published import publish

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.deep
KBIT, DELAY_MS = 256, 400
ROWS, DISTRICTS = 120_000, 12_000
# The whole of the journey to an answer, styles and scripts with it: what it costs a reader.
JOURNEY_BYTES = 120_000
# Somewhere in the delta: three plots.
PLOTS = (
    '{"type":"FeatureCollection","features":['
    '{"type":"Feature","properties":{"plot":1},"geometry":{"type":"Point",'
    '"coordinates":[104.78,10.99]}},'
    '{"type":"Feature","properties":{"plot":2},"geometry":{"type":"Polygon",'
    '"coordinates":[[[104.5,10.6],[105.2,10.7],[105.1,11.3],[104.6,11.2],[104.5,10.6]]]}}]}'
)


both_ways = pytest.mark.parametrize("javascript", [False, True], ids=["plain", "script"])


class Journey:
    """One walk over a weak link, its stations looked at and counted."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self.name = page, name
        self.shots: list[bytes] = []
        self.bytes = 0
        # A weak link before a busy machine: nobody here asserts a time.
        page.set_default_timeout(180_000)
        tools = page.context.new_cdp_session(page)
        tools.send("Network.enable")
        rate = KBIT * 1000 / 8
        tools.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": DELAY_MS,
                "downloadThroughput": rate,
                "uploadThroughput": rate,
            },
        )
        tools.on("Network.loadingFinished", self._count)

    def _count(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])

    def look(self, at: str = "") -> None:
        """Nothing is wider than the telephone. at: what is looked at, below the beginning."""
        assert self.page.evaluate("document.documentElement.scrollWidth") <= NARROW, self.page.url
        if at:
            self.page.locator(at).first.scroll_into_view_if_needed()
        shot = self.page.screenshot()
        assert not is_blank(shot), self.page.url
        self.shots.append(shot)

    def keep(self) -> None:
        """All stations side by side, for the documentation."""
        if folder := os.environ.get("TONLE_TEST_PICTURES"):
            with Image.open(io.BytesIO(beside(self.shots))) as sheet:
                sheet.convert("RGB").save(Path(folder) / f"{self.name}-320.webp", quality=60)


Telephone = Callable[..., Journey]


@pytest.fixture(scope="module")
def node(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node without the starter set, which these journeys do not need."""
    made = Node(tmp_path_factory.mktemp("weak") / "var")
    made.tonle("init", "--quiet")
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def record(node: Node, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A record with a table of 120,000 rows and a map; its id."""
    folder, chance = tmp_path_factory.mktemp("crate") / "crate", random.Random(4)
    folder.mkdir()
    with (folder / "yields.csv").open("w", encoding="utf-8") as file:
        file.write("plot,province,district,rice_t\n")
        for number in range(ROWS):
            province = ("Takeo", "Kandal", "Kampot", "Prey Veng")[number % 4]
            weight = f"{2 + number % 4 + chance.random():.2f}"
            file.write(f"{number},{province},district {number % DISTRICTS},{weight}\n")
    (folder / "plots.geojson").write_text(PLOTS, encoding="utf-8")
    return publish(node, folder, "Rice of ten thousand districts")


@pytest.fixture
def on_a_telephone(open_page: OpenPage) -> Telephone:
    def opened(path: str, name: str, *, javascript: bool) -> Journey:
        page = open_page("/healthz", javascript=javascript, width=NARROW)
        page.set_viewport_size({"width": NARROW, "height": SHEET_HEIGHT})
        journey = Journey(page, name)
        page.goto(f"http://{urlsplit(page.url).netloc}{path}")
        return journey

    return opened


def cells(page: Page) -> list[list[str]]:
    rows = page.locator("section[aria-labelledby=answer] tbody tr").all()
    return [row.locator("td").all_inner_texts() for row in rows]


@both_ways
def test_ten_rows_of_a_large_table_are_taken_away_and_cited(
    on_a_telephone: Telephone,
    open_page: OpenPage,
    node: Node,
    record: str,
    javascript: bool,
) -> None:
    walk = on_a_telephone(f"/records/{record}", "table", javascript=javascript)
    page: Page = walk.page
    page.locator(f"a[href='/records/{record}/look/yields.csv']").first.click()
    table = page.locator("main table").first
    until(page, lambda: table.count() > 0, page.reload, "the table was looked into")
    assert "Prey Veng" in table.inner_text()
    assert "120,000" in page.locator("main").inner_text()
    walk.look()

    # Filter: ten rows of a hundred and twenty thousand.
    page.locator(f"a[href='/records/{record}/ask/yields.csv']").first.click()
    page.wait_for_url("**/ask/**")
    page.locator("[name=column]").first.select_option("district")
    page.locator("[name=test]").first.select_option("is")
    page.locator("[name=value]").first.fill("district 4711")
    walk.look()
    page.get_by_role("button", name="Answer").first.click()
    page.wait_for_url("**value=district+4711**")
    found = cells(page)
    assert len(found) == ROWS // DISTRICTS
    assert {row[2] for row in found} == {"district 4711"}
    walk.look("#answer")

    # Take away.
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV", exact=True).click()
    text = Path(taken.value.path()).read_text(encoding="utf-8-sig")
    assert [row[:4] for row in csv.reader(io.StringIO(text))][1:] == [row[:4] for row in found]
    assert len(text) < 1_000

    # Aggregate: a mean for each province, as bars.
    page.goto(f"{node.url}/records/{record}/ask/yields.csv")
    page.locator("[name=by]").first.select_option("province")
    page.locator("[name=what]").first.select_option("mean")
    page.locator("[name=of]").first.select_option("rice_t")
    page.get_by_role("button", name="Answer").first.click()
    page.wait_for_url("**by=province**")
    means = {row[0]: float(row[1]) for row in cells(page)}
    assert means.keys() == {"Takeo", "Kandal", "Kampot", "Prey Veng"}
    assert all(
        abs(means[name] - wanted) < 0.05
        for name, wanted in (("Takeo", 2.5), ("Kandal", 3.5), ("Kampot", 4.5), ("Prey Veng", 5.5))
    )
    bars = page.locator("section[aria-labelledby=answer] svg rect")
    widths = [float(bar.get_attribute("width") or 0) for bar in bars.all()]
    assert len(set(widths)) == 4
    walk.look("#answer")
    assert walk.bytes <= JOURNEY_BYTES

    # Cite: the address opened anew, by somebody else, gives the same answer.
    cited = page.locator("section[aria-labelledby=answer] .cite a").first
    address = cited.get_attribute("href") or ""
    assert "/v1/" in address
    assert "sha256=" in address
    there = open_page(address.removeprefix(node.url), javascript=javascript, width=NARROW)
    assert cells(there) == cells(page)
    other = address.replace("sha256=", "sha256=0")
    assert there.request.get(other if other.startswith("http") else node.url + other).status == 409
    if javascript:
        walk.keep()


@both_ways
def test_a_map_is_seen_before_its_file_is_fetched(
    on_a_telephone: Telephone, record: str, javascript: bool
) -> None:
    walk = on_a_telephone(f"/records/{record}/look/plots.geojson", "map", javascript=javascript)
    page: Page = walk.page
    drawn = page.locator("svg.where")
    until(page, lambda: drawn.count() > 0, page.reload, "the map was drawn")
    # Water and coasts, two shapes of the file's own, and the words for who cannot see them.
    assert page.locator("svg.where .land").count() == 1
    assert page.locator("svg.where .mark").count() >= 2
    assert drawn.get_attribute("aria-label") or drawn.get_attribute("aria-labelledby")
    assert "No boundary of any country is drawn." in page.locator("main").inner_text()
    box = drawn.bounding_box()
    assert box
    assert box["width"] <= NARROW
    walk.look("#places")
    assert walk.bytes <= JOURNEY_BYTES
    walk.keep()


def test_a_file_on_its_way_says_how_long_it_takes_and_goes_on(
    on_a_telephone: Telephone, node: Node, tmp_path: Path
) -> None:
    walk = on_a_telephone("/deposit", "upload", javascript=True)
    page: Page = walk.page
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator(".gifts a").first.click()
    sign_in(page, account(node, "sokha-on-the-way"))
    page.locator("#title").fill("Rice of Takeo")
    page.locator("main form.step").first.locator(".acts button").click()
    page.wait_for_url("**/describe")
    files = page.url.replace("describe", "files")
    page.goto(files)
    (tmp_path / "survey.bin").write_bytes(random.Random(9).randbytes(900_000))
    page.set_input_files("#file", tmp_path / "survey.bin")
    expect(page.locator("#queue li span").first).to_contain_text("left", timeout=60_000)
    walk.look("#upload")
    bar = page.locator("#queue progress")
    for _attempt in range(240):
        if bar.evaluate("(bar) => bar.value") > 0.65:
            break
        page.wait_for_timeout(500)

    # The page is left, and opened again: what came is there, and the same file goes on.
    page.goto("about:blank")
    page.goto(files)
    expect(page.locator("#arriving")).to_contain_text("survey.bin")
    assert 50 < int(page.locator("#arriving progress").get_attribute("value") or 0) < 100
    walk.look("#arriving")
    page.set_input_files("#file", tmp_path / "survey.bin")
    expect(page.locator("#files .file")).to_have_count(1, timeout=120_000)
    walk.look("#files")
    walk.keep()


def photograph(path: Path) -> Path:
    """A picture that somebody might have taken of a flooded field."""
    picture = Image.new("RGB", (1200, 900), "#9fc3d9")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 420, 1200, 900), fill="#6f8f52")
    for line in range(430, 900, 26):
        draw.line((0, line, 1200, line + 12), fill="#8aa7a9", width=7)
    picture.save(path, "JPEG", quality=70)
    return path


@both_ways
def test_a_photograph_becomes_a_record(
    on_a_telephone: Telephone,
    open_page: OpenPage,
    node: Node,
    javascript: bool,
    tmp_path: Path,
) -> None:
    way = "script" if javascript else "plain"
    sokha = account(node, f"sokha-weak-{way}")
    dara = account(node, f"dara-weak-{way}", "--role", "curator")
    walk = on_a_telephone("/deposit/photograph", "photograph", javascript=javascript)
    page: Page = walk.page
    sign_in(page, sokha)
    page.goto(f"{node.url}/deposit/photograph")
    walk.look()
    page.set_input_files("#file", photograph(tmp_path / "field.jpg"))
    if not javascript:
        page.locator("#upload > button").click()
    page.wait_for_selector("#title", timeout=60_000)
    title = f"Flooded field at Bati, {way}"
    page.locator("#title").fill(title)
    walk.look()
    if page.locator("#creator").count():
        page.locator("#creator").fill("Sokha")
    page.locator("button[name=do][value=send]").scroll_into_view_if_needed()
    walk.look("button[name=do][value=send]")
    # Until the file is read for personal data, sending says so.
    until(
        page,
        lambda: page.locator("button[name=do][value=send]").count() == 0,
        lambda: press(page, "send"),
        "the photograph was sent",
    )
    walk.look()
    draft = urlsplit(page.url).path.split("/")[2]

    desk = open_page("/deposit/review", javascript=javascript)
    sign_in(desk, dara)
    desk.goto(f"{node.url}/deposit/review/{draft}")
    press(desk, "claim")
    accept = desk.locator("details:has(button[value=accept])").first
    if accept.get_attribute("open") is None:
        accept.locator("summary").first.click()
    press(desk, "accept")
    page.goto(f"{node.url}/deposit/{draft}")
    page.locator("main a.button[href^='/records/']").first.click()
    page.wait_for_url("**/records/**")
    expect(page.locator("h1")).to_contain_text(title)
    assert page.locator("a[href*='/files/']").count() >= 1
    walk.look()
    if javascript:
        walk.keep()
