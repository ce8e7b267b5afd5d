"""Deadlines for calendars and newsreaders: of all calls in the register, or of one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from tonle.catalogue.public import documents_of, everybodys
from tonle.funding.eligible.selectors import KIND
from tonle.funding.eligible.words import reader
from tonle.funding.register import selectors, words
from tonle.funding.register.selectors import Listed
from tonle.funding.rules import calendars
from tonle.funding.rules.calendars import Event
from tonle.infra import clock
from tonle.infra.pagecache import lasts_until, public_page
from tonle.kernel.dates import format_instant
from tonle.kernel.errors import NotFound
from tonle.kernel.text import LanguageMap, choose

_ATOM: Final = "http://www.w3.org/2005/Atom"
# What XML 1.0 cannot hold.
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@require_safe
@public_page
def calendar(request: HttpRequest) -> HttpResponse:
    """`/funding/deadlines.ics`: the days of what is open and of what is announced."""
    del request
    now = clock.now()
    everything = selectors.calls(now)
    found = selectors.in_register(everything)
    name = _name()
    response = _calendar([event for one in found for event in events(one)], name, "deadlines")
    lasts_until(response, selectors.changes_at(everything, now))
    return response


@require_safe
@public_page
def deadline(request: HttpRequest, record_id: str) -> HttpResponse:
    """`/funding/<id>.ics`: the days of one call, past ones too."""
    del request
    now = clock.now()
    if everybodys([record_id], now).get(record_id) != KIND:
        raise NotFound
    found = [selectors.listed(one, now) for one in documents_of([record_id]).values()]
    named = [choose(one.call.titles, reader())[1] for one in found]
    made = [event for one in found for event in events(one)]
    response = _calendar(made, "".join(named), record_id)
    lasts_until(response, selectors.changes_at(found, now))
    return response


@require_safe
@public_page
def atom(request: HttpRequest) -> HttpResponse:
    """`/funding/deadlines.atom`: the same calls, what closes soon first."""
    del request
    now = clock.now()
    everything = selectors.calls(now)
    body = "".join(_feed(selectors.in_register(everything), now))
    response = HttpResponse(_ILLEGAL.sub("", body), content_type="application/atom+xml")
    lasts_until(response, selectors.changes_at(everything, now))
    return response


def events(one: Listed) -> Iterator[Event]:
    """What happens with a call: that it opens, its further deadlines, that it closes."""
    call = one.call
    title = choose(call.titles, reader())[1]
    happens: list[tuple[str, datetime | None, str]] = [
        ("opens", call.opens_at, gettext("Opens: %(title)s") % {"title": title}),
        ("closes", call.closes_at, gettext("Closes: %(title)s") % {"title": title}),
    ]
    happens += [
        (f"deadline-{further.id}", further.at, f"{_named(further.name)}: {title}")
        for further in call.deadlines
    ]
    sequence = max((one.number for one in call.corrigenda), default=0)
    amounts = "; ".join(amount["text"] for amount in words.amounts_of(call))
    for name, at, summary in happens:
        if at is not None:
            yield Event(
                uid=f"{call.id}-{name}@{urlsplit(settings.TONLE_URL).hostname}",
                sequence=sequence,
                revised_at=one.revised_at,
                at=at,
                summary=summary,
                description=amounts,
                url=_url(call.id),
                sure=not call.forecast,
            )


def _calendar(made: Iterable[Event], name: str, file: str) -> HttpResponse:
    body = calendars.calendar(made, name=name, made_by="-//Tonle//Funding//EN")
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{file}.ics"'
    return response


def _name() -> str:
    """What the calendar and the feed of all calls are called."""
    funding = gettext("Funding")
    return f"{settings.TONLE_NODE_NAME} · {funding}"


def _feed(found: list[Listed], now: datetime) -> Iterator[str]:
    here = settings.TONLE_URL + reverse("funding:deadlines_atom")
    page = settings.TONLE_URL + reverse("funding:register")
    title = _name()
    updated = max((one.revised_at for one in found), default=datetime(1970, 1, 1, tzinfo=UTC))
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="{_ATOM}"><id>{escape(here)}</id>'
    yield f"<title>{escape(title)}</title><updated>{format_instant(updated)}</updated>"
    yield f"<author><name>{escape(settings.TONLE_NODE_NAME)}</name></author>"
    yield f'<link rel="self" type="application/atom+xml" href="{escape(here)}"/>'
    yield f'<link rel="alternate" type="text/html" href="{escape(page)}"/>\n'
    for one in found:
        url = escape(_url(one.call.id))
        said = words.what_next(one.call, now, words.own_zone())
        named = choose(one.call.titles, reader())[1]
        yield f"<entry><id>{url}</id><title>{escape(named)}</title>"
        yield f"<updated>{format_instant(one.revised_at)}</updated>"
        yield f'<link rel="alternate" type="text/html" href="{url}"/>'
        yield f"<summary>{escape(said)}</summary></entry>\n"
    yield "</feed>\n"


def _named(name: LanguageMap) -> str:
    return choose(name, reader())[1] if name else gettext("Deadline")


def _url(record_id: str) -> str:
    return settings.TONLE_URL + reverse("catalogue:record", args=[record_id])
