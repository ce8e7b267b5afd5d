"""What came for a call, as officers and the secretariat read it: a number, then all of it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tonle.funding.eligible.words import rule_sentence
from tonle.funding.proposals import offices
from tonle.funding.proposals.admitting import WORDS
from tonle.funding.proposals.views.reading import of_version
from tonle.infra import clock
from tonle.web.public import actor_of


@never_cache
@login_required
@require_safe
def received(request: HttpRequest, call_id: str) -> HttpResponse:
    """Proposals to one call: how many, and once it is closed, which."""
    found = offices.office(call_id, actor_of(request), clock.now())
    return render(
        request,
        "funding/proposals/received.html",
        {
            "found": found,
            "call": found.call,
            "titles": found.text["title"],
            "back": reverse("funding:call", args=[call_id]),
        },
    )


@never_cache
@login_required
@require_safe
def proposal(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """What was submitted last, and what the parties say of it."""
    found = offices.received(proposal_id, actor_of(request), clock.now())
    context = of_version(request, found.row, found.version)
    context |= {
        "back": reverse("funding:received", args=[found.row.call.id]),
        "of_office": True,
        "label": found.label,
        "verdicts": [
            (one, WORDS.get(one.step.deed) if one.step else None,
             [(deed, WORDS[deed]) for deed in one.deeds])
            for one in found.verdicts
        ],
        "rules": [
            (dict(one.text), "" if one.test == "words" else rule_sentence(one))
            for one in found.rules
        ],
    }  # fmt: skip
    return render(request, "funding/proposals/version.html", context)
