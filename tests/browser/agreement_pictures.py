"""The pictures of the guide to agreements, in docs/pictures/agreements.

`python -m tests.browser.agreement_pictures` walks the journey of an agreement in a browser and
keeps a chosen few of its stations. A folder as argument: take them from there, where
TONLE_TEST_AGREEMENT_PICTURES left them, instead of walking.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from config.options import BASE_DIR
from tests.browser.pictures import keep
from tests.browser_program import find_browser

FOLDER = BASE_DIR / "docs" / "pictures" / "agreements"
LARGEST = 50_000  # bytes of one picture
WIDTH = 860  # pixels: a page of 1280 is read well enough so
# Which stations are kept, and from how far down on.
KEPT = {
    "new": 0,
    "articles-km": 0,
    "draft": 0,
    "on-screen": 0,
    "print": 0,
    "compare-paper": 300,
    "agreement": 120,
}


def walk(folder: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pytest", "tests/browser/test_agreements.py", "--deep", "-q"],
        check=True,
        cwd=BASE_DIR,
        env={**os.environ, "TONLE_TEST_AGREEMENT_PICTURES": str(folder)},
    )


def main(arguments: list[str]) -> int:
    if not arguments and find_browser() is None:
        print("No Chromium found; name one in TONLE_CHROMIUM.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as made:
        folder = Path(arguments[0]) if arguments else Path(made)
        if not arguments:
            walk(folder)
        for name in KEPT:
            taken = (folder / f"{name}.png").read_bytes()
            file = keep(taken, FOLDER / f"{name}.png", LARGEST, KEPT[name], WIDTH)
            print(f"{file.relative_to(BASE_DIR)}  {file.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
