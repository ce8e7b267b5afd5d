"""Which of several representations a reader likes best, by the Accept header.

Source: RFC 9110, 12.4.2 (quality values), 12.5.1 (Accept, precedence of ranges), 15.5.7 (406);
RFC 6906 (profile); the parameters `style` and `locale` of text/x-bibliography are those that
DOI registration agencies share ("DOI Content Negotiation").
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# A header of more ranges is no reader's wish but an attempt to keep us busy.
_MOST_RANGES = 64
# What is quoted ends with its quote or with the header: a pattern that could fail there would
# look for the end again from every quote, and a header of 16 kB took seconds.
_PART = re.compile(r'(?:[^",;]|"(?:[^"\\]|\\.?)*(?:"|\Z))+|[,;]')


@dataclass(frozen=True)
class MediaType:
    """A media type or range. name: `type/subtype`, lower case; parameters: by lower-case name."""

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def parse(cls, text: str) -> MediaType:
        """`application/ld+json; profile="…"`."""
        name, parameters = next(iter(_ranges(text)), ("", {}))
        return cls(name, parameters)


@dataclass(frozen=True)
class Offer:
    """A representation: what it is called, and one of the types it may be asked for by."""

    name: str
    media_type: MediaType


@dataclass(frozen=True)
class Wish:
    """What was chosen. locale: the language the reader wants a citation in, "" for any."""

    name: str
    locale: str = ""


def best(accept: str, offers: Sequence[Offer]) -> Wish | None:
    """The offer that the header likes best; None where it takes none.

    The most specific range that matches an offer has its say, also when that is q=0. Of
    equals, what has no profile that nobody asked for, then the first.
    """
    ranges = _ranges(accept)
    chosen: Wish | None = None
    highest = (0.0, -_MOST_RANGES)
    for offer in offers:
        matching = [r for r in ranges if _covers(*r, offer.media_type)]
        if not matching:
            continue
        _, parameters = max(matching, key=_precision)
        quality = _quality(parameters.get("q", "1"))
        worth = (quality, -len(set(offer.media_type.parameters) - set(parameters)))
        if quality > 0 and worth > highest:
            highest, chosen = worth, Wish(offer.name, parameters.get("locale", ""))
    return chosen


def _ranges(text: str) -> list[tuple[str, dict[str, str]]]:
    """(name, parameters) of each range, in order. What cannot be read is passed over."""
    found: list[tuple[str, dict[str, str]]] = []
    name, parameters = "", dict[str, str]()
    for part in [*_PART.findall(text), ","]:
        if part == ",":
            if re.fullmatch(r"[^\s/]+/[^\s/]+", name):
                found.append((name, parameters))
            if len(found) >= _MOST_RANGES:
                break
            name, parameters = "", {}
        elif part != ";":
            if not name:
                name = part.strip().lower()
            else:
                key, _, value = part.partition("=")
                parameters[key.strip().lower()] = _plain(value.strip())
    return found


def _plain(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == '"':
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value


def _covers(name: str, parameters: Mapping[str, str], offered: MediaType) -> bool:
    """Whether an offer is within a range: its type, and every parameter that the range asks."""
    kind, _, sub = name.partition("/")
    if name not in ("*/*", offered.name) and not (
        sub == "*" and kind == offered.name.partition("/")[0]
    ):
        return False
    for key, wanted in parameters.items():
        # charset: all that we send is UTF-8. version and the like are other people's business.
        if key in ("q", "locale", "charset"):
            continue
        # A profile is a list of addresses; one of ours among them will do.
        if not set(wanted.split()) & set(offered.parameters.get(key, "").split()):
            return False
    return True


def _precision(found: tuple[str, Mapping[str, str]]) -> tuple[bool, bool, int]:
    name, parameters = found
    asked = len(set(parameters) - {"q", "locale", "charset"})
    return (not name.startswith("*"), not name.endswith("/*"), asked)


def _quality(text: str) -> float:
    """0 to 1 with at most three digits; what is none counts as nothing said against it."""
    return float(text) if re.fullmatch(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?", text) else 1.0
