"""The few signs by which a reader says more than words. Pure.

    "rice fields"        these words, one after the other
    -flood  NOT flood    not what has this
    rice OR maize        one of the two, or of more
    title:rice           a field; its value may stand in quotation marks
    year:2019..2024      from and to; either may be left out
    hydro*               words that begin so

There are no mistakes in it: what is none of these is text, and is searched for as it stands.
What looks like a sign and is none is named by `slips`, so that a page can say so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

# More signs than this are no question; what follows is text.
MOST_PARTS = 20

What = Literal["words", "phrase", "beginning", "field", "either"]

# As people's keyboards write them: English, typographic, French, German, Chinese, Lao. What is
# opened by one key may be closed by another one: telephones change the first and not the second.
_QUOTES = {
    **dict.fromkeys('"“”„‟＂〝〞', '"“”‟＂〞'),
    "«": "»",
    "»": "«",
    "「": "」",
    "『": "』",
    "《": "》",
}
_MINUS = "-\u2212\uff0d\ufe63"
# Chinese, Khmer and Burmese marks after which nobody types a space.
_BREAKS = "，、；。၊។"
# What stands behind a field's name: also full width, small, ratio, and the Khmer mark for it.
COLONS = ":：﹕∶៖"
# A beginning shorter than this is one of too many words.
_LEAST_BEGINNING = 2


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was asked for.

    text: words, phrase, beginning (without its star) or value of a field. field: its name here,
    "" where none was named. quoted: the value of a field stood in quotation marks. excluded: it
    must not be there. start, end: its place in what was typed, signs included. among: the parts
    of which one is enough.
    """

    what: What
    text: str
    start: int
    end: int
    field: str = ""
    quoted: bool = False
    excluded: bool = False
    among: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Slip:
    """Something that looks like a sign and was taken for text.

    field: no field is called `text`; near is one that is, or "". space: nothing stands behind
    the colon of `text`. quote: nothing closes the mark before `text`. star: it helps at the end
    of two letters or more only. joint: `text` stands where there is nothing to join, and was passed
    over. bracket: what stands in brackets is not taken together. many: there are more than
    MOST_PARTS. value: `text` says nothing to the field `near`.
    """

    what: Literal["field", "space", "quote", "star", "joint", "bracket", "many", "value"]
    text: str
    near: str = ""


@dataclass(frozen=True, slots=True)
class _Joint:
    """AND, OR or NOT, where it was typed."""

    word: str
    start: int
    end: int


def parse(typed: str, names: Mapping[str, str]) -> tuple[Part, ...]:
    """What was typed, in parts in reading order; neighbouring plain words are one part.

    names: the words that may stand before a colon, as `key` writes them, to the field each means.
    Total: any string has an answer, and every letter of it is in a part, but for AND, OR and NOT
    between them.
    """
    pieces = list(_pieces(typed, names))
    if text := typed.strip() if all(isinstance(piece, _Joint) for piece in pieces) else "":
        # Marks alone, or only what joins: text, with nothing in it that could be a sign.
        start = typed.index(text)
        return (Part("words", text, start, start + len(text)),)
    return tuple(_plain_together(typed, _joined(typed, pieces)))


def key(name: str) -> str:
    """The one form in which words before a colon are compared."""
    return unicodedata.normalize("NFKC", name).casefold()


def without(typed: str, parts: Sequence[Part], *gone: Part) -> str:
    """What was typed, less some of its parts."""
    return " ".join(typed[part.start : part.end] for part in parts if part not in gone)


# --- cutting ------------------------------------------------------------------------


def _pieces(typed: str, names: Mapping[str, str]) -> Iterator[Part | _Joint]:
    """Words one by one, signs, and what joins them."""
    at = signs = 0
    while at < len(typed):
        if _is_break(typed[at]):
            at += 1
            continue
        end = _end_of_word(typed, at)
        piece: Part | _Joint | None = None
        if signs < MOST_PARTS:
            piece = _sign(typed, at, names)
            if piece is None and (word := _operator(typed[at:end])):
                piece = _Joint(word, at, end)
        signs += piece is not None
        yield piece or Part("words", typed[at:end], at, end)
        at = piece.end if piece else end


def _operator(word: str) -> str:
    """AND, OR or NOT in capitals, also of full width; "" for any other word."""
    plain = unicodedata.normalize("NFKC", word)
    return plain if plain in {"AND", "OR", "NOT"} else ""


def _joined(typed: str, pieces: Sequence[Part | _Joint]) -> Iterator[Part | None]:
    """The parts, those with an OR between them as one; None where another joint stood."""
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        at += 1
        if isinstance(piece, _Joint):
            yield None
            continue
        among = [piece]
        while not piece.excluded and (further := _after_or(pieces, at)):
            among.append(further)
            at += 2
        if len(among) == 1:
            yield piece
        else:
            start, end = among[0].start, among[-1].end
            yield Part("either", typed[start:end], start, end, among=tuple(among))


