"""What a page of results shows: for the search page, and for others that list a part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from tonle.api.public import BadCursor
from tonle.infra import clock
from tonle.kernel.errors import N_
from tonle.kernel.maps.drawing import Counted, Mark
from tonle.kernel.maps.views import filter_box, of_box
from tonle.search.addresses import Address
from tonle.search.documents import Box
from tonle.search.exports import exports
from tonle.search.facets import ASKED_FOR, IN_FORCE, SHOWN, Filters, facet_label
from tonle.search.narrowing import box_label, facet_links, in_force
from tonle.search.places import fields
from tonle.search.results import results
from tonle.search.schema import COVERS, PERIOD, YEAR
from tonle.search.selectors import SORTS, Across, Page, counts_in, search
from tonle.web.public import local_number, on_page

PER_PAGE = 20

# Values of a facet that are shown; chosen ones always are. A reader who asks for more of one
# facet gets so many.
SHOWN_VALUES = 12
MORE_VALUES = 200

# The map, as `more` names it.
PLACE = "place"
# With the values of this facet one is asked, on which day a thing is to be in force.
TYPE = "type"
# What switches other languages off, in an address.
NO = "no"
# Of one term, so many words of other languages are named; all were looked for.
MOST_TERMS = 12

_SORT_NAMES = {
    "relevance": N_("Best match"),
    "newest": N_("Newest"),
    "oldest": N_("Oldest"),
    "title": N_("Title"),
}


def listing(
    request: HttpRequest,
    language: str,
    *,
    path: str = "/search",
    fixed: Filters | None = None,
    facets: Sequence[str] = SHOWN,
    level: int = 3,
) -> dict[str, Any]:
    """What the template `search/components/listing.html` is given.

    language: of the reader (BCP 47). path: of the page. fixed: filters that the page is
    about; they stand in no address and cannot be taken off. level: of the headings.
    """
    asked = _Asked.read(request, facets, fixed)
    now = clock.now()
    found = _find(asked, language, now)
    address = Address(
        path, found.interpretation.typed, asked.filters, asked.sort, language, asked.kept
    )
    return {
        "page": found,
        "path": path,
        "query": found.interpretation.typed,
        "results": results(found.hits, language, level),
        "sorts": _sorts(found, address),
        "next": address.at(found.next),
        "previous": address.at(found.previous),
        "applied": in_force(found, address, asked.filters),
        "without_filters": address.of(Filters()),
        "meant_url": address.asking(found.meant.query) if found.meant else "",
        **_narrowing(found, address, asked, now),
        **_across(found, address, asked, level),
        **_elsewhere(found, address, asked),
    }


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an address asks for.

    more: the facet of which many values are wanted, or PLACE. further: facets that are counted
    where somebody asks for them; none on a page that is about something.
    """

    query: str
    sort: str
    cursor: str | None
    filters: Filters
    fixed: Filters | None
    facets: tuple[str, ...]
    further: tuple[str, ...]
    more: str
    alone: bool

    @classmethod
    def read(cls, request: HttpRequest, facets: Sequence[str], fixed: Filters | None) -> Self:
        filters = Filters.read(dict(request.GET.lists()))
        further = () if fixed else ASKED_FOR
        more = request.GET.get("more", "")
        narrowed = {*filters.chosen, *([PERIOD] if filters.covers else [])}
        added = (name for name in further if name == more or name in narrowed)
        return cls(
            query=request.GET.get("q", ""),
            sort=request.GET.get("sort", ""),
            cursor=request.GET.get("cursor") or None,
            filters=filters,
            fixed=fixed,
            facets=(*facets, *added),
            further=further,
            more=more if more in {*facets, *further, PLACE} else "",
            alone=request.GET.get("across") == NO,
        )

    @property
    def narrowed(self) -> Filters:
        return self.filters.within(self.fixed) if self.fixed else self.filters

    @property
    def kept(self) -> tuple[tuple[str, str], ...]:
        """What an address of this question holds beside question, filters and order."""
        return (("across", NO),) if self.alone else ()


def _find(asked: _Asked, language: str, now: datetime) -> Page:
    def ask(cursor: str | None) -> Page:
        return search(
            asked.query,
            asked.narrowed,
            asked.sort,
            cursor,
            PER_PAGE,
            language=language,
            now=now,
            facets=asked.facets,
            named={
                name: MORE_VALUES if name == asked.more else SHOWN_VALUES for name in asked.facets
            },
            helping=True,
            across=not asked.fixed and not asked.alone,
        )

    try:
        return ask(asked.cursor)
    except BadCursor:
        # An address that was cut or edited: the first page helps more than an error.
        return ask(None)


