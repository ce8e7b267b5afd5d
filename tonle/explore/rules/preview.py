"""What a preview says: `tonle-preview/1`, a tiny JSON object of text and whole numbers.

It is made by a process that has read a stranger's file, so whoever takes it from there
measures it again (`checked`), and whoever shows it escapes it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

SCHEMA = "tonle-preview/1"
# Made anew when readers learn: the number is part of where a preview lies.
EDITION = 2

CELL_CHARS = 120
TABLE_CHARS = 9_000
TEXT_CHARS = 4_000
# Of a document's or text's beginning, by which it is found.
CONTENTS_CHARS = 20_000
MOST_ROWS = 20
MOST_COLUMNS = 40
MOST_TABLES = 4
# Of tables after the first.
LATER_CHARS = 1_500
# A table with more or longer names of columns is shown, and cannot be asked.
MOST_ASKED = 400
MOST_ASKED_CHARS = 12_000
MOST_ENTRIES = 60
MOST_FACTS = 40

ColumnType = Literal["text", "whole", "number", "day", "instant", "truth", "empty", "other"]


@dataclass
class Column:
    """One column. filled and empty count the rows that were read.

    distinct: different values, None where there are too many to count. least, most, mean:
    as text, "" where they say nothing. common: the commonest values with their counts.
    kind: as a self-describing file calls the type, "" elsewhere.
    """

    name: str
    type: ColumnType
    filled: int = 0
    empty: int = 0
    distinct: int | None = None
    least: str = ""
    most: str = ""
    mean: str = ""
    common: list[tuple[str, int]] = field(default_factory=list)
    kind: str = ""


@dataclass
class Table:
    """First rows and a summary of each column.

    counted: rows that were read, all of them where whole. wide: how many columns there are
    beside those listed. estimate: about how many rows there may be, 0 where that is known.
    """

    name: str
    columns: list[Column]
    rows: list[list[str]]
    counted: int
    whole: bool = True
    wide: int = 0
    estimate: int = 0


@dataclass
class Places:
    """Shapes on the Earth, in degrees as text; dots and lines drawn in tenths of a unit.

    path: SVG path data within width and height. number: how many shapes there are.
    """

    west: str
    south: str
    east: str
    north: str
    number: int = 0
    path: str = ""
    dots: list[tuple[int, int]] = field(default_factory=list)
    whole: bool = True


@dataclass
class Entry:
    """A member of an archive, or a variable of a grid with its shape in words."""

    name: str
    size_bytes: int = 0
    words: str = ""


@dataclass
class Preview:
    """One file, looked into. reader: which one did; "" where none could.

    notes: codes of `messages.NOTES`; facts: (code of `messages.FACTS`, value) pairs.
    converted: old fonts and code pages whose text was turned into Unicode; unread: those that
    nobody here can read. contents: the beginning of the text, for the index and not for pages.
    how: what a question to the table needs to know: see `dialect`.
    """

    reader: str
    notes: list[str] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    text: str = ""
    text_whole: bool = True
    converted: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    contents: str = ""
    entries: list[Entry] = field(default_factory=list)
    entries_number: int = 0
    places: Places | None = None
    how: dict[str, Any] = field(default_factory=dict)
    # Of a script or notebook: what it loads, defines and names; see `programs.Program`.
    program: dict[str, Any] = field(default_factory=dict)
    # The small picture itself travels beside the document.
    picture: bytes = b""
    picture_size: tuple[int, int] = (0, 0)
    # And a larger one, to be had instead of a photograph of many megabytes.
    copy: bytes = b""
    copy_size: tuple[int, int] = (0, 0)

    def note(self, code: str) -> None:
        if code not in self.notes:
            self.notes.append(code)

    def fact(self, code: str, value: object) -> None:
        said = clean(str(value), CELL_CHARS)
        if said and len(self.facts) < MOST_FACTS:
            self.facts.append((code, said))

    def to_json(self) -> dict[str, Any]:
        """Text and whole numbers only, without what is empty."""
        made = asdict(self)
        del made["picture"], made["picture_size"], made["contents"]
        del made["copy"], made["copy_size"]
        if self.picture:
            width, height = self.picture_size
            made["picture"] = {"width": width, "height": height}
        if self.copy:
            width, height = self.copy_size
            made["copy"] = {"width": width, "height": height, "size_bytes": len(self.copy)}
        return {"schema": SCHEMA} | {key: value for key, value in made.items() if value}


# Marks that turn the direction of what follows: a cell must not rearrange the page.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


# The file is public, and whoever fetches it has the addresses in it; a page that is read by
# every collector of addresses does not give them out.
_MAIL = re.compile(r"[\w.+-]{1,64}@(?=[\w-]{1,63}\.[\w.-]{2,})")


def _without_mail(text: str) -> str:
    return _MAIL.sub("…@", text) if "@" in text else text


def clean(text: str, most: int) -> str:
    """One line, without control characters, marks of direction and the names in mail
    addresses; cut with an ellipsis."""
    text = _without_mail(text[: most * 2])
    kept = "".join(
        " " if letter.isspace() else letter
        for letter in text
        if letter.isspace() or (letter not in _TURNING and unicodedata.category(letter) != "Cc")
    )
    kept = " ".join(kept.split(" ")).strip().encode("utf-8", "replace").decode()
    return kept if len(kept) <= most else kept[: most - 1] + "…"


def clean_lines(text: str, most: int) -> str:
    """As `clean`, and keeps line ends and tabs."""
    text = _without_mail(text[: most * 2]).replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        letter
        for letter in text
        if letter in "\n\t" or (letter not in _TURNING and unicodedata.category(letter) != "Cc")
    )
    return kept.encode("utf-8", "replace").decode()[:most]


def can_be_asked(names: list[str]) -> bool:
    """Whether a table's columns are few and short enough to be named in questions."""
    return 0 < len(names) <= MOST_ASKED and sum(map(len, names)) <= MOST_ASKED_CHARS


def fitted(rows: list[list[str]], chars: int = TABLE_CHARS) -> list[list[str]]:
    """As many of the first rows as a page bears, at least one."""
    left = chars
    kept: list[list[str]] = []
    for row in rows[:MOST_ROWS]:
        cells = [clean(cell, CELL_CHARS) for cell in row[:MOST_COLUMNS]]
        # Tags around a cell weigh as well.
        left -= sum(len(cell) + 6 for cell in cells)
        if left < 0 and kept:
            break
        kept.append(cells)
    return kept


MOST_BYTES = 192 << 10


def checked(said: Mapping[str, Any]) -> bool:
    """Whether what a child says is a preview: plain values, not nested for ever, no numbers
    that are no numbers.

    The child is not trusted; a template shows text and whole numbers, and escapes them.
    """
    return said.get("schema") == SCHEMA and _plain(said, 8)


def _plain(value: Any, depth: int) -> bool:
    if depth == 0:
        return False
    if isinstance(value, dict):
        return all(isinstance(k, str) and _plain(v, depth - 1) for k, v in value.items())
    if isinstance(value, list):
        return all(_plain(one, depth - 1) for one in value)
    return value is None or isinstance(value, str | int)
