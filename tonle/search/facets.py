"""By what results are narrowed: filters as an address carries them, counts with labels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from math import cos, radians

from django.utils.translation import gettext

from tonle.kernel import codes
from tonle.kernel.dates import parse_day
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.text import ascii_digits
from tonle.search.documents import Box
from tonle.search.engine import Between, Filter, OneOf
from tonle.search.errors import BadFilter, TooManyFilters
from tonle.search.labels import Labeller, labeller_of
from tonle.search.schema import (
    CLOSES,
    COVERS,
    FACETS,
    PERIOD,
    SINCE,
    UNTIL,
    YEAR,
    whole_degrees,
    whole_seconds,
)
from tonle.search.spans import asked
from tonle.search.syntax import Span, years

# Values in one question, characters of one, and bytes of all in UTF-8: more is no question. Each
# stands on the page in an address that holds all the others, so a page grows with their square.
MOST_VALUES = 30
LONGEST_VALUE = 200
LONGEST_TOGETHER = 1_000

# Counted and shown unless a caller asks for others. The rest can be filtered by.
SHOWN = (
    "kind",
    "member",
    "lang",
    YEAR,
    "subject",
    "access",
    "licence",
    "organisation",
    "community",
)
# Counted where somebody asks for them: they have long lists, and few narrow by them.
ASKED_FOR = (PERIOD, "type", "party", "serves", "format", "funder", "publisher")
# What looks like one thing: the index's name of it.
LIKE = "like"
BOX = "bbox"
# The day on which something is to be in force.
IN_FORCE = "in_force"
# Values of one facet that are named, unless a caller asks for more: an index may hold
# thousands of organisations.
NAMED = 100

_NAMES = {
    "kind": N_("Kind"),
    "member": N_("Member"),
    "lang": N_("Language"),
    YEAR: N_("Year"),
    "access": N_("Access"),
    "subject": N_("Subject"),
    "licence": N_("Licence"),
    "format": N_("Format"),
    "organisation": N_("Organisation"),
    "funder": N_("Funder"),
    "community": N_("Community"),
    "person": N_("Person"),
    "affiliation": N_("Affiliation"),
    "publisher": N_("Publisher"),
    "reads": N_("Reads"),
    "type": N_("Type"),
    "party": N_("Party"),
    "serves": N_("Serves"),
    IN_FORCE: N_("In force on"),
    PERIOD: N_("Time covered"),
    COVERS: N_("Time covered"),
}
_ACCESS = {
    "open": N_("Open"),
    "embargoed": N_("Under embargo"),
    "restricted": N_("On request"),
    "metadata_only": N_("Description only"),
}


def _access_label(code: str, _language: str) -> str:
    return gettext(_ACCESS[code]) if code in _ACCESS else code


def access_named(text: str) -> str:
    """The code of an access level by its code or its name in the active language; "" for none."""
    wanted = text.casefold()
    named = {gettext(name).casefold(): code for code, name in _ACCESS.items()}
    return wanted if wanted in _ACCESS else named.get(wanted, "")


def _from_list(name: str) -> Labeller:
    return lambda code, language: codes.label(name, code, language)


_OWN: dict[str, Labeller] = {
    "member": _from_list("members"),
    "lang": _from_list("languages"),
    "licence": _from_list("licences"),
    "access": _access_label,
    PERIOD: lambda code, _language: span_label(*(years(code, signed=True) or (None, None))) or code,
}


def span_label(low: int | None, high: int | None) -> str:
    """Years as a reader takes them in: 1990–2005, 1990–, 500 BCE – 100."""
    first, last = _year_label(low), _year_label(high)
    if low == high:
        return first
    return f"{first} – {last}" if (low or 0) < 0 or (high or 0) < 0 else f"{first}–{last}"


def _year_label(year: int | None) -> str:
    if year is None:
        return ""
    return str(year) if year >= 0 else gettext("%(year)s BCE") % {"year": -year}


def label(facet: str, code: str, language: str) -> str:
    """What to show for a code of a facet; the code itself where nobody knows more."""
    labeller = labeller_of(facet) or _OWN.get(facet)
    return labeller(code, language) if labeller else code


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet. count: results it holds or, not selected, would add."""

    code: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet with its values, the most frequent first (years: the newest first).

    number: how many values there are in the whole result, also those that are not named.
    """

    name: str
    label: str
    values: tuple[Value, ...]
    number: int

    @property
    def selected(self) -> tuple[Value, ...]:
        return tuple(value for value in self.values if value.selected)


@dataclass(frozen=True, slots=True)
class Filters:
    """How a reader narrows a search.

    chosen: facet to codes; any of them, and all facets together. year_from, year_to: both
    included. open_now: only what offers something that has not closed. box: only what touches
    it (west, south, east, north in degrees). like: key of a thing; only what resembles it.
    covers_from, covers_to: only what has data of some of these years, both included.
    in_force_on: only what is known to be in force on that day.
    """

    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    year_from: int | None = None
    year_to: int | None = None
    open_now: bool = False
    box: Box | None = None
    like: str = ""
    covers_from: int | None = None
    covers_to: int | None = None
    in_force_on: date | None = None

    @classmethod
    def read(cls, parameters: Mapping[str, Sequence[str]]) -> Filters:
        """From the parameters of an address; those that are no filters are passed over.

        `kind=dataset&kind=software`, `year=2020` or `year=2015-2020` or `year=2015-`,
        `year_from=2015`, `year_to=2020`, `open=1`, `bbox=102,9.5,108,15` or
        `near=11.5,104.9,50` (latitude, longitude, kilometres), `like=record:…`,
        `covers=1990..2005` or `covers=-500..100`, `covers_from=1990`, `covers_to=2005`,
        `in_force=2026-05-01`, or the day as forms take it.
        Years may be of the Buddhist Era, and in the digits of any script.
        Raises BadFilter, TooManyFilters.
        """
        chosen: dict[str, tuple[str, ...]] = {}
        for name in FACETS:
            given = list(dict.fromkeys(v.strip() for v in parameters.get(name, ()) if v.strip()))
            for value in given:
                if len(value) > LONGEST_VALUE:
                    raise BadFilter(name=name, value=value[:LONGEST_VALUE])
            if given:
                chosen[name] = tuple(given)
        values = [value for given in chosen.values() for value in given]
        if len(values) > MOST_VALUES or sum(len(v.encode()) for v in values) > LONGEST_TOGETHER:
            raise TooManyFilters
        low, high = _span(parameters, YEAR)
        opened = any(value in {"1", "true", "on"} for value in parameters.get("open", ()))
        like = next((v for v in parameters.get(LIKE, ()) if v), "")
        if len(like) > LONGEST_VALUE:
            raise BadFilter(name=LIKE, value=like[:LONGEST_VALUE])
        covered = _span(parameters, COVERS, signed=True)
        day = _day(parameters)
        return cls(chosen, low, high, opened, _box(parameters), like, *covered, day)

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of an address that `read` understands, in one fixed order."""
        pairs = [(name, value) for name in FACETS for value in self.chosen.get(name, ())]
        if self.year_from is not None:
            pairs.append(("year_from", str(self.year_from)))
        if self.year_to is not None:
            pairs.append(("year_to", str(self.year_to)))
        if self.covers_from is not None:
            pairs.append(("covers_from", str(self.covers_from)))
        if self.covers_to is not None:
            pairs.append(("covers_to", str(self.covers_to)))
        if self.in_force_on is not None:
            pairs.append((IN_FORCE, self.in_force_on.isoformat()))
        if self.open_now:
            pairs.append(("open", "1"))
        if self.box is not None:
            pairs.append((BOX, ",".join(f"{side:g}" for side in self.box)))
        if self.like:
            pairs.append((LIKE, self.like))
        return pairs

    def within(self, others: Filters) -> Filters:
        """These filters and the others, which win where both name a facet."""
        return Filters(
            {**self.chosen, **others.chosen},
            self.year_from if others.year_from is None else others.year_from,
            self.year_to if others.year_to is None else others.year_to,
            self.open_now or others.open_now,
            others.box or self.box,
            others.like or self.like,
            self.covers_from if others.covers_from is None else others.covers_from,
            self.covers_to if others.covers_to is None else others.covers_to,
            others.in_force_on or self.in_force_on,
        )

    @property
    def published(self) -> Span | None:
        """Of publication, None where none are asked for."""
        return _asked(self.year_from, self.year_to)

    @property
    def covers(self) -> Span | None:
        """Of its data, None where none are asked for."""
        return _asked(self.covers_from, self.covers_to)

    def with_value(self, facet: str, code: str) -> Filters:
        """These filters and one more value; a year takes the place of the years before."""
        if facet == YEAR:
            return replace(self, year_from=int(code), year_to=int(code))
        codes_ = (*self.chosen.get(facet, ()), code)
        return replace(self, chosen={**self.chosen, facet: codes_})

    def without(self, facet: str, code: str = "") -> Filters:
        """These filters less one value; less the whole facet where no code is named."""
        match facet:
            case "year":
                return replace(self, year_from=None, year_to=None)
            case "covers":
                return replace(self, covers_from=None, covers_to=None)
            case "open":
                return replace(self, open_now=False)
            case "bbox":
                return replace(self, box=None)
            case "like":
                return replace(self, like="")
            case "in_force":
                return replace(self, in_force_on=None)
        left = tuple(c for c in self.chosen.get(facet, ()) if code and c != code)
        rest = {name: values for name, values in self.chosen.items() if name != facet}
        if left:
            rest[facet] = left
        return replace(self, chosen=rest)

    def for_engine(self, now: datetime) -> dict[str, Filter]:
        """As the engine understands them. now: UTC."""
        found: dict[str, Filter] = {name: OneOf(values) for name, values in self.chosen.items()}
        if self.published:
            found[YEAR] = Between(*self.published)
        if self.covers:
            found[COVERS] = OneOf(tuple(asked(*self.covers)))
        if self.open_now:
            found[CLOSES] = Between(whole_seconds(now) + 1, None)
        if self.box is not None:
            west, south, east, north = self.box
            # Two boxes touch where each begins before the other ends.
            found["west"] = Between(None, whole_degrees(east, up=True))
            found["east"] = Between(whole_degrees(west), None)
            found["south"] = Between(None, whole_degrees(north, up=True))
            found["north"] = Between(whole_degrees(south), None)
        if self.in_force_on is not None:
            day = self.in_force_on.toordinal()
            found[SINCE], found[UNTIL] = Between(None, day), Between(day, None)
        return found

    def __bool__(self) -> bool:
        return bool(self.pairs())


