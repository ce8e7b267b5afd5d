"""How a kind of record is entered by hand: what the form of a deposit asks of it alone.

The context that owns a kind says what is asked, as data, and how fields and profile become each
other; the form itself is drawn, saved and guarded by `deposit`, which knows no kind of another
context. What a profile may hold is decided by its schema, here as everywhere.

Light, so that a context can register at start-up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from tonle.kernel.fields import Reader, Writer

Sort = Literal["line", "choice", "ticks", "flag", "texts", "prose"]
Options = Sequence[tuple[str, str]]
Write = Callable[[Mapping[str, Any], Writer], None]
Read = Callable[[Reader, date], Any]


@dataclass(frozen=True)
class Field:
    """One field. texts, prose: a line or paragraphs in several languages, a row for each.

    label, hint, empty: gettext messages. options: from the reader's language (BCP 47) and the
    values that the record has to what can be chosen or ticked, these among it; empty: what the
    choice of nothing is called.
    """

    name: str
    sort: Sort
    label: str
    hint: str = ""
    options: Callable[[str, Sequence[str]], Options] | None = None
    empty: str = ""


@dataclass(frozen=True)
class Section:
    """Fields under one heading; group is its place on the page.

    row, add: of a section whose fields repeat, what a row and the button for another are called;
    a field is then `<group>-<number>-<name>`, and each row carries `-rest` along unseen.
    carries: names of fields that travel along unseen. later: asked only of what follows a
    published version.
    """

    group: str
    heading: str
    fields: tuple[Field, ...]
    hint: str = ""
    row: str = ""
    add: str = ""
    carries: tuple[str, ...] = ()
    later: bool = False


@dataclass(frozen=True)
class Part:
    """One property of the profile.

    groups: what the names of its fields begin with; properties that are read together share
    them. write: puts the profile's property into fields. read: gives it back from what was sent
    and today, None where nothing is said; a problem of the reader keeps it as it was.
    """

    key: str
    groups: tuple[str, ...]
    write: Write
    read: Read


@dataclass(frozen=True)
class Entry:
    """What the form asks of one kind.

    about: what it is, for somebody who never entered one. label, title: of its step.
    resource_types: DataCite's types that it is mostly of. begins: what its document says from
    the first moment.
    """

    kind: str
    about: str
    label: str
    title: str
    sections: tuple[Section, ...]
    parts: tuple[Part, ...]
    resource_types: tuple[str, ...] = ()
    begins: Mapping[str, Any] = field(default_factory=dict)


_ENTRIES: dict[str, Entry] = {}


def register(entry: Entry) -> None:
    """Let a kind be entered by hand. Two forms of one kind are an error of the program."""
    if _ENTRIES.get(entry.kind, entry) != entry:
        raise RuntimeError(f"Two contexts say how {entry.kind!r} is entered.")
    _ENTRIES[entry.kind] = entry


def of(kind: str) -> Entry | None:
    """What is asked of a kind; None of one whose context asks nothing here."""
    return _ENTRIES.get(kind)


def every() -> tuple[Entry, ...]:
    """All of them, in the order of registration."""
    return tuple(_ENTRIES.values())
