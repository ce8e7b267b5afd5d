"""Text as a document gives it, run by run, each in a font: what old fonts wrote becomes Unicode."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice

from tonle.explore.rules.columns import is_number
from tonle.explore.rules.dialect import decoded
from tonle.explore.rules.preview import CONTENTS_CHARS, TEXT_CHARS, Preview, clean, clean_lines
from tonle.kernel.legacy import FAMILIES, Font, convert, font_of, guess

# Names of fonts that a page lists.
_MOST_NAMES = 8
_known = lru_cache(maxsize=512)(font_of)


class Runs:
    """Runs of text in the order in which they are read, until there is enough.

    converted, unread: names of old fonts that were read, and of those that nobody here can read.
    """

    def __init__(self, chars: int = CONTENTS_CHARS) -> None:
        self.converted: dict[str, None] = {}
        self.unread: dict[str, None] = {}
        self._left = chars
        self._open: list[str] = []
        self._font: Font | None = None
        self._done: list[str] = []
        self._found: list[str] = []

    @property
    def full(self) -> bool:
        return self._left <= 0

    def put(self, text: str | None, font: str = "") -> None:
        """Some text, and the name of its font where there is one."""
        if not text or self.full:
            return
        known = _known(font) if font else None
        if _family(known) != _family(self._font):
            # A letter and its sign may lie in two runs, so those of one family are read together.
            self._close()
            self._font = known
        if known and any(letter.isalnum() or letter > "\x7f" for letter in text):
            names = self.converted if known.readable else self.unread
            names.setdefault(clean(known.name, 60))
        self._open.append(text)
        self._left -= len(text)

    def end_line(self) -> None:
        """The end of a paragraph."""
        self._close()
        self._done.append("\n")
        self._found.append("\n")

    def _close(self) -> None:
        text, self._open = "".join(self._open), []
        if not text:
            return
        known = self._font
        if known and known.readable:
            text = convert(text, known.family)
        self._done.append(text)
        # What nobody can read would be found by words that nobody meant.
        self._found.append(" " if known and not known.readable else text)

    def into(self, found: Preview, *, whole: bool) -> None:
        """What was read, as a preview says it. whole: whether that was all there is."""
        self._close()
        text = "".join(self._done).strip("\n")
        found.text = clean_lines(text, TEXT_CHARS)
        found.text_whole = whole and not self.full and len(text) <= TEXT_CHARS
        found.contents = clean_lines("".join(self._found), CONTENTS_CHARS).strip()
        found.converted = list(self.converted)[:_MOST_NAMES]
        found.unread = list(self.unread)[:_MOST_NAMES]


def _family(font: Font | None) -> str:
    if font is None:
        return ""
    return font.family if font.readable else "?"


# Encodings that read nearly any bytes, so that an old font may lie behind them.
ANY_BYTES = frozenset({"cp1252", "cp1258", "cp874", "gb18030", "big5"})


def plain(sample: bytes, encoding: str, found: Preview) -> str:
    """Text that names no font: as its encoding says, or as the old font that it looks like."""
    text = decoded(sample, "latin-1" if encoding in ANY_BYTES else encoding)
    looks = guess(text)
    if looks is None:
        return decoded(sample, encoding)
    found.converted.append(FAMILIES[looks.family])
    return "\n".join(convert(line, looks.family) for line in text.splitlines())


def family_of(cells: Iterable[str]) -> str:
    """The family of old fonts that the text of a table's column looks like, "" for none."""
    looks = guess("\n".join(cells))
    return looks.family if looks else ""


# Rows that are looked at for the fonts that columns of a table were written for.
_ROWS_LOOKED_AT = 300
_MOST_COLUMNS = 200


def families(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """For each column of a table that names no fonts, the family that its text looks like; []
    where all are as they should be."""
    found = [
        family_of(row[at] for row in rows if at < len(row) and not is_number(row[at].strip()))
        for at in range(min(width, _MOST_COLUMNS))
    ]
    return found if any(found) else []


def peeked(rows: Iterator[list[str]]) -> tuple[list[list[str]], Iterator[list[str]]]:
    """The first rows, and all of them."""
    first = list(islice(rows, _ROWS_LOOKED_AT))
    return first, chain(first, rows)


def in_unicode(rows: Iterable[list[str]], families: Sequence[str]) -> Iterator[list[str]]:
    """Rows with the text of such columns turned into Unicode; numbers are numbers in any font."""
    for row in rows:
        for at, family in enumerate(families[: len(row)]):
            if family and row[at]:
                row[at] = cell(row[at], family)
        yield row


def cell(text: str, family: str) -> str:
    """A cell of a column in an old font."""
    return text if is_number(text.strip()) else convert(text, family)


def name_families(families: Iterable[str], found: Preview) -> None:
    """Say what was converted, where no font has a name."""
    for family in families:
        if family and FAMILIES[family] not in found.converted:
            found.converted.append(FAMILIES[family])