def _asked(low: int | None, high: int | None) -> Span | None:
    return None if low is None and high is None else (low, high)


def _box(parameters: Mapping[str, Sequence[str]]) -> Box | None:
    """The box that is asked for; of a place and a distance, the box around the circle."""
    for name, read in ((BOX, _corners), ("near", _around)):
        for value in parameters.get(name, ()):
            if value.strip():
                box = read(value)
                if box is None:
                    raise BadFilter(name=name, value=value[:LONGEST_VALUE])
                return box
    return None


def _corners(value: str) -> Box | None:
    found = _numbers(value, 4)
    if found is None:
        return None
    west, south, east, north = found
    fits = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    return (west, south, east, north) if fits else None


def _day(parameters: Mapping[str, Sequence[str]]) -> date | None:
    """The day on which something is to be in force."""
    given = next((value for value in parameters.get(IN_FORCE, ()) if value.strip()), "")
    if not given:
        return None
    try:
        return parse_day(given).earliest
    except (Invalid, ValueError):
        raise BadFilter(name=IN_FORCE, value=given[:LONGEST_VALUE]) from None


_KM_OF_A_DEGREE = 111.2
_USUAL_KM = 50.0
_MOST_KM = 2_000.0


def _around(value: str) -> Box | None:
    found = _numbers(value, 3) or _numbers(f"{value},{_USUAL_KM}", 3)
    if found is None:
        return None
    latitude, longitude, km = found
    if not (-85 <= latitude <= 85 and -180 <= longitude <= 180 and 0 < km <= _MOST_KM):
        return None
    high = km / _KM_OF_A_DEGREE
    wide = high / cos(radians(latitude))
    return (
        round(max(-180.0, longitude - wide), 2),
        round(max(-90.0, latitude - high), 2),
        round(min(180.0, longitude + wide), 2),
        round(min(90.0, latitude + high), 2),
    )


