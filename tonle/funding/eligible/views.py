"""Am I eligible?: a few questions, and which open calls would take who answers them so.

Nothing of the answers is kept: not in a row, a session or a cookie. They are sent in the body of
a form and not in the address, because addresses stand in the logs of servers on the way, in the
history of a shared computer, and in what a browser tells the next page. For the same reason the
form carries no token: it changes nothing, so there is nothing to forge, and a visitor need not
be given a cookie to ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tonle.catalogue.public import record_view
from tonle.funding.eligible import selectors
from tonle.funding.eligible.forms import SECOND, AnswersForm
from tonle.funding.eligible.selectors import Judged, OpenCall
from tonle.funding.eligible.words import reader, standing_badge, verdict_row
from tonle.funding.following.selectors import applicant
from tonle.funding.rules.opportunities import read_opportunity, status
from tonle.infra import clock
from tonle.kernel.errors import NotFound
from tonle.kernel.text import choose
from tonle.web.public import actor_of


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def eligible(request: HttpRequest) -> HttpResponse:
    """`/funding/eligible`: about all calls that are open."""
    now = clock.now()
    page: dict[str, Any] = {"address": reverse("funding:eligible"), "crumbs": ()}
    return _answer(request, selectors.open_calls(now), page, now)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def eligible_for(request: HttpRequest, record_id: str) -> HttpResponse:
    """`/funding/eligible/<id>`: about one call, whether it is open or not."""
    now = clock.now()
    view = record_view(record_id=record_id, actor=actor_of(request), now=now)
    if view.record.kind != selectors.KIND or view.record.state != "published":
        raise NotFound
    call = read_opportunity(view.document)
    one = OpenCall(call, status(call, now), selectors.rules_of(call))
    title = choose(view.document["titles"], reader())[1]
    page = {
        "address": reverse("funding:eligible_for", args=[view.record.id]),
        "crumbs": [
            (title, reverse("catalogue:record", args=[view.record.id])),
            (gettext("Am I eligible?"), ""),
        ],
        "record": view.document,
    }
    return _answer(request, [one], page, now)


def _answer(
    request: HttpRequest, calls: Sequence[OpenCall], page: dict[str, Any], now: datetime
) -> HttpResponse:
    asked = selectors.questions_of(calls)
    # Country and organisation are asked in any case: what calls say of others is worth knowing,
    # and a page without a question would look broken.
    first = (asked | {"country"}) - SECOND
    provinces = selectors.provinces_of(calls)
    sent = request.POST if request.method == "POST" else None
    form = AnswersForm(sent, asks=asked | first if sent else first, provinces=provinces)
    if sent is None:
        kept = applicant(actor=actor_of(request))
        form.initial = dict(kept.answers) if kept is not None else {}
        return _page(request, {**page, "form": form, "is_any": bool(calls)})
    answers = form.answers()
    if answers is None:
        for name in SECOND & form.fields.keys():
            if name not in form.errors and not sent.get(name):
                del form.fields[name]
        return _page(request, {**page, "form": form, "is_any": True}, 422)
    found = selectors.judge(calls, answers, now)
    more = selectors.still_needed(found) & SECOND
    context = {
        **page,
        "is_answered": True,
        "groups": _groups(found),
        "second": AnswersForm(asks=more, initial=sent.dict()) if more else None,
        "hidden": form.hidden(but=more),
    }
    return _page(request, context)


def _page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, "funding/eligible/eligible.html", context, status=status)


def _groups(found: Sequence[Judged]) -> list[dict[str, Any]]:
    """The calls by how they stand, with what is said of each."""
    headings = (
        ("admitted", gettext("Calls that you may apply for")),
        ("perhaps", gettext("Calls that you may perhaps apply for")),
        ("barred", gettext("Calls that a rule bars you from")),
    )
    groups = []
    for stands, heading in headings:
        rows = [call_row(one) for one in found if one.standing == stands]
        if rows:
            groups.append({"stands": stands, "heading": heading, "rows": rows})
    return groups


def call_row(one: Judged) -> dict[str, Any]:
    """One call, and the rules that matter: those that bar, else those that are open, else all."""
    rules = one.bars or one.open_rules or one.verdicts
    return {
        "titles": one.call.titles,
        "url": reverse("catalogue:record", args=[one.call.id]),
        "closes_at": one.call.closes_at,
        "badge": standing_badge(one.standing),
        "rules": [verdict_row(verdict) for verdict in rules],
    }
