"""Which cells of an Excel workbook are in old fonts: what the reader of its values does not say."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections import Counter
from pathlib import Path

from tonle.explore.rules.parts import BROKEN, Refused, opened, root, walk
from tonle.explore.rules.preview import clean
from tonle.kernel.legacy import Font, font_of

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_P = "{http://schemas.openxmlformats.org/package/2006/relationships}"
# Beyond so many, a cell is in the font that most cells of its column have.
_MOST_CELLS = 200_000
_MOST_SHEETS = 8
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


class Fonts:
    """The families of old fonts of cells, by sheet. converted, unread: names of the fonts."""

    def __init__(self) -> None:
        self.converted: dict[str, None] = {}
        self.unread: dict[str, None] = {}
        self._cells: dict[str, dict[tuple[int, int], str]] = {}
        self._columns: dict[str, dict[int, str]] = {}
        self._last: dict[str, int] = {}

    def family(self, sheet: str, row: int, column: int) -> str:
        """The family of a cell, rows and columns counted from 0; "" for other fonts."""
        if row <= self._last.get(sheet, -1):
            return self._cells.get(sheet, {}).get((row, column), "")
        return self._columns.get(sheet, {}).get(column, "")

    def add(self, sheet: str, cells: dict[tuple[int, int], Font | None]) -> None:
        for font in set(cells.values()) - {None}:
            names = self.converted if font and font.readable else self.unread
            names.setdefault(clean(font.name if font else "", 60))
        read = {
            place: font.family if font and font.readable else "" for place, font in cells.items()
        }
        counts = Counter((column, family) for (_, column), family in read.items())
        most: dict[int, str] = {}
        for (column, family), _ in reversed(counts.most_common()):
            most[column] = family
        self._cells[sheet] = {place: family for place, family in read.items() if family}
        self._columns[sheet] = most
        self._last[sheet] = max((row for row, _ in read), default=-1)


def of_workbook(path: Path) -> Fonts | None:
    """The fonts of cells with text, None where no old font is in use."""
    try:
        with opened(path) as archive:
            return _read(archive)
    except (Refused, *BROKEN):
        # Other kinds of workbooks, and broken ones: their values may be read all the same.
        return None


def _read(archive: zipfile.ZipFile) -> Fonts | None:
    styles = root(archive, "xl/styles.xml")
    if styles is None:
        return None
    fonts = [
        None if (name := font.find(f"{_S}name")) is None else font_of(name.get("val", ""))
        for font in styles.iterfind(f"{_S}fonts/{_S}font")
    ]
    if not any(fonts):
        return None
    styled: dict[str, Font | None] = {}
    for at, form in enumerate(styles.iterfind(f"{_S}cellXfs/{_S}xf")):
        number = form.get("fontId", "0")
        known = number.isdigit() and int(number) < len(fonts)
        styled[str(at)] = fonts[int(number)] if known else None
    found = Fonts()
    for sheet, part in _sheets(archive):
        found.add(sheet, _cells(archive, part, styled))
    return found if found.converted or found.unread else None


def _sheets(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Names of sheets and of their parts."""
    book, links = root(archive, "xl/workbook.xml"), root(archive, "xl/_rels/workbook.xml.rels")
    if book is None or links is None:
        return []
    targets = {link.get("Id"): link.get("Target", "") for link in links.iter(f"{_P}Relationship")}
    found = [
        (sheet.get("name", ""), posixpath.normpath(posixpath.join("xl", target)).lstrip("/"))
        for sheet in book.iterfind(f"{_S}sheets/{_S}sheet")
        if (target := targets.get(sheet.get(f"{_R}id"), ""))
    ]
    return [pair for pair in found[:_MOST_SHEETS] if pair[1] in archive.NameToInfo]


def _cells(
    archive: zipfile.ZipFile, part: str, styled: dict[str, Font | None]
) -> dict[tuple[int, int], Font | None]:
    found: dict[tuple[int, int], Font | None] = {}
    for cell in walk(archive, part, f"{_S}c"):
        place = _PLACE.fullmatch(cell.get("r", ""))
        if place is None or cell.get("t") not in {"s", "str", "inlineStr"}:
            continue
        column = 0
        for letter in place[1]:
            column = column * 26 + ord(letter) - 64
        found[int(place[2]) - 1, column - 1] = styled.get(cell.get("s", "0"))
        if len(found) >= _MOST_CELLS:
            break
    return found
