"""`/oai`: by GET and by POST for harvesters, and a word to people who come by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    QueryDict,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import http_date, parse_http_date_safe
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tonle.api.public import TooManyRequests, count
from tonle.federation.oai.formats import PREFIXES
from tonle.federation.oai.place import here
from tonle.federation.oai.provider import Answer, answer
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.infra.pagecache import lasts_until

XML = "text/xml; charset=utf-8"
FORM = "application/x-www-form-urlencoded"
MINUTE = 60  # seconds
SMALLEST_PAGE, LARGEST_PAGE = 1, 1000
# Of the arguments of one request.
ENOUGH = 100


# A harvester's form carries no token of ours, and nothing is changed by what it asks.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def oai(request: HttpRequest) -> HttpResponseBase:
    """Section 3.1: both methods ask the same; a browser that asks nothing is told what this is."""
    given = arguments(request)
    # Pages of people come in the language that `ui` says; to the protocol it is unknown.
    if not given.keys() - {"ui"} and request.method != "POST" and _is_a_person(request):
        response = render(request, "federation/oai.html", {"place": here(), "prefixes": PREFIXES})
        lasts_until(response, None)
        response["Vary"] = "Accept"
        return response
    now = clock.now()
    try:
        who = request.META.get("REMOTE_ADDR", "")
        count("oai", who, limit=settings.TONLE_OAI_LIMIT, seconds=MINUTE, now=now)
    except TooManyRequests as refused:
        return _later(refused)
    made = answer(given, place=here(), now=now, page=page_size())
    return _unchanged(request, made) or _whole(made, now)


def arguments(request: HttpRequest) -> Mapping[str, Sequence[str]]:
    """All values of each name, of the address and of a form alike, so that none is overheard."""
    given: dict[str, list[str]] = {}
    sources = [_read(lambda: request.GET, request.META["QUERY_STRING"].encode)]
    if request.content_type == FORM:
        sources.append(_read(lambda: request.POST, lambda: request.body))
    for source in sources:
        for name, values in source.lists():
            given.setdefault(name, []).extend(str(value) for value in values)
    return given


def _read(whole: Callable[[], QueryDict], text: Callable[[], bytes]) -> QueryDict:
    """What an address or a form holds; of more than Django takes, enough to find the fault.

    Six arguments are legal: among the first hundred one is unknown, or comes twice.
    """
    try:
        return whole()
    except TooManyFieldsSent:
        return QueryDict(b"&".join(text().split(b"&", ENOUGH)[:ENOUGH]))


def page_size() -> int:
    """Records in one answer."""
    return max(SMALLEST_PAGE, min(settings.TONLE_OAI_PAGE, LARGEST_PAGE))


def _is_a_person(request: HttpRequest) -> bool:
    return "text/html" in request.headers.get("Accept", "")


def _later(refused: TooManyRequests) -> HttpResponse:
    """Section 3.1.2.2: harvesters wait for as long as a 503 says; few of them know of 429."""
    response = HttpResponse(f"{say(refused)}\n", "text/plain; charset=utf-8", status=503)
    response["Retry-After"] = str(refused.data["seconds"])
    return response


def _unchanged(request: HttpRequest, made: Answer) -> HttpResponse | None:
    """304 for one record that has not changed since the reader last had it."""
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    if made.at is None or since is None or int(made.at.timestamp()) > since:
        return None
    return HttpResponseNotModified()


def _whole(made: Answer, now: datetime) -> StreamingHttpResponse:
    response = StreamingHttpResponse((part.encode() for part in made.parts), content_type=XML)
    # Everything here may change the next moment, and a proxy's old list would lose records.
    response["Cache-Control"] = "no-cache"
    # What changes again within its second has the same date, so none is given before it is over.
    if made.at is not None and int(made.at.timestamp()) < int(now.timestamp()):
        response["Last-Modified"] = http_date(int(made.at.timestamp()))
    return response
