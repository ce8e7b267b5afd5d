"""The search page: a question, its results, and ways to narrow or widen it, all as links."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from html import escape
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from tonle.api.public import BadCursor
from tonle.infra import clock
from tonle.infra.pagecache import may_lag, never_keep, public_page
from tonle.kernel.errors import N_, NotFound
from tonle.search.documents import Box
from tonle.search.exporting import written
from tonle.search.exports import export_of, exports
from tonle.search.facets import (
    ASKED_FOR,
    BOX,
    LIKE,
    SHOWN,
    Facet,
    Filters,
    Value,
    facet_label,
    label,
)
from tonle.search.places import backdrop, drawing, fields, view_of
from tonle.search.query import MAX_CHARACTERS
from tonle.search.results import results
from tonle.search.schema import YEAR
from tonle.search.selectors import (
    SORTS,
    Across,
    Interpretation,
    Page,
    counts_in,
    is_usable,
    search,
)
from tonle.search.suggesting import suggestions
from tonle.web.public import choose_language, language_tag, local_number

PER_PAGE = 20

# Values of a facet that are shown; chosen ones always are. A reader who asks for more of one
# facet gets so many.
SHOWN_VALUES = 12
MORE_VALUES = 200

# The map, as `more` names it.
PLACE = "place"
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
_OPEN_FACETS = {"kind", "member", "lang"}


@require_safe
@public_page
def page(request: HttpRequest) -> HttpResponse:
    """`/search?q=&kind=&member=&lang=&year=&access=&licence=&…&open=&sort=&more=&cursor=`

    Here `lang` narrows to what is in a language. The page itself is in the language that the
    reader chose or whose browser asks for. `more` names a facet of which many values are wanted.
    """
    return in_readers_language(
        request,
        lambda language: render(request, "search/page.html", listing(request, language)),
    )


@require_safe
def export(request: HttpRequest, extension: str) -> StreamingHttpResponse:
    """`/search.csv`, `.json`, `.bib`, `.ris`: the first results of the same question as a file."""
    form = export_of(extension)
    if form is None:
        raise NotFound
    code = _readers_code(request)
    pieces = written(
        form,
        request.GET.get("q", ""),
        Filters.read(dict(request.GET.lists())),
        request.GET.get("sort", ""),
        language=language_tag(code),
        code=code,
        now=clock.now(),
    )
    # What is wrong with the question is to be told before the file begins.
    first = next(pieces, b"")
    response = StreamingHttpResponse(chain([first], pieces), content_type=form.media_type)
    response["Content-Disposition"] = f'attachment; filename="search.{form.extension}"'
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@public_page
def suggest(request: HttpRequest) -> HttpResponse:
    """`/search/suggest?q=`: what may be meant, in the form that browsers ask for (OpenSearch
    Suggestions 1.1): `[typed, [question, …]]`."""
    typed = request.GET.get("q", "")[:MAX_CHARACTERS]
    code = _readers_code(request)
    with translation.override(code):
        found = suggestions(typed, language=language_tag(code), now=clock.now())
    body = json.dumps([typed, found], ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(body, content_type="application/x-suggestions+json; charset=utf-8")


@require_safe
@public_page
def description(_request: HttpRequest) -> HttpResponse:
    """`/search/opensearch.xml`: what a browser needs to offer this search in its own field."""
    base = settings.TONLE_URL
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">'
        f"<ShortName>{escape(settings.TONLE_NODE_NAME[:16])}</ShortName>"
        f"<Description>{escape(settings.TONLE_NODE_NAME)}</Description>"
        "<InputEncoding>UTF-8</InputEncoding>"
        f'<Url type="text/html" template="{escape(base)}/search?q={{searchTerms}}"/>'
        f'<Url type="application/x-suggestions+json" '
        f'template="{escape(base)}/search/suggest?q={{searchTerms}}"/>'
        f'<Url type="application/atom+xml" '
        f'template="{escape(base)}/feeds/search.atom?q={{searchTerms}}"/>'
        "</OpenSearchDescription>\n"
    )
    return HttpResponse(text, content_type="application/opensearchdescription+xml")


def _readers_code(request: HttpRequest) -> str:
    """The interface language of a reader whose address has a `lang` that is no page's language."""
    return choose_language(
        "",
        request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""),
        request.META.get("HTTP_ACCEPT_LANGUAGE", ""),
    )


def in_readers_language(request: HttpRequest, make: Callable[[str], HttpResponse]) -> HttpResponse:
    """A page with filters in its address, where `lang` means the things and not the page.

    make(language): with the reader's BCP 47 tag, in whose language all text is made. A page
    of results that time will change is not kept.
    """
    code = _readers_code(request)
    with translation.override(code):
        request.LANGUAGE_CODE = code
        response = make(language_tag(code))
    response["Content-Language"] = language_tag(code)
    if _may_last(request):
        may_lag(response)
    else:
        # An index is about to come; what is open now may have closed the next moment.
        never_keep(response)
    return response


