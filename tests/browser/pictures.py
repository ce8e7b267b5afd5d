"""Pictures of pages: taken in tests, and a chosen few kept in docs/pictures/journeys.

`python -m tests.browser.pictures` makes a node as `./run` does and takes the kept ones anew.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from config.options import BASE_DIR
from tests.browser_program import find_browser

if TYPE_CHECKING:
    from tests.node import Node

FOLDER = BASE_DIR / "docs" / "pictures" / "journeys"
HEIGHT = 900
WIDTHS = (1280, 320)
LARGEST = 120_000  # bytes of one kept picture: a clone stays quick.

# Name, language of the page, colour scheme, and a query of the API whose first result is shown,
# or an address.
KEPT = (
    ("front", "en", "light", "/"),
    ("front-khmer", "km", "light", "/"),
    ("search-burmese", "en", "light", "/search?q=ရေ"),
    ("record", "en", "light", "kind=dataset"),
    ("record-khmer-dark", "km", "dark", "kind=software&q=khmer"),
)


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


def take(node: Node, folder: Path) -> list[Path]:
    """Take every kept picture at each width. Returns the files."""
    from playwright.sync_api import sync_playwright

    from tests.starter import read

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        for name, language, scheme, where in KEPT:
            address = where
            if not where.startswith("/"):
                address = read(node, f"/api/v1/records?{where}")["items"][0]["html_url"]
            for width in WIDTHS:
                context = browser.new_context(
                    locale=language,
                    java_script_enabled=False,
                    viewport={"width": width, "height": HEIGHT},
                    color_scheme="dark" if scheme == "dark" else "light",
                    base_url=node.url,
                )
                page = context.new_page()
                page.goto(address)
                file = folder / f"{name}-{width}.png"
                file.write_bytes(on_a_palette(page.screenshot()))
                written.append(file)
                context.close()
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