def _after_or(pieces: Sequence[Part | _Joint], at: int) -> Part | None:
    """What an OR at this place adds; None where it adds nothing."""
    if at + 1 >= len(pieces):
        return None
    joint, further = pieces[at], pieces[at + 1]
    if isinstance(joint, Part) or joint.word != "OR" or isinstance(further, _Joint):
        return None
    return None if further.excluded else further


def _plain_together(typed: str, parts: Iterator[Part | None]) -> Iterator[Part]:
    plain: Part | None = None
    for part in parts:
        if part and part.what == "words" and not part.excluded:
            start = plain.start if plain else part.start
            plain = Part("words", typed[start : part.end], start, part.end)
            continue
        if plain:
            yield plain
            plain = None
        if part:
            yield part
    if plain:
        yield plain


def _sign(typed: str, start: int, names: Mapping[str, str]) -> Part | None:
    """The part with a sign that begins here; None where plain words do."""
    at, excluded = _excluding(typed, start)
    field = ""
    named = _FIELD.match(typed, at)
    if named and (known := names.get(key(named["name"]))):
        field, at = known, named.end()
    closing = _QUOTES.get(typed[at], "")
    end = next((i for i in range(at + 1, len(typed)) if typed[i] in closing), -1)
    if end > 0:
        if text := typed[at + 1 : end].strip():
            what: What = "field" if field else "phrase"
            return Part(what, text, start, end + 1, field, quoted=True, excluded=excluded)
        # Two marks with nothing between are text, and neither of them opens anything else.
        return Part("words", typed[start : end + 1], start, end + 1)
    end = _end_of_word(typed, at)
    text = typed[at:end]
    if field:
        text = text.rstrip(",;") or text
        return Part("field", text, start, end, field, excluded=excluded)
    beginning = text.rstrip("*＊")
    if beginning != text and len(beginning) >= _LEAST_BEGINNING and _is_letter(beginning[-1]):
        return Part("beginning", beginning, start, end, excluded=excluded)
    return Part("words", text, start, end, excluded=True) if excluded else None


def _excluding(typed: str, start: int) -> tuple[int, bool]:
    """Where the part itself begins, and whether it is to be left out."""
    at, excluded = start, False
    end = _end_of_word(typed, at)
    if _operator(typed[at:end]) == "NOT":
        further = next((i for i in range(end, len(typed)) if not _is_break(typed[i])), len(typed))
        if further < len(typed) and not _operator(typed[further : _end_of_word(typed, further)]):
            at, excluded = further, True
    # The sign of a number is no minus, nor is a dash that stands alone.
    if typed[at] in _MINUS and _begins_something(typed, at + 1):
        at, excluded = at + 1, True
    return at, excluded


# A colon with something after it at once: "Rice: a survey" is a title that somebody pasted.
_NAME = rf"(?P<name>[^\s{COLONS}{_BREAKS}\"“”«»()\[\]{{}}/-]{{1,40}})[{COLONS}]"
_FIELD = re.compile(rf"{_NAME}(?=[^\s{_BREAKS}])")


def _begins_something(typed: str, at: int) -> bool:
    return at < len(typed) and (typed[at].isalpha() or typed[at] in _QUOTES)


def _is_letter(letter: str) -> bool:
    """Of a word: a letter, a digit, or a vowel or tone that is written as a mark."""
    return unicodedata.category(letter)[0] in "LMN"


def _is_break(letter: str) -> bool:
    return letter.isspace() or letter in _BREAKS


def _end_of_word(typed: str, at: int) -> int:
    while at < len(typed) and not _is_break(typed[at]):
        at += 1
    return at


# --- what was not understood --------------------------------------------------------

# Words before a colon that are no slip: they begin an address or an identifier.
_SCHEMES = frozenset(
    {"http", "https", "ftp", "mailto", "tel", "geo", "info", "urn", "ark", "doi", "hdl", "handle"}
    | {"isbn", "issn", "isni", "orcid", "ror", "grid", "raid", "cstr", "swh", "oai", "arxiv"}
    | {"pmid", "pmcid", "wikidata"}
)
MOST_SLIPS = 5


def slips(typed: str, parts: Sequence[Part], names: Mapping[str, str]) -> tuple[Slip, ...]:
    """What in the plain words of a question looks like a sign, the first few."""
    pieces = list(_pieces(typed, names))
    joins = any(isinstance(piece, _Joint) for piece in pieces)
    found: dict[Slip, None] = {}
    if any(part.what != "words" or part.excluded for part in parts) or len(pieces) > 1:
        found.update((slip, None) for slip in _loose(pieces))
    for part in parts:
        if part.what == "words" and not part.excluded:
            found.update((slip, None) for slip in _in_words(part.text, names, joins))
    signs = (_sign(typed, one.start, names) for one in pieces if _is_plain(one))
    if any(sign and not _is_plain(sign) for sign in signs):
        found[Slip("many", "")] = None
    return tuple(found)[:MOST_SLIPS]


def _is_plain(piece: Part | _Joint) -> bool:
    return isinstance(piece, Part) and piece.what == "words" and not piece.excluded


