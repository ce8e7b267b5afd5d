"""The rows of a list as applications, each with what cannot be read of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tonle.funding.rules.persons import Written, written
from tonle.funding.rules.reconcile.amounts import Amount, currency_in, read_amount
from tonle.funding.rules.reconcile.columns import (
    FIELDS,
    KNOWING,
    OTHER,
    OWN,
    Column,
    columns_of,
    is_head,
)
from tonle.funding.rules.reconcile.files import Sheet
from tonle.funding.rules.reconcile.texts import Analysis, Text, reference_of, text_of
from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence, invalid, shown

OURS, THEIRS = "ours", "theirs"
# The head is sought among so many rows; lists begin with a title and a date.
_HEAD_WITHIN: Final = 25
_PEOPLE: Final = re.compile(r"\s*[;；、\n|]\s*")
_ORCID: Final = re.compile(r"\b(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dXx])\b")
_EMAIL: Final = re.compile(r"[^\s;,<>@]+@[^\s;,<>@]+\.[^\s;,<>@]+")
_ROR: Final = re.compile(r"\b(0[a-hj-km-np-tv-z0-9]{6}[0-9]{2})\b", re.IGNORECASE)
_ERROR: Final = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)")
# What people write for nothing.
_NOTHING: Final = frozenset(
    {"-", "—", "–", "n/a", "na", "none", "/", "无", "គ្មាន", "ไม่มี", "ບໍ່ມີ", "không"}
)


@dataclass(frozen=True)
class Person:
    """side: a country (alpha-3), `ours` or `theirs` whichever list says it, or "" for anybody."""

    name: Written
    side: str = ""


def at_odds(one: str, other: str) -> bool:
    """Whether two lists say in the same terms that two things are of different sides."""
    by_list = {OURS, THEIRS}
    return bool(one and other and one != other and (one in by_list) == (other in by_list))


@dataclass(frozen=True)
class Remark:
    """What is to be known of a row, or of the list where row is 0."""

    row: int
    words: Sentence


@dataclass(frozen=True)
class Application:
    """A row: its number in the spreadsheet, and what it says.

    references: as compared, to as written. institutions: with their side, as of a person.
    shown: by field, as written.
    """

    row: int
    references: Mapping[str, str]
    titles: tuple[Text, ...]
    people: tuple[Person, ...]
    identifiers: frozenset[str]
    institutions: tuple[tuple[str, Text], ...]
    rors: frozenset[str]
    themes: tuple[Text, ...]
    amounts: tuple[Amount, ...]
    shown: Mapping[str, str]


@dataclass(frozen=True)
class Listed:
    """A list that was read. Each of its rows is in exactly one of head, blank, unread and rows.

    head: rows above the first application, with the head itself. unread: rows that no
    application can be known by, with why. columns: understood; ignored: headers that were not.
    """

    head: tuple[int, ...]
    blank: tuple[int, ...]
    unread: tuple[Remark, ...]
    rows: tuple[Application, ...]
    columns: tuple[Column, ...]
    ignored: tuple[str, ...]
    remarks: tuple[Remark, ...]

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(column.field for column in self.columns)


@dataclass
class _Cells:
    """The cells of a row by field, in the order of the columns."""

    row: int
    which: str
    analysis: Analysis
    remarks: list[Remark]
    shown: dict[str, list[str]] = field(default_factory=dict)
    sided: list[tuple[Column, str]] = field(default_factory=list)

    def tell(self, message: str, **data: object) -> None:
        self.remarks.append(Remark(self.row, Sentence(message, **data)))

    def take(self, column: Column, text: str) -> None:
        if _ERROR.fullmatch(text):
            self.tell(
                N_("The cell under “%(header)s” holds an error of its spreadsheet: %(text)s."),
                header=shown(column.header, 60),
                text=text,
            )
            return
        if text.casefold() in _NOTHING:
            return
        if "\ufffd" in text:
            self.tell(
                N_("Some letters under “%(header)s” cannot be read."),
                header=shown(column.header, 60),
            )
        self.shown.setdefault(column.field, []).append(text)
        self.sided.append((column, text))

    def all(self, name: str) -> list[tuple[Column, str]]:
        return [(column, text) for column, text in self.sided if column.field == name]

    def side(self, said: str) -> str:
        """Whose a column is, said so that both lists mean the same."""
        if said == OWN:
            return self.which
        if said == OTHER:
            return THEIRS if self.which == OURS else OURS
        return said


def read_list(
    sheet: Sheet, which: str, analysis: Analysis, given: Mapping[str, str] | None = None
) -> Listed:
    """The applications of a list.

    which: OURS or THEIRS. given: header to field, as in `columns_of`.
    Raises Invalid where no row names columns, or a column that was given is not there.
    """
    at = next(
        (at for at, (_, cells) in enumerate(sheet.rows[:_HEAD_WITHIN]) if is_head(cells, given)),
        None,
    )
    if at is None:
        first = sheet.rows[0][1] if sheet.rows else ()
        raise invalid(
            "",
            N_(
                "No row of this list names its columns in words that are known. Say what they "
                "are with --columns. The first row has: %(cells)s."
            ),
            cells=shown("; ".join(cell for cell in first if cell) or "—", 300),
        )
    headers = sheet.rows[at][1]
    columns = columns_of(headers, given)
    missing = [name for name in given or {} if name not in {one.header for one in columns}]
    missing = [name for name in missing if (given or {})[name] and name not in headers]
    if missing:
        raise invalid(
            "",
            N_("The list has no column called %(names)s. It has: %(headers)s."),
            names=shown(", ".join(missing), 100),
            headers=shown(", ".join(one for one in headers if one), 300),
        )
    known = {column.place for column in columns}
    remarks = [
        Remark(0, Sentence(N_("Other sheets of this workbook were not read: %(names)s."),
                           names=shown(", ".join(sheet.others), 200)))
    ] if sheet.others else []  # fmt: skip
    unread: list[Remark] = []
    rows = []
    for number, cells in sheet.rows[at + 1 :]:
        made = _Cells(number, which, analysis, remarks)
        for column in columns:
            if column.place < len(cells) and cells[column.place]:
                made.take(column, cells[column.place])
        if any(cells[len(headers) :]):
            made.tell(N_("The row has more cells than the list has columns."))
        if KNOWING & set(made.shown):
            rows.append(_application(made))
        else:
            unread.append(
                Remark(
                    number,
                    Sentence(
                        N_("Neither a reference nor a title nor a person stands in it: %(cells)s."),
                        cells=shown("; ".join(cell for cell in cells if cell), 120),
                    ),
                )
            )
    # What was begun before a row turned out to be unreadable is told with the row.
    gone = {one.row for one in unread}
    return Listed(
        head=tuple(number for number, _ in sheet.rows[: at + 1]),
        blank=sheet.blank,
        unread=tuple(unread),
        rows=tuple(rows),
        columns=tuple(columns),
        ignored=tuple(name for place, name in enumerate(headers) if name and place not in known),
        remarks=tuple(one for one in remarks if one.row not in gone),
    )


def _application(cells: _Cells) -> Application:
    people = []
    identifiers = set()
    for column, text in cells.all("lead"):
        for said in _PEOPLE.split(text):
            name = _EMAIL.sub("", _ORCID.sub("", said)).strip(" ()<>,")
            if name:
                people.append(Person(written(name), cells.side(column.side)))
    for name in ("lead", "orcid", "email"):
        for _, text in cells.all(name):
            identifiers |= {"-".join(found).upper() for found in _ORCID.findall(text)}
            identifiers |= {found.casefold() for found in _EMAIL.findall(text)}
    references: dict[str, str] = {}
    for _, text in cells.all("reference"):
        if key := reference_of(text):
            references.setdefault(key, text)
    return Application(
        row=cells.row,
        references=references,
        titles=_texts(cells, "title"),
        people=tuple(people[:8]),
        identifiers=frozenset(identifiers),
        institutions=tuple(
            (cells.side(column.side), text)
            for column, said in cells.all("institution")
            for text in _lines(said, cells.analysis)
        ),
        rors=frozenset(
            found.lower()
            for name in ("ror", "institution")
            for _, text in cells.all(name)
            for found in _ROR.findall(text)
        ),
        themes=_texts(cells, "theme"),
        amounts=_amounts(cells),
        shown={name: "; ".join(cells.shown[name]) for name in FIELDS if name in cells.shown},
    )


def _texts(cells: _Cells, name: str) -> tuple[Text, ...]:
    return tuple(text for _, said in cells.all(name) for text in _lines(said, cells.analysis))


def _lines(said: str, analysis: Analysis) -> list[Text]:
    """Each line of a cell: titles in two languages often share one."""
    return [text for line in said.split("\n") if (text := text_of(line, analysis)).letters]


def _amounts(cells: _Cells) -> tuple[Amount, ...]:
    told = [text for _, text in cells.all("currency")]
    said = {currency_in(text.upper()) or currency_in(text) for text in told}
    currency = said.pop() if len(said) == 1 else ""
    if told and not currency:
        cells.tell(N_("The currency cannot be read: %(text)s."), text=shown("; ".join(told), 40))
    found = []
    for column, text in cells.all("amount"):
        amount = read_amount(text, currency or column.currency,
                             cells.side(column.side), column.times)  # fmt: skip
        if amount.number is None:
            cells.tell(N_("The amount cannot be read: %(text)s."), text=shown(text, 60))
        found.append(amount)
    return tuple(found)
