"""`/catalog`: everything here as a DCAT-AP catalogue, page by page, for data portals.

A page begins after a position of the change log, so that walking on misses nothing while
records change; what is withdrawn or hidden is left out. Turtle or JSON-LD, by `Accept` or by
`?format=`; a browser gets a page that says what this is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date, quote_etag
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from tonle.catalogue.public import (
    Here,
    Selection,
    count_walk,
    dcat,
    earliest_entry_at,
    kinds,
    lineage,
    newest_position,
    place_of,
    walk,
)
from tonle.federation.catalogs.programs import for_programs, kind_asked, member_asked, one_of
from tonle.infra import clock
from tonle.infra.pagecache import lasts_until, never_keep
from tonle.kernel.codes import codes
from tonle.kernel.errors import N_
from tonle.kernel.sentences import invalid
from tonle.web.public import language_tag, local_number

HTML: Final = "text/html"
# Name of a format to what is sent.
TYPES: Final = {"turtle": "text/turtle", "jsonld": "application/ld+json"}
_NAME_OF_TYPE: Final = {
    HTML: "html",
    "application/xhtml+xml": "html",
    **{media_type: name for name, media_type in TYPES.items()},
}
PER_PAGE, MOST = 100, 1_000
# Records read at a time, whatever the page holds.
_BATCH: Final = 100
# Positions are bounded by what the database takes for one.
_LAST: Final = 2**63 - 1
_ACCESS: Final = ("open", "embargoed", "restricted", "metadata_only")
_SELECTED: Final = ("kind", "member", "community", "access")
_TITLE: Final = N_("Catalogue of %(node)s")
_DESCRIPTION: Final = N_(
    "Research of the region that %(node)s describes: data, software, texts, laboratories, funding."
)


@require_safe
@for_programs
def catalog(request: HttpRequest) -> HttpResponseBase:
    """`/catalog?after=&limit=&kind=&member=&community=&access=&format=`."""
    name = _wanted(request)
    selection = Selection(
        kind=kind_asked(request),
        member=member_asked(request),
        community=request.GET.get("community", "").strip(),
        access=one_of(request, "access", _ACCESS),
    )
    if name == "html":
        response: HttpResponseBase = render(request, "federation/catalog.html", _told(selection))
        lasts_until(response, None)
    else:
        response = _page(request, name, selection)
        never_keep(response)
        response["Cache-Control"] = "no-cache"
        response["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(response, ["Accept"])
    return response


def _wanted(request: HttpRequest) -> str:
    """`html`, or a name of TYPES. Raises Invalid for a format that there is not."""
    asked = request.GET.get("format", "")
    if asked in TYPES:
        return asked
    if asked:
        raise invalid(
            "format",
            N_("The catalogue does not come in this format. It comes as %(formats)s."),
            formats=", ".join(TYPES),
        )
    preferred = request.get_preferred_type([*TYPES.values(), HTML, "application/xhtml+xml"])
    return _NAME_OF_TYPE.get(preferred or "", "turtle")


def _number(request: HttpRequest, name: str, default: int, least: int, most: int) -> int:
    given = request.GET.get(name, "")
    if not given:
        return default
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 20 else -1
    if not least <= number <= most:
        raise invalid(
            name, N_("This is a whole number from %(least)s to %(most)s."), least=least, most=most
        )
    return number


def _page(request: HttpRequest, name: str, selection: Selection) -> HttpResponseBase:
    after = _number(request, "after", 0, 0, _LAST)
    size = _number(request, "limit", PER_PAGE, 1, MOST)
    now, newest = clock.now(), newest_position()
    # As long as the log stands where it does, a page of it stays as it is.
    tag = quote_etag(f'W/"{name}/{lineage()}/{newest}"')
    changed = _changed_at(newest, now)
    since = int(changed.timestamp()) if changed else None
    unchanged = get_conditional_response(request, etag=tag, last_modified=since)
    if unchanged is not None:
        return unchanged
    # The address says the format only where the reader did.
    own: list[tuple[str, Any]] = [("limit", size)] * (size != PER_PAGE)
    own += [(key, value) for key, value in vars(selection).items() if value]
    own += [("format", name)] * ("format" in request.GET)
    reading = _Reading(selection, after, size, now)
    parts = dcat.statements(
        _catalog(changed),
        dcat.Page(
            url=_address([("after", after)] * bool(after) + own),
            first=_address(own),
            size=size,
            total=count_walk(selection, gone=False),
        ),
        reading.members(),
        lambda: _address([("after", reading.after), *own]) if reading.more() else "",
    )
    lines = {"turtle": dcat.turtle_lines, "jsonld": dcat.json_ld_lines}[name](parts)
    # What goes wrong at once goes wrong before anything is sent.
    begun = chain([next(lines)], lines)
    response = StreamingHttpResponse(
        (line.encode() for line in begun), content_type=f"{TYPES[name]}; charset=utf-8"
    )
    response["ETag"] = tag
    if changed:
        response["Last-Modified"] = http_date(changed.timestamp())
    return response


class _Reading:
    """A walk over the shown records of one page. after: the position it has come to."""

    def __init__(self, selection: Selection, after: int, size: int, now: datetime) -> None:
        self.selection, self.after, self.left, self.now = selection, after, size, now

    def members(self) -> Iterator[tuple[Mapping[str, Any], Here]]:
        while self.left:
            batch = self._next(min(self.left, _BATCH))
            if not batch:
                return
            for one in batch:
                self.after, self.left = one.pos, self.left - 1
                yield (
                    one.document,
                    place_of(one.document, _base(), files_open=one.files_open),
                )

    def more(self) -> bool:
        return not self.left and bool(self._next(1))

    def _next(self, limit: int) -> list[Any]:
        return walk(
            now=self.now, after=self.after, limit=limit, selection=self.selection, gone=False
        )


def _changed_at(newest: int, now: datetime) -> datetime | None:
    """When the newest entry was written."""
    found = walk(now=now, after=max(0, newest - 1), limit=1)
    return found[0].at if found else earliest_entry_at()


def _catalog(changed: datetime | None) -> dcat.Catalog:
    node = {"node": settings.TONLE_NODE_NAME}
    titles, descriptions = {}, {}
    for code, _ in settings.LANGUAGES:
        with translation.override(code):
            tag = language_tag(code)
            titles[tag] = gettext(_TITLE) % node
            descriptions[tag] = gettext(_DESCRIPTION) % node
    return dcat.Catalog(
        url=f"{_address([])}#catalog",
        title=titles,
        description=descriptions,
        node_name=settings.TONLE_NODE_NAME,
        node_url=f"{_base()}/",
        languages=tuple(code.partition("-")[0] for code, _ in settings.LANGUAGES),
        issued_at=earliest_entry_at(),
        modified_at=changed,
    )


def _told(selection: Selection) -> dict[str, Any]:
    """For a person: where to begin, how much there is, and the words that addresses name."""
    own = [(key, value) for key, value in vars(selection).items() if value]
    language = translation.get_language() or "en"
    total = count_walk(selection, gone=False)
    return {
        "base": _address([]),
        "total": None if total is None else local_number(total, language),
        "starts": [
            {"label": label, "url": f"?{urlencode([*own, ('format', name)])}"}
            for name, label in (("turtle", "Turtle"), ("jsonld", "JSON-LD"))
        ],
        "most": MOST,
        "kinds": [{"name": one.name, "label": gettext(one.label)} for one in kinds()],
        "roles": [
            {"name": code, "label": entry.label(language_tag(language))}
            for code, entry in codes("contributor_types").items()
        ],
    }


def _base() -> str:
    return str(settings.TONLE_URL).rstrip("/")


def _address(pairs: list[tuple[str, Any]]) -> str:
    query = f"?{urlencode(pairs)}" if pairs else ""
    return f"{_base()}{reverse('federation:catalog')}{query}"
