"""An owner asks that what is public be taken back; the rest an owner does on the form's pages."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tonle.catalogue import public as catalogue
from tonle.deposit.curation import withdrawals as taking_back
from tonle.deposit.curation.machine import WITHDRAWAL_REASONS
from tonle.deposit.curation.views.desk import sentences
from tonle.deposit.forms import seals
from tonle.deposit.forms.guards import desk as guarded
from tonle.infra import clock
from tonle.infra.idempotency import new_key
from tonle.kernel.errors import Invalid, NotFound, Refused
from tonle.web.public import actor_of


@guarded
@require_http_methods(["GET", "HEAD", "POST"])
def ask_withdrawal(request: HttpRequest, record_id: str) -> HttpResponse:
    """An owner asks that a published record be taken back."""
    actor, now = actor_of(request), clock.now()
    view = catalogue.record_view(record_id=record_id, actor=actor, now=now)
    if view.record.created_by != actor.id:
        raise NotFound
    problems: list[str] = []
    if request.method == "POST":
        try:
            taking_back.ask_withdrawal(
                record_id=record_id,
                category=request.POST.get("category", ""),
                text=request.POST.get("text", ""),
                actor=actor,
                now=now,
                key=request.POST.get("key") or None,
            )
        except (Invalid, Refused) as error:
            problems = sentences(error)
        else:
            messages.success(request, _("Your request is there. A curator decides about it."))
            return redirect(f"/records/{record_id}")
    return render(
        request,
        "deposit/curation/ask_withdrawal.html",
        {
            "record_id": record_id,
            "titles": view.document["titles"],
            "reasons": [(name, _(label)) for name, label in WITHDRAWAL_REASONS.items()],
            "problems": problems,
            "sent": request.POST,
            "key": request.POST.get("key") or new_key(),
            "seal": seals.seal(seals.FORM, "", actor),
        },
        status=422 if problems else 200,
    )
