"""The picture that chat groups show beside a link. `python -m tests.browser.card` makes it anew.

It names nothing, so that it serves every node and every language: the river, and the word for
water in each script of the region. Chromium draws it; the file lies among the static files,
so that no node needs a library of pictures.
"""

from __future__ import annotations

import os
import sys

from config.options import BASE_DIR
from tests.browser.pictures import on_a_palette
from tests.browser_program import find_browser

FILE = BASE_DIR / "tonle" / "web" / "static" / "web" / "card.png"
# What most groups show without cutting, in pixels.
WIDTH, HEIGHT = 1200, 630
LARGEST = 30_000  # bytes: a card is fetched over the same links as a page.


# "Water" in the languages of the region and in English, and where each word floats.
WATER = (
    ("km", "ទឹក", 90, 200, 92),
    ("th", "น้ำ", 330, 290, 84),
    ("en", "water", 500, 180, 72),
    ("lo", "ນ້ຳ", 760, 270, 88),
    ("zh-Hans", "水", 930, 180, 92),
    ("my", "ရေ", 1040, 310, 84),
    ("vi", "nước", 120, 350, 64),
)


def drawing() -> str:
    """The card as a page: paper, the river from edge to edge, and one word in every script."""
    words = "".join(
        f'<text lang="{tongue}" x="{x}" y="{y}" font-size="{size}">{word}</text>'
        for tongue, word, x, y, size in WATER
    )
    return f"""<!doctype html><meta charset="utf-8"><body style="margin:0">
<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">
<rect width="1200" height="630" fill="#faf6ee"/>
<g font-family="'Noto Serif','Noto Serif Khmer','Noto Serif Lao','Noto Serif Thai',
'Noto Serif Myanmar','Noto Serif CJK SC',serif" font-weight="600" fill="#20292a">{words}</g>
<g fill="none" stroke="#0a5660" transform="translate(0 380) scale(1.25 5)"
 vector-effect="non-scaling-stroke">
<path stroke-width="2.4" d="M0 16.2C32 17.6 64 15 96 13.3S160 12.3 192 12.6S256 11.3 288 10.2S352
 9.7 384 9.9S448 9.2 480 10.6S544 16.5 576 17.9S640 16.3 672 13.1S736 8.1 768 7.6S832 6.9 864
 8.7S928 14.9 960 16.2"/>
<path stroke-width="1" opacity=".5" d="M0 8.3C40 9.3 80 12.8 120 12S200 9.7 240 12.4S320 18.2 360
 15.2S440 7.3 480 8.3S560 12.8 600 12S680 9.7 720 12.4S800 18.2 840 15.2S920 7.3 960 8.3"/></g>
<rect y="606" width="1200" height="24" fill="#855508" opacity=".18"/>
</svg>"""


def main() -> int:
    import django
    from playwright.sync_api import sync_playwright

    program = find_browser()
    if program is None:
        print("No Chromium found; name one in TONLE_CHROMIUM.", file=sys.stderr)
        return 1
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.set_content(drawing())
        FILE.write_bytes(on_a_palette(page.screenshot()))
        browser.close()
    print(f"{FILE.relative_to(BASE_DIR)}  {FILE.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
