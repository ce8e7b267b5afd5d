"""Judging a table as it streams by: what each column holds, and whether rows are people.

A `Table` is fed rows and keeps counters, never values. What a column is, is decided at the
end from its header and from the share of its cells that have a form: one number among many
that happens to look like a telephone makes no telephone column.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from tonle.deposit.checks.rules.personal import people, values
from tonle.deposit.checks.rules.personal.headers import kinds_of
from tonle.deposit.checks.rules.personal.traces import Ended, Kind, Limits, Trace, mask

# A form that shows in fewer cells than this tells nothing about a column without a header.
FEWEST = 5
# Distinct values are counted up to here; more means: they differ.
_DISTINCT = 2_000
_PROSE_FROM = 12
# A picture or recording of an answer, by its name.
_RECORDINGS = (
    ".jpg", ".jpeg", ".png", ".heic", ".mp4", ".3gp", ".mov", ".m4a", ".amr", ".mp3", ".wav",
    ".aac", ".ogg", ".webm",
)  # fmt: skip
# Words that may be the header's own: the same text in more cells is data.
_HEADER_ROWS = 5


@dataclass
class _Seen:
    """How many cells have a form, the first of them, and one of them masked."""

    count: int = 0
    first: int = 0
    mask: str = ""

    def add(self, kind: Kind, text: str, row: int) -> None:
        self.count += 1
        if self.count == 1:
            self.first, self.mask = row, mask(kind, text)


@dataclass
class Column:
    """One column's counters. said: what its header names."""

    place: int
    label: str
    said: frozenset[str]
    filled: int = 0
    letters: int = 0
    exact: int = 0
    distinct: set[int] = field(default_factory=set)
    seen: dict[str, _Seen] = field(default_factory=dict)
    last_number: int | None = None
    steps: int = 0

    def add(self, form: str, kind: Kind, text: str, row: int) -> None:
        self.seen.setdefault(form, _Seen()).add(kind, text, row)

    def share(self, form: str) -> float:
        """The share of filled cells that have the form."""
        return self.number(form) / self.filled if self.filled else 0.0

    def number(self, form: str) -> int:
        return self.seen[form].count if form in self.seen else 0

    @property
    def differs(self) -> bool:
        """Whether most values are not repeated, as those of people are not."""
        return len(self.distinct) >= min(self.filled, _DISTINCT) * 0.5

    @property
    def counts_up(self) -> bool:
        """Whether the numbers go up by one: a serial number, not somebody's."""
        return self.filled >= FEWEST and self.steps >= 0.8 * (self.filled - 1)


