"""PDF, read with PDFium: the first page as a picture, and how its text begins."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as raw

from tonle.explore.rules.letters import Runs
from tonle.explore.rules.limits import Limits
from tonle.explore.rules.pictures import SIDE, small_of
from tonle.explore.rules.preview import CONTENTS_CHARS, Preview
from tonle.kernel.legacy import font_of

_PAGES_READ = 3
_BROKEN = (pypdfium2.PdfiumError, OSError, ValueError, RuntimeError, TypeError, OverflowError)


def look(path: Path, limits: Limits) -> Preview:
    """Pages, title, first page and first words. Nothing in the file is run."""
    found = Preview("paper")
    try:
        document = pypdfium2.PdfDocument(str(path))
    except _BROKEN as error:
        found.note("locked" if "assword" in str(error) else "broken")
        return found
    try:
        pages = len(document)
        found.fact("pages", pages)
        about = document.get_metadata_dict()
        found.fact("title", about.get("Title", ""))
        found.fact("made_with", about.get("Producer", ""))
        _first(document, found)
        _words(document, min(pages, _PAGES_READ), found, limits)
        found.text_whole = found.text_whole and pages <= _PAGES_READ
    except _BROKEN:
        found.note("broken")
    return found


def _first(document: Any, found: Preview) -> None:
    """The first page, whatever size it calls itself."""
    page = document[0]
    width, height = page.get_size()
    longest = max(width, height)
    if not 1 <= longest < 20_000 or min(width, height) < 1:
        found.note("pixels")
        return
    # Twice as large as it will be, for letters that can be read.
    picture = page.render(scale=2 * SIDE / longest).to_pil()
    found.picture, found.picture_size = small_of(picture)


def _words(document: Any, pages: int, found: Preview, limits: Limits) -> None:
    runs = Runs()
    for number in range(pages):
        if runs.full or not limits.go_on():
            break
        text = document[number].get_textpage()
        _of_page(text, min(text.count_chars(), CONTENTS_CHARS), runs)
        runs.end_line()
    runs.into(found, whole=True)
    found.text = found.text.strip()


def _of_page(text: Any, count: int, runs: Runs) -> None:
    """The letters of a page, each in its font where one of them is an old font."""
    if not any(font_of(name) for name in _fonts(text, count)):
        # What PDFium says for a hyphen at the end of a line is no letter at all.
        runs.put(text.get_text_range(0, count).replace("\ufffe", "-"))
        return
    font = ""
    for at in range(count):
        letter = chr(raw.FPDFText_GetUnicode(text, at))
        if raw.FPDFText_IsGenerated(text, at) != 1:
            font = _font_at(text, at)
        if letter == "\n":
            runs.end_line()
        elif letter != "\r":
            runs.put("-" if letter == "\ufffe" else letter, font)


# Fonts change rarely: every so many letters one is looked at.
_STEP = 25


def _fonts(text: Any, count: int) -> Iterator[str]:
    for at in range(0, count, _STEP):
        yield _font_at(text, at)


def _font_at(text: Any, at: int) -> str:
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    size = raw.FPDFText_GetFontInfo(text, at, name, len(name), flags)
    return name.value.decode("utf-8", "replace") if 0 < size <= len(name) else ""
