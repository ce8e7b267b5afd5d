"""`/feeds/…`: the newest records as Atom, all of them, a part, or what a search finds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from tonle.api.public import BadCursor
from tonle.catalogue.public import Record, decide, document_of, kind, place_of
from tonle.federation.catalogs import atom
from tonle.federation.catalogs.atom import Feed, Gone, Shown
from tonle.federation.catalogs.programs import for_programs, kind_asked, member_asked
from tonle.infra import clock
from tonle.infra.pagecache import lasts_until, public_page
from tonle.kernel import codes
from tonle.kernel.actors import ANONYMOUS
from tonle.kernel.text import choose
from tonle.people.public import community
from tonle.search.public import Filters, search
from tonle.web.public import lang_narrows, language_tag

PER_PAGE: Final = 50
# What a record may have become; of those not `published`, a feed tells that they went.
_STATES: Final = ("published", "withdrawn", "purged")


@dataclass(frozen=True)
class Part:
    """Which records a feed is of; an empty field is any."""

    kind: str = ""
    member: str = ""
    community: str = ""

    @classmethod
    def read(cls, request: HttpRequest) -> Part:
        community = request.GET.get("community", "").strip()
        return cls(kind_asked(request), member_asked(request), community)

    def pairs(self) -> list[tuple[str, str]]:
        """As parameters of an address."""
        return [(name, value) for name, value in vars(self).items() if value]

    def filter(self) -> Q:
        """As a condition. A join for each list, so that the shorter side leads the query."""
        chosen = Q(kind=self.kind) if self.kind else Q()
        if self.member:
            chosen &= Q(members__member=self.member)
        if self.community:
            chosen &= Q(communities__community=self.community)
        return chosen

    def title(self, language: str) -> str:
        """The node's name, and what part of it this is."""
        names = [settings.TONLE_NODE_NAME]
        if self.kind:
            names.append(gettext(kind(self.kind).plural))
        if self.member:
            names.append(codes.label("members", self.member, language))
        if self.community:
            found = community(self.community)
            names.append(choose(found.names, language)[1] if found else self.community)
        return " · ".join(names)


@require_safe
@public_page
@for_programs
def records(request: HttpRequest) -> HttpResponse:
    """`/feeds/records.atom?kind=&member=&community=`: newest first; `before` leads on."""
    part, before = Part.read(request), _before(request.GET.get("before", ""))
    rows = newest(part, before, PER_PAGE + 1)
    page = rows[:PER_PAGE]
    first = _address("federation:feed-records", part.pairs())
    links = [("first", first)]
    if len(rows) > PER_PAGE:
        last = page[-1]
        links.append(("next", _address("federation:feed-records", [*part.pairs(), _key(last)])))
    own = [("before", request.GET["before"])] if before else []
    feed = Feed(
        id=first,
        title=part.title(_language(request)),
        url=_address("federation:feed-records", [*part.pairs(), *own]),
        page_url=_address("search:search", part.pairs()) if part.pairs() else settings.TONLE_URL,
        node_name=settings.TONLE_NODE_NAME,
        updated_at=_updated(page),
        links=links,
    )
    return _answer(feed, page)