class Table:
    """Takes rows, and says at the end what was found.

    name: the sheet's, for the traces. headers may come later: see `feed`.
    """

    def __init__(self, limits: Limits, *, name: str = "") -> None:
        self._limits = limits
        self._name = name
        self._columns: dict[int, Column] = {}
        self._waiting: list[dict[int, str]] | None = []
        self._cells = 0
        self.rows = 0
        self.truncated = False

    def feed(self, cells: Iterable[tuple[int, str]]) -> None:
        """One row: (column number from 0, text) pairs. Raises Ended at a bound.

        The first rows are kept back until the header among them is known.
        """
        row = {}
        for number, cell in cells:
            if number >= self._limits.columns:
                self.truncated = True
                break
            text = cell.strip()
            if text:
                row[number] = text[: self._limits.cell_chars]
        self.rows += 1
        self._cells += len(row)
        if self.rows > self._limits.rows:
            raise Ended("rows")
        if self._cells > self._limits.cells:
            raise Ended("cells")
        if self._waiting is None:
            self._take(row, self.rows)
            return
        self._waiting.append(row)
        if len(self._waiting) >= _HEADER_ROWS:
            self._settle()

    def named(self, number: int, header: str) -> None:
        """Name a column outright, as a JSON key does."""
        self._waiting = None
        if number not in self._columns:
            self._columns[number] = Column(number, _label(header, number), kinds_of(header))

    def add_value(self, number: int, text: str, row: int) -> None:
        """One value of a column that was named. Raises Ended at a bound."""
        self._cells += 1
        if self._cells > self._limits.cells:
            raise Ended("cells")
        text = text.strip()
        if text:
            self._look(self._columns[number], text[: self._limits.cell_chars], row)

    def traces(self) -> list[Trace]:
        """What was found, in the order of columns."""
        if self._waiting is not None:
            self._settle()
        columns = [column for _, column in sorted(self._columns.items())]
        found = [trace for column in columns for trace in self._of_column(column)]
        people_here = {trace.kind for trace in found if trace.decide}
        said = {kind for column in columns for kind in column.said}
        rows_are_people = bool(people_here) or "person" in said or {"age", "sex"} <= said
        # Of the answers to a form, each was given by somebody at that place.
        answered = "survey" in said
        for column in columns:
            if not any(t.where == column.label and t.kind == "person_name" for t in found):
                found += self._names(column, rows_are_people)
        if answered or rows_are_people or any(t.kind == "person_name" for t in found):
            found += self._positions(columns)
        return found

    # --- Rows ------------------------------------------------------------------------

    def _settle(self) -> None:
        """Find the header among the first rows, and take the others as data.

        The row whose words name most kinds, else the first one that is as wide as any and
        holds no value; survey tools put a title or a second header around it.
        """
        rows, self._waiting = self._waiting or [], None
        widest = max((len(row) for row in rows), default=0)
        best, most = -1, 0
        for place, row in enumerate(rows):
            named = sum(bool(kinds_of(text)) for text in row.values() if len(text) <= 60)
            valued = sum(_is_value(text) for text in row.values())
            if valued == 0 and named > most:
                best, most = place, named
        if best < 0:
            plain = [
                place
                for place, row in enumerate(rows)
                if len(row) == widest and not any(_is_value(text) for text in row.values())
            ]
            # One row of words is no header when all the others are words as well.
            best = plain[0] if plain and len(plain) < len(rows) else -1
        header = rows[best] if best >= 0 else {}
        for number, text in header.items():
            # A row that names nothing may be data after all: its words are then not told.
            label = _label(text if most else "", number)
            self._columns[number] = Column(number, label, kinds_of(text))
        for place, row in enumerate(rows):
            if place > best:
                self._take(row, place + 1)

    def _take(self, row: dict[int, str], number: int) -> None:
        for place, text in row.items():
            column = self._columns.get(place)
            if column is None:
                column = self._columns[place] = Column(place, _label("", place), frozenset())
            self._look(column, text, number)

    def _look(self, column: Column, text: str, row: int) -> None:
        """Which forms one cell has. The cheap questions come first: most cells are short."""
        column.filled += 1
        if len(column.distinct) < _DISTINCT:
            column.distinct.add(hash(text))
        said = column.said
        digits = sum(c.isdecimal() for c in text)
        if "device_id" in said:
            column.add("device_id", "device_id", text, row)
        if "account_name" in said:
            column.add("account_name", "account_name", text, row)
        if text[-5:].lower().endswith(_RECORDINGS) and values.is_recording(text):
            column.add("recording", "recording", text, row)
        if digits == 0:
            if "@" in text:
                self._prose(column, text, row)
            self._words(column, text, row)
            return
        if digits >= 7:
            if text.isdecimal():
                number = int(text[:30])
                column.steps += column.last_number is not None and number == column.last_number + 1
                column.last_number = number
            if len(text) <= 30:
                if values.is_phone(text) or ("phone" in said and values.may_be_phone(text)):
                    column.add("phone", "phone", text, row)
                country = values.id_country(text)
                if country:
                    column.add(f"national_id:{country}", "national_id", text, row)
                if "birth_date" in said and values.is_date(text):
                    column.add("birth_date", "birth_date", text, row)
                if "position" in said and values.is_pair(text):
                    column.add("pair", "exact_position", text, row)
            if values.is_geopoint(text):
                column.add("geopoint", "exact_position", text, row)
        if "national_id" in said and values.may_be_id(text):
            column.add("national_id", "national_id", text, row)
        if (
            "birth_date" in said
            and digits < 7
            and (values.is_date(text) or (text.isdecimal() and 7_000 <= int(text) <= 60_000))
        ):
            # The second form is a day as spreadsheets count them.
            column.add("birth_date", "birth_date", text, row)
        if said & {"latitude", "longitude"}:
            places = values.decimals(text)
            if places is not None and places > 3 and abs(float(values.ascii_digits(text))) <= 180:
                column.exact += 1
                column.add("exact", "exact_position", text, row)
        if len(text) >= _PROSE_FROM or "@" in text:
            self._prose(column, text, row)

    def _words(self, column: Column, text: str, row: int) -> None:
        column.letters += 1
        if len(text) > 80:
            return
        if people.is_addressed(text):
            column.add("addressed", "person_name", text, row)
        elif column.said & {"name", "whole", "person_name"} and people.is_of_known_family(text):
            column.add("family", "person_name", text, row)
        if column.said & {"name", "whole", "person_name"}:
            if people.may_be_name(text):
                column.add("nameable", "person_name", text, row)
            if people.is_latin_name(text):
                column.add("latin", "person_name", text, row)

    def _prose(self, column: Column, text: str, row: int) -> None:
        for kind, value in values.in_prose(text):
            column.add(f"prose:{kind}", kind, value, row)

    # --- Judging ---------------------------------------------------------------------

    def _of_column(self, column: Column) -> list[Trace]:
        found: list[Trace] = []
        if column.filled == 0:
            return found
        phone = column.number("phone")
        if ("phone" in column.said and phone and column.share("phone") >= 0.2) or (
            phone >= FEWEST
            and column.share("phone") >= 0.8
            and column.differs
            and not column.counts_up
            and not column.said & {"latitude", "longitude", "national_id"}
        ):
            found.append(self._trace("phone", column, "phone"))
        found += self._identities(column)
        own: tuple[Kind, ...] = ("device_id", "account_name")
        found += [self._trace(kind, column, kind) for kind in own if column.number(kind)]
        if column.share("recording") >= 0.5:
            found.append(replace(self._trace("recording", column, "recording"), decide=False))
        if column.share("birth_date") >= 0.5:
            found.append(self._trace("birth_date", column, "birth_date"))
        if "person_name" in column.said and column.share("nameable") >= 0.6:
            found.append(self._trace("person_name", column, "nameable"))
        have = {trace.kind for trace in found}
        kinds: tuple[Kind, ...] = ("email", "phone", "national_id")
        found += [
            self._trace(kind, column, f"prose:{kind}")
            for kind in kinds
            if column.number(f"prose:{kind}") and kind not in have
        ]
        return found

    def _identities(self, column: Column) -> list[Trace]:
        if "national_id" in column.said and column.share("national_id") >= 0.5:
            return [self._trace("national_id", column, "national_id")]
        for country, fewest, share in (
            ("CHN", 1, 0.2),
            ("MMR", 1, 0.2),
            ("THA", FEWEST, 0.8),
            # No check digit: ten that all begin with a province and are not counted up.
            ("VNM", 10, 0.98),
        ):
            form = f"national_id:{country}"
            enough = column.number(form) >= fewest and column.share(form) >= share
            if enough and column.differs and not column.counts_up:
                return [self._trace("national_id", column, form)]
        return []

    def _names(self, column: Column, rows_are_people: bool) -> list[Trace]:
        """Columns that may be names: by how they address people, or by what stands beside."""
        if column.filled == 0 or column.said & {"thing"}:
            return []
        if column.number("addressed") >= FEWEST and column.share("addressed") >= 0.5:
            return [self._trace("person_name", column, "addressed")]
        if not column.said & {"name", "whole"} or not column.differs:
            return []
        alike = column.number("addressed") + column.number("family")
        sure = rows_are_people or "whole" in column.said
        if alike >= FEWEST and alike >= 0.6 * column.filled and sure:
            form = "family" if column.number("family") else "addressed"
            return [self._trace("person_name", column, form)]
        if rows_are_people and column.share("nameable") >= 0.8:
            return [self._trace("person_name", column, "nameable")]
        return []

    def _positions(self, columns: list[Column]) -> list[Trace]:
        """Exact positions, where rows are people: a village list alone is no trace."""
        found = []
        for column in columns:
            form = "pair" if column.share("pair") >= 0.5 else "geopoint"
            if column.share(form) >= 0.5:
                found.append(self._trace("exact_position", column, form))
        pair = {
            kind: next((c for c in columns if kind in c.said and c.share("exact") >= 0.5), None)
            for kind in ("latitude", "longitude")
        }
        latitude, longitude = pair["latitude"], pair["longitude"]
        if latitude and longitude:
            # Both together are one thing to decide about.
            one, other = (self._trace("exact_position", c, "exact") for c in (latitude, longitude))
            found.append(
                replace(
                    one,
                    where=f"{one.where}, {other.where}",
                    mask=f"{one.mask}, {other.mask}",
                    columns=(*one.columns, *other.columns),
                )
            )
        return found

    def _trace(self, kind: Kind, column: Column, form: str) -> Trace:
        seen = column.seen[form]
        columns = (column.place,)
        return Trace(
            kind, column.label, self._name, seen.count, seen.first, seen.mask, columns=columns
        )


def _is_value(text: str) -> bool:
    """Whether a cell is plainly data and no header: a number, a date, somebody's address."""
    if not any(c.isdigit() for c in text):
        return "@" in text
    return (
        values.decimals(text) is not None
        or values.is_date(text)
        or values.is_phone(text)
        or bool(values.id_country(text))
        or values.is_email(text)
    )


def _label(header: str, number: int) -> str:
    """The header as it may be told, or the column's number where it is none or is a value."""
    header = " ".join(header.split())[:60]
    if not header or _is_value(header) or any(True for _ in values.in_prose(header)):
        return f"#{number + 1}"
    return header
