"""What a depositor does outside the form: hand in, take back, comment, share, ask to withdraw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tonle.catalogue import public as catalogue
from tonle.deposit.curation import links, publishing, selectors, services
from tonle.deposit.curation import withdrawals as taking_back
from tonle.deposit.curation.errors import NotYetPublished
from tonle.deposit.curation.machine import WITHDRAWAL_REASONS
from tonle.deposit.curation.permissions import may_curate
from tonle.deposit.curation.views.desk import sentences
from tonle.infra import clock
from tonle.infra.idempotency import new_key
from tonle.kernel.errors import Invalid, NotFound, Refused
from tonle.web.public import actor_of


@login_required
@require_POST
def act(request: HttpRequest, draft_id: str, event: str) -> HttpResponse:
    """One button of a depositor. What stands in the way is said on the page it came from."""
    sent, key = request.POST, request.POST.get("key") or None
    common: dict[str, Any] = {
        "draft_id": draft_id, "actor": actor_of(request), "now": clock.now(), "key": key,
    }  # fmt: skip
    events: dict[str, Callable[[], Any]] = {
        "hand_in": lambda: services.hand_in(**common),
        "publish_alone": lambda: publishing.publish_alone(**common),
        "take_back": lambda: services.take_back(**common),
        "discard": lambda: services.discard(**common),
        "appeal": lambda: services.appeal(text=sent.get("text", ""), **common),
        "comment": lambda: services.comment(text=sent.get("text", ""), **common),
    }
    if event not in events:
        raise NotFound
    try:
        events[event]()
    except (Invalid, Refused, NotYetPublished) as error:
        for sentence in sentences(error):
            messages.error(request, sentence)
    else:
        messages.success(
            request,
            {
                "hand_in": _("Handed in. A curator will look at it."),
                "publish_alone": _("It is published."),
                "take_back": _("You have it back."),
                "discard": _("It is discarded."),
                "appeal": _("Your appeal is there. Another curator decides about it."),
                "comment": _("Your comment is there."),
            }[event],
        )
    return redirect(f"/deposit/{draft_id}")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Links for reviewers: make one, see them, revoke one. A new one is shown this once."""
    actor, now = actor_of(request), clock.now()
    submission = selectors.submission_of(draft_id, actor)
    problems: list[str] = []
    address = ""
    if request.method == "POST":
        try:
            if "revoke" in request.POST:
                links.revoke_share(
                    draft_id=draft_id, link_id=request.POST["revoke"], actor=actor, now=now
                )
                messages.success(request, _("The link leads nowhere now."))
                return redirect("deposit:share", draft_id=draft_id)
            days = request.POST.get("days", "")
            _link, secret = links.share(
                draft_id=draft_id,
                days=int(days) if days.isascii() and days.isdigit() else 0,
                label=request.POST.get("label", ""),
                actor=actor,
                now=now,
            )
            address = request.build_absolute_uri(reverse("deposit:shared", args=[secret]))
        except (Invalid, Refused) as error:
            problems = sentences(error)
    living = submission.share_links.filter(revoked_at=None, expires_at__gt=now).order_by("key")
    return render(
        request,
        "deposit/curation/share.html",
        {
            "draft_id": draft_id,
            "titles": selectors.titles_of(submission),
            "links": living,
            "address": address,
            "problems": problems,
            "choices": [7, 30, 90, 180],
            "back": reverse("deposit:review", args=[draft_id])
            if may_curate(actor, submission) and actor.id != submission.depositor
            else f"/deposit/{draft_id}",
        },
        status=422 if problems else 200,
    )


@never_cache
@login_required
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
        },
        status=422 if problems else 200,
    )
