"""The pictures of the guides, in docs/pictures/walk.

`python -m tests.browser.walk_pictures` walks the newcomer's way in a browser, looks at a
steward's pages as an invented steward, and keeps a chosen few. A folder as argument: take
the stations from there, where WALK_PICTURES left them, instead of walking.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from config.options import BASE_DIR
from tests.browser.pictures import HEIGHT, keep
from tests.browser_program import find_browser

if TYPE_CHECKING:
    from tests.node import Node

FOLDER = BASE_DIR / "docs" / "pictures" / "walk"
LARGEST = 60_000  # bytes of one picture
WALKS = ("en-plain-1280", "km-script-320")

# Which stations are kept, and in which width: a desk in English, a telephone in Khmer.
STATIONS = {
    "en-plain": (
        ("describe", 1280),
        ("files", 1280),
        ("check", 1280),
        ("desk", 1280),
        ("review", 1280),
        ("asked", 1280),
        ("record", 1280),
        ("found", 1280),
        ("second-version", 1280),
        ("answered", 1280),
    ),
    "km-script": (
        ("search", 320),
        ("sign-in", 320),
        ("deposit", 320),
        ("describe", 320),
        ("people", 320),
        ("rights", 320),
        ("handed-in", 320),
        ("asked", 320),
        ("next", 320),
        ("ask", 320),
    ),
}

# Pages of the node itself: name, who looks (a character of `tonle demo`), language, width, address.
PAGES = (
    ("front", "", "en", 1280, "/"),
    ("search", "", "km", 1280, "/search?q=ទឹក"),
    ("demo", "", "en", 1280, "/demo"),
    ("steward", "steward", "en", 1280, "/steward"),
    ("calendar", "steward", "en", 1280, "/desk/calendar"),
    ("help", "", "km", 320, "/help"),
)


def _keep(picture: bytes, name: str) -> Path:
    return keep(picture, FOLDER / f"{name}.png", LARGEST)


def walk(folder: Path) -> None:
    """Walk in both ways, with a picture of every station in the folder."""
    test = "tests/browser/test_newcomers_walk.py::test_a_newcomer_finds_gives_and_is_answered"
    wanted = [f"{test}[{name}]" for name in WALKS]
    subprocess.run(
        [sys.executable, "-m", "pytest", *wanted, "--deep", "-q"],
        check=True,
        cwd=BASE_DIR,
        env={**os.environ, "WALK_PICTURES": str(folder)},
    )


def choose(folder: Path) -> list[Path]:
    """Keep the chosen stations of the walks. Returns the files."""
    written = []
    for name, stations in STATIONS.items():
        for station, width in stations:
            [found] = folder.glob(f"{name}-[0-9][0-9]-{station}-{width}.png")
            language = name.partition("-")[0]
            written.append(_keep(found.read_bytes(), f"{station}-{language}-{width}"))
    return written


def take_pages(node: Node) -> list[Path]:
    """Look at the node's own pages. Returns the files."""
    from playwright.sync_api import sync_playwright

    written = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        for name, who, language, width, address in PAGES:
            page = browser.new_page(
                locale=language,
                java_script_enabled=False,
                viewport={"width": width, "height": HEIGHT},
                base_url=node.url,
            )
            if who:
                page.goto("/demo")
                page.locator(f"form:has([name=who][value='{who}']) button").click()
            page.goto(address)
            written.append(_keep(page.screenshot(), f"{name}-{language}-{width}"))
            page.close()
        browser.close()
    return written


def main(arguments: list[str]) -> int:
    import django

    from tests.starter import starter_node

    if find_browser() is None:
        print("No Chromium found; name one in TONLE_CHROMIUM.", file=sys.stderr)
        return 1
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    with tempfile.TemporaryDirectory() as room:
        folder = Path(arguments[0]) if arguments else Path(room) / "walk"
        if not arguments:
            walk(folder)
        written = choose(folder)
        with starter_node(Path(room) / "var") as node:
            subprocess.run(
                [sys.executable, "-m", "tonle", "demo"],
                check=True,
                cwd=BASE_DIR,
                env=node.environment,
                capture_output=True,
            )
            written += take_pages(node)
    for file in written:
        print(f"{file.relative_to(BASE_DIR)}  {file.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
