"""Fonts for certificates: ours for five scripts, the machine's for all others.

Fonts that come with Tonle lie in `fonts/`. For Chinese, and for letters we did not think of,
the folder that TONLE_FONTS names and the places where systems keep fonts are looked through,
once in a process.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

# A heavy import that only certificates need.
import uharfbuzz as hb

OURS: Final = tuple(
    Path(__file__).parent / "fonts" / name
    for name in (
        "NotoSans-Latin.ttf",
        "NotoSansKhmer.ttf",
        "NotoSansLao.ttf",
        "NotoSansThai.ttf",
        "NotoSansMyanmar.ttf",
    )
)
# Sans fonts with Chinese, by the beginnings of their file names, the plainest first.
_KNOWN: Final = (
    "notosanssc", "notosanscjk-regular", "notosanscjksc-regular", "sourcehansans",
    "wqy-microhei", "wqy-zenhei", "droidsansfallback", "msyh", "pingfang", "hiragino sans gb",
    "simsun", "notoserifcjk-regular", "notoserifsc",
)  # fmt: skip
_ENDINGS: Final = (".ttf", ".otf", ".ttc", ".otc")
# A machine with more fonts than this has the wanted one among the first.
_MOST_FILES: Final = 5_000


class Font:
    """A font, its letters and its measures. All measures in units of a thousandth of its size."""

    def __init__(self, path: Path, index: int = 0) -> None:
        self.path, self.index = path, index
        self.face = hb.Face(hb.Blob.from_file_path(str(path)), index)
        self.font = hb.Font(self.face)
        self.per_thousand = 1000 / self.face.upem
        self.letters = frozenset(self.face.unicodes)
        extents = self.font.get_font_extents("ltr")
        self.ascent = round(extents.ascender * self.per_thousand)
        self.descent = round(extents.descender * self.per_thousand)
        self.is_cff = any(tag in ("CFF ", "CFF2") for tag in self.face.table_tags)

    def has(self, letter: str) -> bool:
        return ord(letter) in self.letters


@lru_cache(maxsize=1)
def ours() -> tuple[Font, ...]:
    """The fonts that come with Tonle."""
    return tuple(Font(path) for path in OURS)


@lru_cache(maxsize=4096)
def other_for(letter: str, folder: str) -> Font | None:
    """A font of this machine that has the letter; None where there is none.

    folder: TONLE_FONTS, "" where it is not set; looked through first.
    """
    for path in _candidates(folder):
        font = _opened(path)
        if font is not None and font.has(letter):
            return font
    return None


@lru_cache(maxsize=64)
def _opened(path: Path) -> Font | None:
    try:
        # In a collection of all East Asian languages, the third is for simplified Chinese.
        chinese = path.suffix.lower() in (".ttc", ".otc") and "cjk" in path.name.lower()
        font = Font(path, 2 if chinese else 0)
    except (OSError, RuntimeError, ValueError, hb.HarfBuzzError):
        return None
    # Pictures instead of outlines cannot be embedded.
    return font if {"glyf", "CFF "} & set(font.face.table_tags) else None


@lru_cache(maxsize=4)
def _candidates(folder: str) -> tuple[Path, ...]:
    given = sorted(_files(Path(folder))) if folder else []
    system = sorted(
        (path for place in _places() for path in _files(place) if _rank(path) < len(_KNOWN)),
        key=lambda path: (_rank(path), path.name),
    )
    return (*given, *system)


def _rank(path: Path) -> int:
    name = path.name.lower()
    return next((n for n, known in enumerate(_KNOWN) if name.startswith(known)), len(_KNOWN))


def _files(folder: Path) -> Iterator[Path]:
    count = 0
    for base, _folders, names in os.walk(folder):
        for name in names:
            count += 1
            if count > _MOST_FILES:
                return
            if name.lower().endswith(_ENDINGS):
                yield Path(base) / name


def _places() -> list[Path]:
    home = Path.home()
    if sys.platform == "darwin":
        return [home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")]
    if sys.platform == "win32":
        return [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"]
    return [
        home / ".local/share/fonts",
        home / ".fonts",
        Path("/usr/local/share/fonts"),
        Path("/usr/share/fonts"),
    ]


Shaped = Any  # A harfbuzz buffer after shaping.
