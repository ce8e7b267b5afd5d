"""By what results are narrowed: filters as an address carries them, counts with labels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import cos, radians

from django.utils.translation import gettext

from tonle.kernel import codes
from tonle.kernel.errors import N_
from tonle.search.documents import Box
from tonle.search.engine import Between, Filter, OneOf
from tonle.search.errors import BadFilter, TooManyFilters
from tonle.search.labels import Labeller, labeller_of
from tonle.search.schema import CLOSES, FACETS, YEAR, whole_degrees, whole_seconds

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
ASKED_FOR = ("format", "funder", "publisher")
# What looks like one thing: the index's name of it.
LIKE = "like"
BOX = "bbox"
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
}


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
    """

    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    year_from: int | None = None
    year_to: int | None = None
    open_now: bool = False
    box: Box | None = None
    like: str = ""

    @classmethod
    def read(cls, parameters: Mapping[str, Sequence[str]]) -> Filters:
        """From the parameters of an address; those that are no filters are passed over.

        `kind=dataset&kind=software`, `year=2020` or `year=2015-2020` or `year=2015-`,
        `year_from=2015`, `year_to=2020`, `open=1`, `bbox=102,9.5,108,15` or
        `near=11.5,104.9,50` (latitude, longitude, kilometres), `like=record:…`.
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
        low, high = _years(parameters)
        opened = any(value in {"1", "true", "on"} for value in parameters.get("open", ()))
        like = next((v for v in parameters.get(LIKE, ()) if v), "")
        if len(like) > LONGEST_VALUE:
            raise BadFilter(name=LIKE, value=like[:LONGEST_VALUE])
        return cls(chosen, low, high, opened, _box(parameters), like)

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of an address that `read` understands, in one fixed order."""
        pairs = [(name, value) for name in FACETS for value in self.chosen.get(name, ())]
        if self.year_from is not None:
            pairs.append(("year_from", str(self.year_from)))
        if self.year_to is not None:
            pairs.append(("year_to", str(self.year_to)))
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
        )

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
            case "open":
                return replace(self, open_now=False)
            case "bbox":
                return replace(self, box=None)
            case "like":
                return replace(self, like="")
        left = tuple(c for c in self.chosen.get(facet, ()) if code and c != code)
        rest = {name: values for name, values in self.chosen.items() if name != facet}
        if left:
            rest[facet] = left
        return replace(self, chosen=rest)

    def for_engine(self, now: datetime) -> dict[str, Filter]:
        """As the engine understands them. now: UTC."""
        found: dict[str, Filter] = {name: OneOf(values) for name, values in self.chosen.items()}
        if self.year_from is not None or self.year_to is not None:
            found[YEAR] = Between(self.year_from, self.year_to)
        if self.open_now:
            found[CLOSES] = Between(whole_seconds(now) + 1, None)
        if self.box is not None:
            west, south, east, north = self.box
            # Two boxes touch where each begins before the other ends.
            found["west"] = Between(None, whole_degrees(east, up=True))
            found["east"] = Between(whole_degrees(west), None)
            found["south"] = Between(None, whole_degrees(north, up=True))
            found["north"] = Between(whole_degrees(south), None)
        return found

    def __bool__(self) -> bool:
        return bool(self.pairs())


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
_YEARS = re.compile(r"(\d{1,4})?\s*(-)?\s*(\d{1,4})?")


def _years(parameters: Mapping[str, Sequence[str]]) -> tuple[int | None, int | None]:
    low = _year(parameters, "year_from")
    high = _year(parameters, "year_to")
    for value in parameters.get(YEAR, ()):
        match = _YEARS.fullmatch(value.strip())
        if not match:
            raise BadFilter(name=YEAR, value=value[:LONGEST_VALUE])
        first, dash, last = match.groups()
        low = int(first) if first else low
        high = int(last) if last else (high if dash or not first else int(first))
    return low, high


def _year(parameters: Mapping[str, Sequence[str]], name: str) -> int | None:
    for value in parameters.get(name, ()):
        if value.strip():
            if not re.fullmatch(r"\d{1,4}", value.strip()):
                raise BadFilter(name=name, value=value[:LONGEST_VALUE])
            return int(value)
    return None


def facet(
    name: str, counts: Mapping[str, int], filters: Filters, language: str, most: int = NAMED
) -> Facet:
    """A facet as a page shows it: its most frequent values, and those that are chosen even
    where they count 0."""
    selected = set(filters.chosen.get(name, ()))
    if name == YEAR and filters.year_from is not None and filters.year_from == filters.year_to:
        selected = {str(filters.year_from)}
    if name == YEAR:
        shown = sorted(counts, key=lambda code: -int(code))[:most]
    else:
        shown = sorted(counts, key=lambda code: (-counts[code], code))[:most]
    values = [
        Value(code, label(name, code, language), counts.get(code, 0), code in selected)
        for code in dict.fromkeys((*shown, *sorted(selected)))
    ]
    if name == YEAR:
        values.sort(key=lambda value: -int(value.code))
    else:
        values.sort(key=lambda value: (-value.count, value.label, value.code))
    return Facet(name, facet_label(name), tuple(values), len(counts))


def facet_label(name: str) -> str:
    """What a facet is called, in the active language."""
    return gettext(_NAMES[name])