def _sorts(found: Page, address: Address) -> list[dict[str, Any]]:
    return [
        {
            "label": gettext(_SORT_NAMES[name]),
            "url": address.sorted(name),
            "current": name == found.sort,
        }
        for name in SORTS
        if name != "relevance" or found.interpretation.typed
    ]


# --- ways to narrow -----------------------------------------------------------------


def _narrowing(found: Page, address: Address, asked: _Asked, now: datetime) -> dict[str, Any]:
    filters = asked.filters
    return {
        "facets": [
            facet_links(facet, address, asked.more) for facet in found.facets if facet.values
        ],
        "further": [
            {"label": facet_label(name), "url": address.more(name)}
            for name in asked.further
            if name not in asked.facets
        ],
        "map": _map(found, address, now, asked.more == PLACE) if asked.further else None,
        "map_url": address.more(PLACE) if asked.further else "",
        "open_url": address.of(replace(filters, open_now=True)) if found.open_now else "",
        "year_kept": address.pairs(filters.without(YEAR)),
        "in_force_kept": [*address.pairs(filters.without(IN_FORCE)), ("more", TYPE)],
        "covers_kept": [*address.pairs(filters.without(COVERS)), ("more", PERIOD)],
    }


def _map(found: Page, address: Address, now: datetime, wanted: bool) -> dict[str, Any] | None:
    """The results on a map, where one is asked for or a place is; None elsewhere."""
    if not (wanted or found.filters.box):
        return None
    asked, language = found.filters.box, address.language
    view = of_box(asked)
    query = found.interpretation.typed
    numbers = counts_in(fields(view), query, found.filters, language=language, now=now)

    def at(box: Box) -> str:
        return address.of(replace(found.filters, box=box))

    def told(box: Box, count: int) -> Counted:
        said = ngettext("%(count)s result at %(place)s", "%(count)s results at %(place)s", count)
        number = local_number(count, language)
        words = said % {"count": number, "place": box_label(box)}
        return Counted(box, count, at(box), words, number)

    counted = [told(box, count) for box, count in numbers.items() if count]
    # What is all of the view needs no frame.
    framed = [Mark(box=asked)] if asked and asked != filter_box(view) else []
    page = on_page(
        view,
        gettext("Map of the results"),
        marks=framed,
        counted=counted,
        url_of=lambda other: at(filter_box(other)),
    )
    return {"page": page, "counted": sorted(counted, key=lambda one: -one.number)}


# --- other languages ----------------------------------------------------------------


def _across(found: Page, address: Address, asked: _Asked, level: int) -> dict[str, Any]:
    has_words = bool(found.interpretation.words)
    told = _told_across(found.across, address.language, level) if found.across else None
    return {
        "across": told,
        "across_off": asked.alone and has_words,
        "across_url": address.across(not asked.alone) if not asked.fixed and has_words else "",
    }


def _told_across(across: Across, language: str, level: int) -> dict[str, Any]:
    """The tier of other languages: its list, and the words by which it was found."""
    return {
        "results": results(across.hits, language, level) if across.hits else "",
        "total": across.total,
        "terms": [
            {"asked": group.asked, "words": group.terms[:MOST_TERMS], "tables": group.tables}
            for group in across.groups
        ],
        "uncovered": across.uncovered,
        "by_meaning": any(found.by_meaning for found in across.hits),
    }


# --- the same question elsewhere ----------------------------------------------------


def _elsewhere(found: Page, address: Address, asked: _Asked) -> dict[str, Any]:
    """Where this question leads on: a new one, a file, a feed, a saved search."""
    sort = [("sort", asked.sort)] if asked.sort else []
    on_its_own = not asked.fixed
    return {
        "kept": [*asked.filters.pairs(), *sort, *asked.kept],
        "saved": [
            {"label": form.label, "type": form.media_type.partition(";")[0], "url": url}
            for form in (exports() if found.hits and on_its_own else ())
            for url in [address.elsewhere(f"/search.{form.extension}")]
        ],
        "save_url": address.elsewhere("/me/searches/new") if on_its_own else "",
        "feed_url": address.elsewhere("/feeds/search.atom") if on_its_own else "",
    }
