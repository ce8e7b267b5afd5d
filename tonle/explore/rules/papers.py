"""PDF, read with PDFium: the first page as a picture, and how its text begins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2

from tonle.explore.rules.limits import Limits
from tonle.explore.rules.pictures import SIDE, small_of
from tonle.explore.rules.preview import TEXT_CHARS, Preview, clean_lines

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
    parts: list[str] = []
    for number in range(pages):
        if sum(map(len, parts)) > TEXT_CHARS or not limits.go_on():
            break
        text = document[number].get_textpage()
        parts.append(text.get_text_range(0, min(text.count_chars(), 2 * TEXT_CHARS)))
    # What PDFium says for a hyphen at the end of a line is no letter at all.
    words = "\n".join(parts).replace("\ufffe", "-")
    found.text = clean_lines(words, TEXT_CHARS).strip()
    found.text_whole = len(words) <= TEXT_CHARS
