"""Newcomers' deposits by likeness, and many declined by one press."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from tonle.deposit.curation import clearing
from tonle.deposit.curation.machine import DECLINE_REASONS
from tonle.deposit.curation.permissions import keeps_node
from tonle.deposit.curation.views.desk import sentences
from tonle.deposit.forms import seals
from tonle.deposit.forms.guards import desk as guarded
from tonle.infra import clock
from tonle.infra.idempotency import new_key
from tonle.kernel.errors import Invalid, Refused
from tonle.web.public import actor_of

AGES = (1, 7, 30)
GROUPS = 100  # On one page; the largest come first, so the next page is after the next press.


@guarded
@require_http_methods(["GET", "HEAD", "POST"])
def newcomers(request: HttpRequest) -> HttpResponse:
    """Groups to tick, a reason, and one press."""
    actor, now = actor_of(request), clock.now()
    age = request.GET.get("age", "")
    days = int(age) if age in {str(n) for n in AGES} else None
    problems: list[str] = []
    if request.method == "POST":
        ids = " ".join(request.POST.getlist("group")).split()
        try:
            clearing.clear(
                draft_ids=ids,
                reason=request.POST.get("reason", ""),
                text=request.POST.get("text", ""),
                close_accounts="close" in request.POST,
                actor=actor,
                now=now,
                key=request.POST.get("key") or None,
            )
        except (Invalid, Refused) as error:
            problems = sentences(error)
        else:
            told = ngettext(
                "%(number)s deposit is being declined.",
                "%(number)s deposits are being declined.",
                len(ids),
            )
            messages.success(request, told % {"number": len(ids)})
            return redirect("deposit:newcomers")
    groups = clearing.newcomer_groups(actor, now, younger_than_days=days)
    return render(
        request,
        "deposit/curation/newcomers.html",
        {
            "groups": groups[:GROUPS],
            "left_out": max(0, len(groups) - GROUPS),
            "waiting": sum(len(group.members) for group in groups),
            "age": age,
            "ages": AGES,
            "reasons": [(name, _(label)) for name, label in DECLINE_REASONS.items()],
            "problems": problems,
            "sent": request.POST,
            "keeps_node": keeps_node(actor),
            "key": request.POST.get("key") or new_key(),
            "seal": seals.seal(seals.FORM, "", actor),
        },
        status=422 if problems else 200,
    )


@guarded
@require_http_methods(["GET", "HEAD", "POST"])
def clearings(request: HttpRequest) -> HttpResponse:
    """What was cleared, how far it has come, and the way back."""
    actor = actor_of(request)
    if request.method == "POST":
        clearing.undo(clearing_id=request.POST.get("undo", ""), actor=actor, now=clock.now())
        messages.success(request, _("It is being undone."))
        return redirect("deposit:clearings")
    rows = clearing.clearings(actor)
    return render(
        request,
        "deposit/curation/clearings.html",
        {
            "rows": rows,
            "reasons": {name: _(label) for name, label in DECLINE_REASONS.items()},
            "seal": seals.seal(seals.FORM, "", actor),
        },
    )
