"""The pictures of the guide to agreements, in docs/pictures/agreements.

`python -m tests.browser.agreement_pictures` walks the journey of an agreement in a browser and
keeps a chosen few of its stations. A folder as argument: take them from there, where
TONLE_TEST_AGREEMENT_PICTURES left them, instead of walking.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from config.options import BASE_DIR
from tests.browser.pictures import HEIGHT, on_a_palette
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


def keep(picture: bytes, name: str) -> Path:
    """Write a part of a picture, made smaller; says so where it is too large."""
    part = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as whole:
        top = KEPT[name]
        cut = whole.convert("RGB").crop((0, top, whole.width, min(whole.height, top + HEIGHT)))
        size = (WIDTH, round(cut.height * WIDTH / cut.width))
        cut.resize(size, Image.Resampling.LANCZOS).save(part, "PNG")
    packed = on_a_palette(part.getvalue())
    if len(packed) > LARGEST:
        print(f"{name} has {len(packed):,} bytes.", file=sys.stderr)
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{name}.png"
    file.write_bytes(packed)
    return file


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
            file = keep((folder / f"{name}.png").read_bytes(), name)
            print(f"{file.relative_to(BASE_DIR)}  {file.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
