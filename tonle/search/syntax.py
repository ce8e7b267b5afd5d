"""The few signs by which a reader says more than words. Pure.

    "rice fields"        these words, one after the other
    -flood  -"dry rice"  not what has this
    title:rice           a field; its value may stand in quotation marks
    year:2019..2024      from and to; either may be left out
    hydro*               words that begin so

There are no mistakes in it: what is none of these is text, and is searched for as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

# More signs than this are no question; what follows is text.
MOST_PARTS = 20

What = Literal["words", "phrase", "beginning", "field"]

# As people's keyboards write them: English, typographic, French, German, Chinese.
_QUOTES = {'"': '"', "“": "”", "”": "”", "«": "»", "„": "“", "「": "」", "『": "』"}
_MINUS = "-\u2212"
# A beginning shorter than this is one of too many words.
_LEAST_BEGINNING = 2


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was asked for.

    text: words, phrase, beginning (without its star) or value of a field. field: its name here,
    "" where none was named. quoted: the value of a field stood in quotation marks. excluded: it
    must not be there. start, end: its place in what was typed, signs included.
    """

    what: What
    text: str
    start: int
    end: int
    field: str = ""
    quoted: bool = False
    excluded: bool = False


def parse(typed: str, names: Mapping[str, str]) -> tuple[Part, ...]:
    """What was typed, in parts in reading order; neighbouring plain words are one part.

    names: the words that may stand before a colon, in lower case, to the field each means.
    Total: any string has an answer, and every letter of it is in some part or between two.
    """
    parts: list[Part] = []
    at = signs = 0
    while at < len(typed):
        if typed[at].isspace():
            at += 1
            continue
        part = _sign(typed, at, names) if signs < MOST_PARTS else None
        if part is None:
            end = _end_of_word(typed, at)
            if parts and parts[-1].what == "words" and not parts[-1].excluded:
                at_first = parts.pop().start
            else:
                at_first = at
            part = Part("words", typed[at_first:end], at_first, end)
        else:
            signs += 1
        parts.append(part)
        at = part.end
    return tuple(parts)


def without(typed: str, *parts: Part) -> str:
    """What was typed, less these parts."""
    for part in sorted(parts, key=lambda part: -part.start):
        typed = f"{typed[: part.start]} {typed[part.end :]}"
    return " ".join(typed.split())


def _sign(typed: str, start: int, names: Mapping[str, str]) -> Part | None:
    """The part with a sign that begins here; None where plain words do."""
    at = start
    # The sign of a number is no minus, nor is a dash that stands alone.
    excluded = typed[at] in _MINUS and _begins_something(typed, at + 1)
    at += excluded
    field = ""
    named = _FIELD.match(typed, at)
    if named and (known := names.get(named["name"].casefold())):
        field, at = known, named.end()
    closing = _QUOTES.get(typed[at])
    end = typed.find(closing, at + 1) if closing else -1
    if end > 0 and (text := typed[at + 1 : end].strip()):
        what: What = "field" if field else "phrase"
        return Part(what, text, start, end + 1, field, quoted=True, excluded=excluded)
    end = _end_of_word(typed, at)
    text = typed[at:end]
    if field:
        return Part("field", text, start, end, field, excluded=excluded)
    beginning = text.rstrip("*")
    if beginning != text and len(beginning) >= _LEAST_BEGINNING and beginning[-1].isalnum():
        return Part("beginning", beginning, start, end, excluded=excluded)
    return Part("words", text, start, end, excluded=True) if excluded else None


# A colon with something after it at once: "Rice: a survey" is a title that somebody pasted.
_FIELD = re.compile(r"(?P<name>[^\s:：\"“”«»-]{1,40})[:：](?=\S)")


def _begins_something(typed: str, at: int) -> bool:
    return at < len(typed) and (typed[at].isalpha() or typed[at] in _QUOTES)


def _end_of_word(typed: str, at: int) -> int:
    while at < len(typed) and not typed[at].isspace():
        at += 1
    return at


_YEARS = re.compile(r"(?P<low>\d{1,4})?(?P<range>\.\.+|…|-|–)?(?P<high>\d{1,4})?")
_SINCE = re.compile(r"(?P<sign>>=|<=|>|<)(?P<year>\d{1,4})")
# Nobody catalogues what comes four centuries from now: such a year counts from the Buddha.
_BUDDHIST_ERA, _BEFORE_CHRIST = 2400, 543


def years(text: str) -> tuple[int | None, int | None] | None:
    """First and last year of `2019`, `2019..2024`, `2019-`, `..2019`, `>=2019`; None for others.

    Years of the Buddhist Era are turned into ours (Thai and Lao counting: 543 more).
    """
    if since := _SINCE.fullmatch(text):
        year = _ours(since["year"])
        match since["sign"]:
            case ">=":
                return year, None
            case ">":
                return year + 1, None
            case "<=":
                return None, year
            case _:
                # No year counts below nothing, here or in an index.
                return None, max(0, year - 1)
    found = _YEARS.fullmatch(text)
    if not found or not (found["low"] or found["high"]):
        return None
    low = _ours(found["low"]) if found["low"] else None
    high = _ours(found["high"]) if found["high"] else None
    if not found["range"]:
        return (low, low) if found["low"] and not found["high"] else None
    return (high, low) if low is not None and high is not None and low > high else (low, high)


def _ours(year: str) -> int:
    number = int(year)
    return number - _BEFORE_CHRIST if number >= _BUDDHIST_ERA else number
