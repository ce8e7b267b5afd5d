"""What came for a call, as officers and the secretariat read it: a number, then all of it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tonle.funding.proposals import selectors
from tonle.funding.proposals.views.reading import of_version
from tonle.infra import clock
from tonle.web.public import actor_of


@never_cache
@login_required
@require_safe
def received(request: HttpRequest, call_id: str) -> HttpResponse:
    """Proposals to one call: how many, and once it is closed, which."""
    found = selectors.office(call_id, actor_of(request), clock.now())
    themes = {one["id"]: one["name"] for one in found.text["themes"]}
    return render(
        request,
        "funding/proposals/received.html",
        {
            "found": found,
            "call": found.call,
            "titles": found.text["title"],
            "rows": [(row, titles, themes.get(row.theme, {})) for row, titles in found.rows],
            "back": reverse("funding:call", args=[call_id]),
        },
    )


@never_cache
@login_required
@require_safe
def proposal(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """What was submitted last."""
    row, version = selectors.version_for_office(proposal_id, actor_of(request), clock.now())
    context = of_version(request, row, version)
    context |= {"back": reverse("funding:received", args=[row.call.id]), "of_office": True}
    return render(request, "funding/proposals/version.html", context)
