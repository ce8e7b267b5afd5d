"""Who is bound by an agreement on a day: a page that anybody may ask."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tonle.agreements.record.standing import answer, today
from tonle.catalogue.public import record_view
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.kernel.dates import parse_day
from tonle.kernel.errors import Invalid, NotFound
from tonle.kernel.text import choose
from tonle.web.public import actor_of


# Without a day it is about today, which no cache knows.
@never_cache
@require_safe
def bound(request: HttpRequest, record_id: str) -> HttpResponse:
    """`/records/<id>/bound?on=2027-05-31`: who is bound on that day, by which version."""
    now, language = clock.now(), get_language() or "en"
    view = record_view(record_id=record_id, actor=actor_of(request), now=now)
    if view.record.kind != "agreement" or view.record.state != "published":
        raise NotFound
    typed = request.GET.get("on", "").strip()
    on, problem = today(view.document, now), ""
    if typed:
        try:
            on = parse_day(typed).earliest
        except Invalid as error:
            problem = say(error.problems[0][1])
    found = answer(view.document, on)
    title = choose(view.document["titles"], language)[1]
    page: dict[str, Any] = {
        "crumbs": [
            (title, reverse("catalogue:record", args=[view.record.id])),
            (gettext("Who is bound on a day?"), ""),
        ],
        "record": view.document,
        "on": on,
        "typed": typed if problem else on.isoformat(),
        "problem": problem,
        "answer": None if problem else found,
        "is_known": found is not None,
        "survives": any(one.standing.survives for one in found.parties) if found else False,
    }
    return render(request, "agreements/record/bound.html", page, status=400 if problem else 200)