@lang_narrows
@require_safe
@public_page
def found(request: HttpRequest) -> HttpResponse:
    """`/feeds/search.atom?q=…`: what a search finds, newest first, with the page's own filters.

    What is no longer found is not told of: a search forgets.
    """
    language = _language(request)
    query, filters = request.GET.get("q", ""), Filters.read(dict(request.GET.lists()))
    pairs = [*([("q", query)] if query else []), *filters.pairs()]
    asked = {"language": language, "now": clock.now(), "limit": PER_PAGE, "facets": ()}
    cursor = request.GET.get("cursor") or None
    try:
        page = search(query, filters, "newest", cursor, **asked)  # type: ignore[arg-type] # As named.
    except BadCursor:
        # An address that was cut: the newest help more than an error.
        page, cursor = search(query, filters, "newest", None, **asked), None  # type: ignore[arg-type] # As named.
    names = [hit.hit.id for hit in page.hits]
    by_id = {
        row.id: row
        for row in Record.objects.filter(id__in=names)
        .select_related("document")
        .prefetch_related("effects")
    }
    rows = [by_id[name] for name in names if name in by_id]
    links = [("first", _address("federation:feed-search", pairs))]
    if page.next:
        following = [*pairs, ("cursor", page.next)]
        links.append(("next", _address("federation:feed-search", following)))
    own = [("cursor", cursor)] if cursor else []
    sought = query or gettext("Search")
    feed = Feed(
        id=links[0][1],
        title=f"{settings.TONLE_NODE_NAME} · {sought}",
        url=_address("federation:feed-search", [*pairs, *own]),
        page_url=_address("search:search", pairs),
        node_name=settings.TONLE_NODE_NAME,
        updated_at=_updated(rows),
        links=links,
    )
    return _answer(feed, rows)


def newest(part: Part, before: tuple[datetime, str] | None, limit: int) -> list[Record]:
    """What changed last of a part, gone or not, newest first; at most three queries a state.

    Each state by itself, because their index holds each in the order wanted.
    """
    chosen = part.filter()
    if before is not None:
        at, record_id = before
        chosen &= Q(updated_at__lt=at) | Q(updated_at=at, id__gt=record_id)
    rows: list[Record] = []
    for state in _STATES:
        rows += (
            Record.objects.filter(chosen, state=state)
            .order_by("-updated_at", "id")
            .select_related("document")
            .prefetch_related("effects")[:limit]
        )
    rows.sort(key=lambda row: row.id)
    rows.sort(key=_when, reverse=True)
    return rows[:limit]


def _answer(feed: Feed, rows: list[Record]) -> HttpResponse:
    now = clock.now()
    response = HttpResponse(atom.write(feed, entries(rows, now)), content_type=atom.TYPE)
    # Whoever may see a record may change by the clock alone.
    changes = [row.changes_at for row in rows if row.changes_at is not None]
    lasts_until(response, min(changes, default=None))
    return response


def entries(rows: list[Record], now: datetime) -> Iterable[Shown | Gone]:
    """Each record as its feed tells of it to a stranger."""
    rulings = decide(ANONYMOUS, "read_metadata", rows, now)
    for row in rows:
        if row.state == "published" and rulings[row.id]:
            document = document_of(row)
            # A feed names no file, so nobody needs to know who may have them.
            here = place_of(document, settings.TONLE_URL, files_open=False)
            yield Shown(document, here, _when(row))
        else:
            yield Gone(f"{settings.TONLE_URL}/records/{row.id}", _when(row))


def _when(row: Record) -> datetime:
    return row.updated_at or row.created_at


def _updated(rows: list[Record]) -> datetime:
    """When a feed last changed: an empty one perhaps when anything here did, or today."""
    shown = rows or newest(Part(), None, 1)
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return max(map(_when, shown), default=today)


def _key(row: Record) -> tuple[str, str]:
    """Where a page ends, as a parameter: the instant and the record."""
    return "before", f"{_when(row).isoformat()},{row.id}"


def _before(text: str) -> tuple[datetime, str] | None:
    """What `_key` wrote; an address that was cut leads to the first page."""
    moment, _, record_id = text.partition(",")
    try:
        at = datetime.fromisoformat(moment)
        # In UTC, the first and the last day of the calendar may have none before or behind them.
        return (at.astimezone(UTC), record_id) if record_id and at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _language(request: HttpRequest) -> str:
    return language_tag(getattr(request, "LANGUAGE_CODE", "") or settings.LANGUAGE_CODE)


def _address(name: str, pairs: list[tuple[str, str]]) -> str:
    query = f"?{urlencode(pairs)}" if pairs else ""
    return f"{settings.TONLE_URL}{reverse(name)}{query}"
