"""Pictures of pages: taken in tests, and a chosen few kept in docs/pictures/journeys.

`python -m tests.browser.pictures` makes a node as `./run` does and takes the kept ones anew.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from PIL import Image

from config.options import BASE_DIR
from tests.browser_program import find_browser
from tests.starter import read

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.node import Node

FOLDER = BASE_DIR / "docs" / "pictures" / "journeys"
HEIGHT = 900
LARGEST = 120_000  # bytes of one kept picture: a clone stays quick.

# Name, language of the page, colour scheme, and a query of the API whose first result is shown,
# or an address.
KEPT = (
    ("front", "en", "light", "/"),
    ("search-burmese", "my", "light", "/search?q=ရေ"),
    ("record-khmer-dark", "km", "dark", "kind=software&q=khmer"),
)
# A telephone in each language, side by side: name, and where.
SHEETS = (("front", "/"), ("search", "/search?q={word}"), ("record", "kind=dataset&q={word}"))
WATER = {
    "en": "water",
    "km": "ទឹក",
    "lo": "ນ້ຳ",
    "th": "น้ำ",
    "vi": "nước",
    "my": "ရေ",
    "zh-Hans": "水",
}
SHEET_HEIGHT, GAP = 640, 8  # pixels


def is_blank(png: bytes) -> bool:
    """Whether a picture is of hardly more than one colour, as a page that failed is."""
    with Image.open(io.BytesIO(png)) as picture:
        counts: Any = picture.convert("RGB").getcolors(picture.width * picture.height)
    most = max(count for count, _colour in counts)
    return len(counts) < 8 or most > 0.995 * sum(count for count, _colour in counts)


def on_a_palette(png: bytes) -> bytes:
    """The same picture with 64 colours: text stays sharp, the file is a third as large."""
    packed = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGB").quantize(64).save(packed, "PNG", optimize=True)
    return packed.getvalue()


def keep(picture: bytes, file: Path, largest: int, top: int = 0, width: int | None = None) -> Path:
    """Write a part of a picture of a page; says so where it is too large.

    largest: bytes. top: pixels from which down on a window's height is kept. width: to which it
    is made smaller, in pixels.
    """
    part = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as whole:
        cut = whole.convert("RGB").crop((0, top, whole.width, min(whole.height, top + HEIGHT)))
        if width is not None:
            size = (width, round(cut.height * width / cut.width))
            cut = cut.resize(size, Image.Resampling.LANCZOS)
        cut.save(part, "PNG")
    packed = on_a_palette(part.getvalue())
    if len(packed) > largest:
        print(f"{file.stem} has {len(packed):,} bytes.", file=sys.stderr)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(packed)
    return file


def _shot(browser: Browser, node: Node, where: str, language: str, **look: Any) -> bytes:
    """A page without script, as a reader of a language sees it."""
    address = where
    if not where.startswith("/"):
        address = read(node, f"/api/v1/records?{where}", language)["items"][0]["html_url"]
    context = browser.new_context(
        locale=language, java_script_enabled=False, base_url=node.url, **look
    )
    page = context.new_page()
    page.goto(address)
    taken = page.screenshot()
    context.close()
    return taken


def beside(shots: Sequence[bytes]) -> bytes:
    """Telephones side by side, as one picture."""
    sheet = Image.new("RGB", (len(shots) * (320 + GAP) - GAP, SHEET_HEIGHT), "#887d69")
    for at, shot in enumerate(shots):
        with Image.open(io.BytesIO(shot)) as one:
            sheet.paste(one, (at * (320 + GAP), 0))
    packed = io.BytesIO()
    sheet.save(packed, "PNG")
    return on_a_palette(packed.getvalue())


def take(node: Node, folder: Path) -> list[Path]:
    """Take every kept picture. Returns the files."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        for name, language, scheme, where in KEPT:
            look = {"viewport": {"width": 1280, "height": HEIGHT}, "color_scheme": scheme}
            file = folder / f"{name}-1280.png"
            file.write_bytes(on_a_palette(_shot(browser, node, where, language, **look)))
            written.append(file)
        for name, where in SHEETS:
            look = {"viewport": {"width": 320, "height": SHEET_HEIGHT}}
            shots = [
                _shot(browser, node, where.format(word=quote(word)), language, **look)
                for language, word in WATER.items()
            ]
            file = folder / f"{name}-320.png"
            file.write_bytes(beside(shots))
            written.append(file)
        browser.close()
    return written


def main() -> int:
    import django

    from tests.starter import starter_node

    if find_browser() is None:
        print("No Chromium found; name one in TONLE_CHROMIUM.", file=sys.stderr)
        return 1
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    with tempfile.TemporaryDirectory() as data, starter_node(Path(data) / "var") as node:
        for file in take(node, FOLDER):
            print(f"{file.relative_to(BASE_DIR)}  {file.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