def _numbers(value: str, wanted: int) -> tuple[float, ...] | None:
    parts = value.split(",")
    if len(parts) != wanted or not all(_NUMBER.fullmatch(part.strip()) for part in parts):
        return None
    return tuple(float(part) for part in parts)


_NUMBER = re.compile(r"[+-]?\d{1,4}(\.\d{1,12})?")


def _span(parameters: Mapping[str, Sequence[str]], name: str, *, signed: bool = False) -> Span:
    """The years that are asked for by `name`, else by `name_from` and `name_to`."""
    low = _year(parameters, f"{name}_from", signed)
    high = _year(parameters, f"{name}_to", signed)
    for value in filter(str.strip, parameters.get(name, ())):
        low, high = _read_years(name, value, signed)
    return (high, low) if low is not None and high is not None and low > high else (low, high)


def _year(parameters: Mapping[str, Sequence[str]], name: str, signed: bool) -> int | None:
    given = next((value for value in parameters.get(name, ()) if value.strip()), "")
    if not given:
        return None
    low, high = _read_years(name, given, signed)
    if low is None or low != high:
        raise BadFilter(name=name, value=given[:LONGEST_VALUE])
    return low


def _read_years(name: str, value: str, signed: bool) -> Span:
    found = years(ascii_digits(value.strip()[:LONGEST_VALUE]), signed=signed)
    if found is None:
        raise BadFilter(name=name, value=value[:LONGEST_VALUE])
    return found


# Their values stand in the order of time.
_BY_TIME = {YEAR, PERIOD}


def facet(
    name: str, counts: Mapping[str, int], filters: Filters, language: str, most: int = NAMED
) -> Facet:
    """A facet as a page shows it: its most frequent values, of years the newest, and those that
    are chosen even where they count 0."""
    selected = set(filters.chosen.get(name, ()))
    if name == YEAR and filters.year_from is not None and filters.year_from == filters.year_to:
        selected = {str(filters.year_from)}
    if name in _BY_TIME:
        shown = sorted(counts, key=_first_year, reverse=True)[:most]
    else:
        shown = sorted(counts, key=lambda code: (-counts[code], code))[:most]
    values = [
        Value(code, label(name, code, language), counts.get(code, 0), code in selected)
        for code in dict.fromkeys((*shown, *sorted(selected)))
    ]
    if name in _BY_TIME:
        values.sort(key=lambda value: _first_year(value.code), reverse=True)
    else:
        values.sort(key=lambda value: (-value.count, value.label, value.code))
    return Facet(name, facet_label(name), tuple(values), len(counts))


def _first_year(code: str) -> int:
    return (years(code, signed=True) or (0, 0))[0] or 0


def facet_label(name: str) -> str:
    """What a facet is called, in the active language."""
    return gettext(_NAMES[name])