def _loose(pieces: Sequence[Part | _Joint]) -> Iterator[Slip]:
    """AND, OR and NOT that have nothing to join."""
    for at, piece in enumerate(pieces):
        if isinstance(piece, _Joint):
            beside = [one for one in pieces[max(0, at - 1) : at + 2] if isinstance(one, Part)]
            joins = len(beside) == 2 and piece.word != "NOT"
            if not joins or (piece.word == "OR" and any(one.excluded for one in beside)):
                yield Slip("joint", piece.word)


def _in_words(text: str, names: Mapping[str, str], joins: bool) -> Iterator[Slip]:
    for word in _words(text):
        bare = word[1:] if word[0] in _MINUS else word
        named = _WITH_COLON.match(bare)
        if bare[:1] in _QUOTES and any(map(str.isalnum, bare)):
            yield Slip("quote", bare[1:])
        elif named and _is_word(named["name"]) and key(named["name"]) not in _SCHEMES:
            yield from _before_colon(named["name"], bare[named.end() :], names)
        elif _STAR.search(bare) and any(map(_is_letter, bare)):
            yield Slip("star", bare)
        elif joins and word[0] in "(（":
            yield Slip("bracket", word)


def _is_word(name: str) -> bool:
    """Whether letters stand there, and no digits as in 10:30."""
    return any(map(str.isalpha, name)) and not any(map(str.isdigit, name))


def _words(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        end = _end_of_word(text, at)
        if end > at:
            yield text[at:end]
        at = end + 1


def _before_colon(name: str, value: str, names: Mapping[str, str]) -> Iterator[Slip]:
    if key(name) in names:
        if not value:
            yield Slip("space", name)
    elif value and not value.startswith("//"):
        near = get_close_matches(key(name), list(names), 1)
        yield Slip("field", name, near[0] if near else "")


_WITH_COLON = re.compile(_NAME)
# Alone it is a bullet.
_STAR = re.compile("[*＊]")


# --- years --------------------------------------------------------------------------

_ERA = r"(?:\s*(?:BCE?|CE|AD))?"
_YEAR = rf"-?\d{{1,4}}{_ERA}"
_YEARS = re.compile(
    rf"(?P<low>{_YEAR})?\s*(?P<range>\.\.+|…|-|–|—|～|~)?\s*(?P<high>{_YEAR})?", re.IGNORECASE
)
_SINCE = re.compile(rf"(?P<sign>>=|<=|>|<)\s*(?P<year>{_YEAR})", re.IGNORECASE)
# Of the Buddhist Era, as Thai, Khmer and Lao write it; the year itself says the rest.
_BUDDHIST = re.compile(r"พ\.?\s*ศ\.?|ព\.?\s*ស\.?|ພ\.?\s*ສ\.?|B\.E\.|BE(?![A-Z])", re.IGNORECASE)
# Nobody catalogues what comes four centuries from now: such a year counts from the Buddha.
_BUDDHIST_ERA, _BEFORE_CHRIST = 2400, 543


Span = tuple[int | None, int | None]


def years(text: str, *, signed: bool = False) -> Span | None:
    """First and last year of `2019`, `2019..2024`, `2019-`, `..2019`, `>=2019`; None for others.

    signed: years before ours are understood, too: -500 and 500 BCE are one. Years of the
    Buddhist Era are turned into ours (Thai and Lao counting: 543 more). Digits are 0 to 9.
    """
    text, marks = _BUDDHIST.subn("", text)
    text = text.strip()
    if since := _SINCE.fullmatch(text):
        year = ours(since["year"], marks > 0)
        match since["sign"]:
            case ">=":
                return _as_allowed(year, None, signed)
            case ">":
                return _as_allowed(year + 1, None, signed)
            case "<=":
                return _as_allowed(None, year, signed)
            case _:
                # No year counts below nothing, here or in an index.
                return _as_allowed(None, year - 1 if signed else max(0, year - 1), signed)
    found = _YEARS.fullmatch(text)
    if not found or not (found["low"] or found["high"]):
        return None
    low = ours(found["low"], marks > 0) if found["low"] else None
    high = ours(found["high"], marks > 0) if found["high"] else None
    if not found["range"]:
        # What looks like a year before ours is one until a year, where there is none.
        return _until(low, high, signed)
    if low is not None and high is not None and low > high:
        low, high = high, low
    return _as_allowed(low, high, signed)


def _until(low: int | None, high: int | None, signed: bool) -> Span | None:
    if low is None or high is not None:
        return None
    return (None, -low) if low < 0 and not signed else (low, low)


def _as_allowed(low: int | None, high: int | None, signed: bool) -> Span | None:
    if not signed and any(year is not None and year < 0 for year in (low, high)):
        return None
    return low, high


def ours(year: str, buddhist: bool = False) -> int:
    """A year as typed, in our count; of the Buddhist Era where that is said, or where it can be no
    other. Years before ours are negative."""
    number = int("".join(letter for letter in year if letter.isdigit() or letter == "-"))
    if "BC" in year.upper():
        return -abs(number)
    return number - _BEFORE_CHRIST if buddhist or number >= _BUDDHIST_ERA else number