def _may_last(request: HttpRequest) -> bool:
    return not Filters.read(dict(request.GET.lists())).open_now and is_usable()


def listing(
    request: HttpRequest,
    language: str,
    *,
    path: str = "/search",
    fixed: Filters | None = None,
    facets: Sequence[str] = SHOWN,
    level: int = 3,
) -> dict[str, Any]:
    """What a page of results shows, for this page and for others that list a part of it.

    language: of the reader (BCP 47). path: of the page. fixed: filters that the page is
    about; they stand in no address and cannot be taken off. level: of the headings.
    """
    parameters = dict(request.GET.lists())
    filters = Filters.read(parameters)
    further = () if fixed else ASKED_FOR
    more = next((name for name in (*facets, *further) if request.GET.get("more") == name), "")
    facets = (*facets, *(name for name in further if name == more or name in filters.chosen))
    asked: dict[str, Any] = {
        "language": language,
        "now": clock.now(),
        "limit": PER_PAGE,
        "facets": tuple(facets),
        "helping": True,
        "across": not fixed and request.GET.get("across") != NO,
        "named": {name: MORE_VALUES if name == more else SHOWN_VALUES for name in facets},
    }
    query, sort = request.GET.get("q", ""), request.GET.get("sort", "")
    narrowed = filters.within(fixed) if fixed else filters
    try:
        found = search(query, narrowed, sort, request.GET.get("cursor") or None, **asked)
    except BadCursor:
        # An address that was cut or edited: the first page helps more than an error.
        found = search(query, narrowed, sort, None, **asked)
    kept = (("across", NO),) if request.GET.get("across") == NO else ()
    address = _Address(path, found.interpretation.typed, filters, sort, language, kept)
    return {
        "page": found,
        "path": path,
        "query": found.interpretation.typed,
        "results": results(found.hits, language, level),
        "kept": [*filters.pairs(), *([("sort", sort)] if sort else []), *kept],
        "across": _told_across(found.across, language, level) if found.across else None,
        "across_off": bool(kept) and bool(found.interpretation.words),
        "across_url": address.across(not kept) if not fixed and found.interpretation.words else "",
        "facets": [_facet(facet, address, more) for facet in found.facets if facet.values],
        "meant_url": address.asking(found.meant.query) if found.meant else "",
        "further": [
            {"label": facet_label(name), "url": address.more(name)}
            for name in further
            if name not in facets
        ],
        "map": _map(found, address, asked["now"], request.GET.get("more") == PLACE)
        if further
        else None,
        "map_url": address.more(PLACE) if further and backdrop() else "",
        "open_url": address.of(replace(filters, open_now=True)) if found.open_now else "",
        "applied": [
            *_signs(found.interpretation, address),
            *_likeness(found, address, filters),
            *_applied(filters, address, language),
        ],
        "sorts": [
            {
                "label": gettext(_SORT_NAMES[name]),
                "url": address.sorted(name),
                "current": name == found.sort,
            }
            for name in SORTS
            if name != "relevance" or found.interpretation.typed
        ],
        "saved": [
            {"label": form.label, "type": form.media_type.partition(";")[0], "url": url}
            for form in (exports() if found.hits and not fixed else ())
            for url in [address.elsewhere(f"/search.{form.extension}")]
        ],
        "save_url": "" if fixed else address.elsewhere("/me/searches/new"),
        "feed_url": "" if fixed else address.elsewhere("/feeds/search.atom"),
        "next": address.at(found.next),
        "previous": address.at(found.previous),
        "without_filters": address.of(Filters()),
        "year_kept": address.pairs(filters.without(YEAR)),
    }


