"""What a scan tells: traces of people, masked, and how far it has read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from tonle.kernel.errors import N_

Kind = Literal[
    "person_name",
    "phone",
    "national_id",
    "email",
    "birth_date",
    "exact_position",
    "photo_position",
    "camera_owner",
    "document_author",
    "device_id",
    "account_name",
    "recording",
]

# What a finding is called; the sentence for people is made from it.
LABELS: dict[str, str] = {
    "person_name": N_("Names of people"),
    "phone": N_("Telephone numbers"),
    "national_id": N_("Identity numbers"),
    "email": N_("E-mail addresses"),
    "birth_date": N_("Dates of birth"),
    "exact_position": N_("Exact positions of people or homes"),
    "photo_position": N_("The place where a photograph was taken"),
    "camera_owner": N_("The owner or number of a camera"),
    "document_author": N_("An author's name in the file's properties"),
    "device_id": N_("Numbers of the telephones on which a form was filled in"),
    "account_name": N_("Accounts of those who sent the answers"),
    "recording": N_("Names of pictures and recordings, in which people may be seen or heard"),
}

# Why a file was not read, or not to its end.
NOTES: dict[str, str] = {
    "kind_not_read": N_("Files of this kind are not looked into. Look yourself."),
    "bytes": N_("Only the beginning was read: the file is very large."),
    "rows": N_("Only the first rows were read: there are very many."),
    "cells": N_("Only the first columns or cells were read: there are very many."),
    "time": N_("Reading was ended: it took too long."),
    "depth": N_("Reading was ended: the file is nested too deeply."),
    "broken": N_("The file could not be read to its end: its form is broken."),
    "line": N_("A line is so long that only its beginning was read."),
    "bomb": N_("Reading was ended: the file unpacks to far more than it is."),
    "crashed": N_("The file could not be read: the reader ended without an answer."),
}


@dataclass(frozen=True)
class Limits:
    """Bounds of one scan. seconds are counted by whoever gives `stop` to the scan."""

    size_bytes: int = 256 << 20
    rows: int = 500_000
    cells: int = 8_000_000
    columns: int = 2_000
    depth: int = 64
    line_chars: int = 1 << 20
    cell_chars: int = 2_000
    # Uncompressed bytes for one byte of a zip member, beyond its first MiB.
    inflation: int = 200
    strings_chars: int = 48 << 20


@dataclass(frozen=True)
class Trace:
    """One thing found in one place of a file.

    where: a column's header, "column 3", a key, or "" for the whole file. table: a sheet's
    name or "". count: how many values; first: the number of the first row or line (from 1),
    0 where there is none. mask: one value with all but a hint covered. decide: whether the
    depositor must say what becomes of it; else it is only told. columns: of a table, from 0.
    """

    kind: Kind
    where: str = ""
    table: str = ""
    count: int = 1
    first: int = 0
    mask: str = ""
    decide: bool = True
    columns: tuple[int, ...] = ()


@dataclass
class Report:
    """What one scan came to. notes: codes of NOTES; rows: rows, lines or objects read."""

    traces: list[Trace] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rows: int = 0
    encoding: str = ""

    def note(self, code: str) -> None:
        if code not in self.notes:
            self.notes.append(code)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Report:
        traces = [Trace(**{**t, "columns": tuple(t["columns"])}) for t in value["traces"]]
        return cls(traces, list(value["notes"]), value["rows"], value["encoding"])


class Ended(Exception):
    """A bound was reached: what was found until then is told, with the note."""

    def __init__(self, note: str) -> None:
        super().__init__(note)
        self.note = note


# Told how many rows were read; answers whether to go on.
GoOn = Callable[[int], bool]

_DOT = "•"
_WORD = re.compile(r"\S+")


def mask(kind: str, value: str) -> str:
    """A hint of a value that is not the value: enough to find it again in one's own file."""
    value = " ".join(value.split())[:60]
    if kind == "email":
        user, _, domain = value.partition("@")
        return f"{user[:1]}{_DOT * 3}@{_DOT * 3}.{domain.rpartition('.')[2]}"
    if kind == "phone":
        return _digits(value, keep_first=1, keep_last=3)
    if kind == "national_id":
        return _digits(value, keep_first=1, keep_last=0, letters=True)
    if kind == "birth_date":
        return _digits(value, keep_first=0, keep_last=0)
    if kind in {"exact_position", "photo_position"}:
        return re.sub(r"(?<=[.,])(\d)(\d*)", lambda m: m[1] + _DOT * len(m[2]), value)
    return _WORD.sub(lambda word: word[0][:1] + _DOT * 3, value)


def _digits(value: str, *, keep_first: int, keep_last: int, letters: bool = False) -> str:
    places = [n for n, c in enumerate(value) if c.isdecimal() or (letters and c.isalpha())]
    kept = set(places[:keep_first]) | (set(places[-keep_last:]) if keep_last else set())
    hidden = set(places) - kept
    return "".join(_DOT if n in hidden else c for n, c in enumerate(value))
