"""A curator takes a published record back, or shows it again, without being asked by its owner."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tonle.catalogue import public as catalogue
from tonle.deposit.curation import withdrawals
from tonle.deposit.curation.machine import WITHDRAWAL_REASONS
from tonle.deposit.curation.views.desk import sentences
from tonle.deposit.forms import seals
from tonle.deposit.forms.guards import desk as guarded
from tonle.infra import clock
from tonle.kernel.errors import Conflict, Invalid, NotFound, Refused
from tonle.web.public import actor_of, language_tag


@guarded
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, record_id: str) -> HttpResponse:
    """Withdraw a record, with a reason that everybody reads; or take that back. One that is here
    a second time can lead to the one that stays."""
    actor, now = actor_of(request), clock.now()
    view = catalogue.record_view(record_id=record_id, actor=actor, now=now)
    communities = catalogue.communities_of(view.record)
    if not catalogue.may_withdraw(actor, communities=communities):
        raise NotFound
    gone = view.record.state == "withdrawn"
    if not gone and view.record.state != "published":
        raise NotFound
    problems: list[str] = []
    if request.method == "POST":
        try:
            words: dict[str, Any] = {
                "record_id": record_id,
                "text": request.POST.get("text", ""),
                "language": language_tag(get_language() or "en"),
                "actor": actor,
                "now": now,
            }
            category, into = request.POST.get("category", ""), request.POST.get("into", "")
            if gone:
                catalogue.reinstate(record_id=record_id, actor=actor, now=now)
            elif category == "duplicate" and into.strip():
                both = "both_dois" in request.POST
                stays = withdrawals.become_part(into=into, both_dois=both, **words)
                messages.success(request, _("They are one record now."))
                return redirect(f"/records/{stays.id}")
            else:
                withdrawals.withdraw(category=category, **words)
        except (Invalid, Refused, Conflict) as error:
            problems = sentences(error)
        else:
            messages.success(
                request,
                _("It is shown again.") if gone else _("It is withdrawn. Its page says why."),
            )
            return redirect(f"/records/{record_id}")
    return render(
        request,
        "deposit/curation/withdraw.html",
        {
            "record_id": record_id,
            "titles": view.document["titles"],
            "gone": gone,
            "reasons": [(name, _(label)) for name, label in WITHDRAWAL_REASONS.items()],
            "problems": problems,
            "sent": request.POST,
            "seal": seals.seal(seals.FORM, "", actor),
        },
        status=422 if problems else 200,
    )
