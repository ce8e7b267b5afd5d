"""The last step: what is missing, what it will look like, and handing it in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tonle.deposit import checks, curation
from tonle.deposit.forms import seals
from tonle.deposit.forms.rules import steps
from tonle.deposit.forms.views.found import found
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.infra.idempotency import new_key
from tonle.kernel.errors import Refusal, Refused
from tonle.people import public as people
from tonle.web.public import actor_of


def page(request: HttpRequest, draft_id: str) -> HttpResponseBase:
    """Findings, a preview, and the button."""
    refusals: tuple[Refusal, ...] = ()
    status = 200
    if request.method == "POST":
        try:
            return _carry_out(request, draft_id)
        except Refused as error:
            refusals, status = error.refusals, error.http_status
    from tonle.deposit.forms.views.steps import shell

    actor, now = actor_of(request), clock.now()
    view = curation.submission_view(draft_id, actor, now)
    event = "publish_alone" if "publish_alone" in view.can else "hand_in"
    missing = refusals or (() if event in view.can else view.refusals.get(event, ()))
    said = {refusal.data.get("field") for refusal in missing}
    context = shell(view, steps.STEPS["check"]) | {
        "missing": [
            {"text": say(refusal), "url": _where(draft_id, refusal)} for refusal in missing
        ],
        # What must be there is said above already, once.
        "findings": [one for one in found(view, now) if one["part"] not in said],
        "checks": checks.summary(draft_id),
        "event": event,
        "ready": event in view.can and not refusals,
        "community": people.community(view.row.community) if view.row.community else None,
        "record": view.document,
        "files": view.draft.files,
        "seal": seals.seal(seals.FORM, draft_id, actor),
        "key": new_key(),
    }
    return render(request, "deposit/forms/check.html", context, status=status)


def _carry_out(request: HttpRequest, draft_id: str) -> HttpResponseBase:
    actor, now = actor_of(request), clock.now()
    do, key = request.POST.get("do", ""), request.POST.get("key") or None
    if do == "hand_in":
        curation.hand_in(draft_id=draft_id, actor=actor, now=now, key=key)
        messages.success(request, _("Handed in. You will be told when a curator has looked."))
        return redirect("deposit:overview", draft_id=draft_id)
    if do == "publish_alone":
        made = curation.publish_alone(draft_id=draft_id, actor=actor, now=now, key=key)
        if made.state == "published":
            messages.success(request, _("Published. Everybody can find and cite it now."))
            return redirect(f"/records/{made.record_id}")
        return redirect("deposit:overview", draft_id=draft_id)
    return redirect("deposit:step", draft_id=draft_id, name="check")


def _where(draft_id: str, refusal: Refusal) -> str:
    if refusal.code == "findings_undecided":
        return reverse("deposit:findings", args=[draft_id])
    return step_address(draft_id, str(refusal.data.get("field", "")))


def step_address(draft_id: str, field: str) -> str:
    """Where a field of the document is changed; "" for what has no place of its own."""
    key = field.split("/")[0]
    name = steps.part_steps().get(key, key)
    if name not in steps.STEPS or name == "check":
        return ""
    anchor = f"#{key}" if key != name else ""
    return reverse("deposit:step", args=[draft_id, name]) + anchor
