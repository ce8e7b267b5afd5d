"""Reading code lists: lazily, once, and never changed afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from tonle.kernel.codes import cldr
from tonle.kernel.text import choose, one_line

_DATA: Final = Path(__file__).with_name("data")

LISTS: Final = tuple(sorted(path.stem for path in _DATA.glob("*.json")))
"""The names of all lists."""


@dataclass(frozen=True)
class Code:
    """One entry. names: language tag to name; data: what else the list knows of it.

    since, until: the days from which and up to which (not included) the code is in use,
    None where it always was or still is. parent: a code of the same list, or of the list
    that the list's description names.
    """

    code: str
    names: Mapping[str, str] = field(hash=False)
    parent: str | None = None
    since: date | None = None
    until: date | None = None
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def label(self, language: str = "en") -> str:
        """The name in the language, else in English, else any, else the code itself."""
        return choose(self.names, language)[1] or self.code

    def in_use(self, on: date) -> bool:
        """Whether the code is in use on that day."""
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


@dataclass(frozen=True)
class CodeList:
    """A list: its codes in the order of its source, and where it comes from.

    as_of: the day its source was read, ISO 8601; licence: SPDX id or a sentence.
    """

    name: str
    title: str
    as_of: str
    source: str
    licence: str
    codes: Mapping[str, Code] = field(hash=False)
    note: str = ""


@cache
def code_list(name: str) -> CodeList:
    """The list of that name. Raises KeyError: which lists there are is known to the program."""
    if name not in LISTS:
        raise KeyError(f"no code list is called {name!r}; there are {', '.join(LISTS)}")
    raw = json.loads((_DATA / f"{name}.json").read_text(encoding="utf-8"))
    entries = {code: Code(code, names) for code, names in cldr.entries(name)}
    for row in raw["codes"]:
        code, names = row.pop("code"), row.pop("names")
        if name in cldr.NAMED and (english := cldr.name_of(name, code, "en")):
            names = {"en": english}
        for language, told in _translations().items():
            if text := told.get(name, {}).get(code):
                names[language] = text
        entries[code] = Code(
            code=code,
            names=MappingProxyType(names),
            parent=row.pop("parent", None),
            since=_day(row.pop("since", None)),
            until=_day(row.pop("until", None)),
            data=MappingProxyType(row),
        )
    return CodeList(
        name=name,
        title=raw["title"],
        as_of=raw["as_of"],
        source=raw["source"],
        licence=raw["licence"],
        codes=MappingProxyType(entries),
        note=raw.get("note", ""),
    )


@cache
def _translations() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Language to list to code to name: what was translated apart, `data/names/<tag>.json`.

    One file a language, so that whoever translates has all of it before them.
    """
    found = sorted((_DATA / "names").glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in found}


def codes(name: str) -> Mapping[str, Code]:
    """Code to entry, in the order of the source. Read-only. Raises KeyError as `code_list`."""
    return code_list(name).codes


def label(name: str, code: str, language: str = "en") -> str:
    """What to show for a code; the code itself when the list does not know it.

    language: BCP 47. CLDR is asked for countries, languages and currencies, so that every
    interface language has them; members of the commons are named as they name themselves.
    Raises KeyError for an unknown list.
    """
    if name == "countries" and code in _members_by_country():
        tag, text = choose(_members_by_country()[code].names, language)
        if tag.split("-")[0] == language.split("-")[0].lower():
            return text
    if name in cldr.NAMED and (found := cldr.name_of(name, code, language)):
        return found
    known = codes(name).get(code)
    return known.label(language) if known else code


def valid(name: str, code: str, on: date | None = None) -> bool:
    """Whether the list has the code and, when a day is given, it is in use on that day."""
    known = codes(name).get(code)
    return known is not None and (on is None or known.in_use(on))


def find(name: str, text: str) -> Code | None:
    """The code whose code or name in any language is the text, without regard to case.

    For sources that write "Khmer" or "KHM" where a code belongs; of CLDR's names only the
    English ones are known. None when nothing or several fit.
    """
    wanted = one_line(text).casefold()
    return _by_name(name).get(wanted)


def members() -> Mapping[str, Code]:
    """The six members of the commons by their code: KHM, LAO, THA, VNM, MMR, CHN-YN."""
    return codes("members")


@cache
def _members_by_country() -> Mapping[str, Code]:
    """ISO 3166-1 alpha-2 to the member that is the whole of that country: not Yunnan."""
    return {one.data["country"]: one for one in members().values() if "-" not in one.code}


@cache
def _by_name(name: str) -> Mapping[str, Code]:
    found: dict[str, Code] = {}
    several: set[str] = set()
    for code in codes(name).values():
        spellings = {code.code, code.data.get("alpha3", code.code), *code.names.values()}
        if name == "countries" and code.code in _members_by_country():
            spellings |= set(_members_by_country()[code.code].names.values())
        for text in {spelling.casefold() for spelling in spellings}:
            if text in found and found[text] is not code:
                several.add(text)
            found[text] = code
    # A code of its own wins over a name that is somebody else's code.
    own = {code.code.casefold(): code for code in codes(name).values()}
    return {t: c for t, c in found.items() if t not in several} | own


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
