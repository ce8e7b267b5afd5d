"""`/sitemap.xml`: every page that a search engine may want, with when it last changed.

A file of records holds those whose newest entry lies in one stretch of the change log, as
many positions as a file may hold addresses. So a file is never too long, is found without
counting, and loses what changes to the newest file: a crawler that knows a file by its date
need not fetch it again. Pages have one address, whatever their language, so no alternates are
named. Source: sitemaps.org protocol 0.9.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import condition, require_safe

from tonle.catalogue.public import Walked, lineage, newest_position, walk
from tonle.infra import clock
from tonle.infra.pagecache import public_page
from tonle.kernel.errors import NotFound
from tonle.people.public import communities

NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
# Addresses in one file, by the protocol; and positions of the log, as each is one at most.
MOST: Final = 50_000
_BATCH: Final = 500
_XML: Final = "application/xml; charset=utf-8"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


@require_safe
@public_page
def index(_request: HttpRequest) -> HttpResponse:
    """The files there are: one of the node's own pages, and one for each stretch of the log."""
    rows = [f"<sitemap><loc>{_address('federation:sitemap-pages')}</loc></sitemap>\n"]
    rows += [
        f"<sitemap><loc>{_address('federation:sitemap-records', number)}</loc>"
        f"<lastmod>{_instant(at)}</lastmod></sitemap>\n"
        for number, at in stretches(clock.now())
    ]
    body = f'{_HEAD}<sitemapindex xmlns="{NAMESPACE}">\n{"".join(rows)}</sitemapindex>\n'
    return HttpResponse(body, content_type=_XML)


@require_safe
@public_page
def pages(_request: HttpRequest) -> HttpResponse:
    """The node's own pages and those of its communities."""
    own = [_address(name) for name in ("web:front", "web:about", "catalogue:communities")]
    groups = [
        _address("catalogue:community", row.slug) for row in communities(limit=MOST - len(own))
    ]
    rows = "".join(f"<url><loc>{address}</loc></url>\n" for address in [*own, *groups])
    return HttpResponse(f"{_opening()}{rows}</urlset>\n", content_type=_XML)


def _stand(_request: HttpRequest, **_of: int) -> str:
    """As long as the log stands where it does, every file stays as it is."""
    return f'W/"{lineage()}/{newest_position()}"'


@require_safe
@condition(etag_func=_stand)
def records(_request: HttpRequest, number: int) -> HttpResponseBase:
    """The records of one stretch, made as they are sent."""
    # A number beyond the log may be beyond what the database takes for one.
    there = 0 < number <= newest_position() // MOST + 1
    found = _shown(number, clock.now()) if there else iter(())
    first = next(found, None)
    if first is None:
        raise NotFound

    def parts() -> Iterator[bytes]:
        yield _opening().encode()
        yield _entry(first).encode()
        for one in found:
            yield _entry(one).encode()
        yield b"</urlset>\n"

    response = StreamingHttpResponse(parts(), content_type=_XML)
    response["Cache-Control"] = "no-cache"
    return response


def stretches(now: datetime) -> Iterator[tuple[int, datetime]]:
    """(number, last change) of each stretch of the log with a record to show, oldest first.

    The last change is at the latest when the stretch after it began; of the newest one it is
    the last entry's. Some queries for each stretch.
    """
    found = _next(0, now)
    while found is not None:
        number = (found.pos - 1) // MOST + 1
        following = _next(number * MOST, now)
        yield number, following.at if following else _newest_at(found, now)
        found = following


def _next(after: int, now: datetime) -> Walked | None:
    return next(iter(walk(now=now, after=after, limit=1, gone=False)), None)


def _newest_at(shown: Walked, now: datetime) -> datetime:
    newest = walk(now=now, after=max(0, newest_position() - 1), limit=1)
    return newest[0].at if newest else shown.at


def _shown(number: int, now: datetime) -> Iterator[Walked]:
    """What is shown of a stretch, in the order of the log."""
    after, last = (number - 1) * MOST, number * MOST
    while batch := walk(now=now, after=after, limit=_BATCH, gone=False):
        for one in batch:
            if one.pos > last:
                return
            yield one
        after = batch[-1].pos


def _opening() -> str:
    return f'{_HEAD}<urlset xmlns="{NAMESPACE}">\n'


def _entry(one: Walked) -> str:
    # An id and an instant hold nothing that XML would want escaped.
    return (
        f"<url><loc>{settings.TONLE_URL}/records/{one.id}</loc>"
        f"<lastmod>{_instant(one.at)}</lastmod></url>\n"
    )


def _address(name: str, *args: object) -> str:
    return f"{settings.TONLE_URL}{reverse(name, args=args)}"


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