class _Address:
    """Addresses of this page with something changed. language: of the reader."""

    def __init__(
        self,
        path: str,
        query: str,
        filters: Filters,
        sort: str,
        language: str,
        kept: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.language = language
        self._path = path
        self._query = query
        self._filters = filters
        self._sort = sort
        self._kept = kept

    def pairs(self, filters: Filters, sort: str | None = None) -> list[tuple[str, str]]:
        sort = self._sort if sort is None else sort
        pairs = [("q", self._query)] if self._query else []
        return [*pairs, *filters.pairs(), *([("sort", sort)] if sort else []), *self._kept]

    def of(self, filters: Filters) -> str:
        return self._url(self.pairs(filters))

    def asking(self, query: str) -> str:
        """The same filters, and another question."""
        return _Address(self._path, query, self._filters, self._sort, self.language, self._kept).of(
            self._filters
        )

    def across(self, off: bool) -> str:
        """The same question, with other languages left out or asked too."""
        kept = (("across", NO),) if off else ()
        return _Address(self._path, self._query, self._filters, self._sort, self.language, kept).of(
            self._filters
        )

    def elsewhere(self, path: str) -> str:
        """The same question at another path."""
        return f"{path}{self._url(self.pairs(self._filters))[len(self._path) :]}"

    def more(self, facet: str) -> str:
        return f"{self._url([*self.pairs(self._filters), ('more', facet)])}#narrow-{facet}"

    def sorted(self, sort: str) -> str:
        return self._url(self.pairs(self._filters, sort))

    def at(self, cursor: str | None) -> str:
        return self._url([*self.pairs(self._filters), ("cursor", cursor)]) if cursor else ""

    def toggled(self, facet: str, code: str, selected: bool) -> str:
        change = self._filters.without if selected else self._filters.with_value
        return self.of(change(facet, code))

    def _url(self, pairs: Iterable[tuple[str, str]]) -> str:
        query = urlencode(list(pairs))
        return f"{self._path}?{query}" if query else self._path


def _map(found: Page, address: _Address, now: datetime, wanted: bool) -> dict[str, Any] | None:
    """The results on a map, where one is asked for or a place is; None elsewhere."""
    back = backdrop()
    if back is None or not (wanted or found.filters.box):
        return None
    view = view_of(back, found.filters.box)
    query, language = found.interpretation.typed, address.language
    counted = counts_in(fields(view), query, found.filters, language=language, now=now)

    def told(box: Box, count: int) -> dict[str, Any]:
        said = ngettext("%(count)s result at %(place)s", "%(count)s results at %(place)s", count)
        number = local_number(count, language)
        return {
            "url": address.of(replace(found.filters, box=box)),
            "said": said % {"count": number, "place": box_label(box)},
            "number": number,
        }

    return drawing(back, view, counted, told)


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


def _facet(facet: Facet, address: _Address, more: str) -> dict[str, Any]:
    left = facet.number - len(facet.values)
    return {
        "name": facet.name,
        "label": facet.label,
        "open": facet.name in {*_OPEN_FACETS, more} or bool(facet.selected),
        "left": max(0, left),
        "more_url": address.more(facet.name) if left > 0 and facet.name != more else "",
        "items": format_html_join(
            "", _VALUE, (_value(facet.name, value, address) for value in facet.values)
        ),
    }


# Fifty of these stand on a page: made here they take a tenth of what the template engine asks.
_VALUE = '<li><a href="{}" rel="nofollow"{}><span>{}{}</span> <b>{}</b></a></li>'


def _value(facet: str, value: Value, address: _Address) -> tuple[str, ...]:
    """One value as a link that adds or removes it."""
    current = mark = ""
    if value.selected:
        current = mark_safe(' aria-current="true"')
        mark = format_html(
            '<span aria-hidden="true">✓ </span><span class="visually-hidden">{} </span>',
            gettext("Chosen:"),
        )
    url = address.toggled(facet, value.code, value.selected)
    return url, current, mark, value.label, local_number(value.count, address.language)


def _signs(interpretation: Interpretation, address: _Address) -> Iterable[dict[str, str]]:
    """What was asked for with a sign, each with the address without it."""
    for one in interpretation.parts:
        yield {"facet": "", "label": one.said, "url": address.asking(one.rest)}


def applied(filters: Filters, language: str) -> list[str]:
    """Filters in words, such as "Kind: Datasets". language: of the reader (BCP 47)."""
    address = _Address("", "", filters, "", language)
    rows = _applied(filters, address, language)
    named = gettext("%(what)s: %(value)s")
    return [
        named % {"what": row["facet"], "value": row["label"]} if row["facet"] else row["label"]
        for row in rows
    ]


def _likeness(found: Page, address: _Address, filters: Filters) -> Iterable[dict[str, str]]:
    if filters.like:
        title = found.like or filters.like
        label = gettext("like “%(title)s”") % {"title": title}
        yield {"facet": "", "label": label, "url": address.of(filters.without(LIKE))}


def _applied(filters: Filters, address: _Address, language: str) -> Iterable[dict[str, str]]:
    """The filters in force, each with the address without it."""
    for name, codes in filters.chosen.items():
        for code in codes:
            yield {
                "facet": facet_label(name),
                "label": label(name, code, language),
                "url": address.of(filters.without(name, code)),
            }
    if filters.year_from is not None or filters.year_to is not None:
        years = [str(year) if year is not None else "" for year in _years(filters)]
        text = years[0] if years[0] == years[1] else "–".join(years)
        yield {"facet": facet_label(YEAR), "label": text, "url": address.of(filters.without(YEAR))}
    if filters.box is not None:
        url = address.of(filters.without(BOX))
        yield {"facet": gettext("Place"), "label": box_label(filters.box), "url": url}
    if filters.open_now:
        url = address.of(filters.without("open"))
        yield {"facet": "", "label": gettext("Open now"), "url": url}


def box_label(box: Box) -> str:
    """A box in degrees, as maps write them."""
    west, south, east, north = box
    return f"{_degrees(south, 'N', 'S')} – {_degrees(north, 'N', 'S')}, " + (
        f"{_degrees(west, 'E', 'W')} – {_degrees(east, 'E', 'W')}"
    )


def _degrees(value: float, positive: str, negative: str) -> str:
    return f"{abs(value):g}° {negative if value < 0 else positive}"


def _years(filters: Filters) -> tuple[int | None, int | None]:
    return filters.year_from, filters.year_to
