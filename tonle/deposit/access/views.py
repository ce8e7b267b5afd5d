"""Asking for restricted files, deciding about it, and one's own requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tonle.catalogue import public as catalogue
from tonle.deposit.access import selectors, services
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.infra.idempotency import new_key
from tonle.kernel.errors import Invalid, NotFound, Refused
from tonle.web.public import actor_of

DAYS = (30, 90, 180, 365, 730)
USUAL_DAYS = 180


def _problems(error: Invalid | Refused) -> dict[str, str]:
    """Field to sentence; what is about the whole stands under ""."""
    if isinstance(error, Invalid):
        return {where: say(what) for where, what in error.problems}
    return {"": " ".join(say(refusal) for refusal in error.refusals)}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, record_id: str) -> HttpResponse:
    """The form `Request access`, with the terms that are agreed to."""
    actor, now, language = actor_of(request), clock.now(), get_language() or "en"
    view = catalogue.record_view(record_id=record_id, actor=actor, now=now)
    sent, problems = request.POST, {}
    if request.method == "POST":
        try:
            services.ask_access(
                record_id=record_id,
                purpose=sent.get("purpose", ""),
                affiliation=sent.get("affiliation", ""),
                terms_sha256=sent.get("terms_sha256", "") if sent.get("terms") else "",
                language=language,
                actor=actor,
                now=now,
                key=sent.get("key") or None,
            )
        except (Invalid, Refused) as error:
            problems = _problems(error)
        else:
            messages.success(request, _("Your request is there. You will be told the answer."))
            return redirect("deposit:my_requests")
    try:
        text, sha256 = services.terms_of(
            record_id=record_id, language=language, actor=actor, now=now
        )
    except Refused as error:
        text, sha256 = "", ""
        problems = problems or _problems(error)
    context = {
        "record": view.record,
        "titles": view.document["titles"],
        "may_read": bool(view.files_ruling),
        "terms": text.splitlines(),
        "terms_sha256": sha256,
        "problems": problems,
        "sent": sent,
        "key": sent.get("key") or new_key(),
    }
    return render(
        request, "deposit/access/ask.html", context, status=422 if problems and sent else 200
    )


@never_cache
@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What I have asked for."""
    actor = actor_of(request)
    rows, following = selectors.my_requests(
        actor, clock.now(), cursor=request.GET.get("cursor") or None
    )
    context = {"rows": rows, "next": following, "key": new_key()}
    return render(request, "deposit/access/mine.html", context)


@never_cache
@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for my decision, and whom I have let in."""
    actor, now = actor_of(request), clock.now()
    state = "granted" if request.GET.get("state") == "granted" else "asked"
    rows, following = selectors.requests_to_decide(
        actor, now, state=state, cursor=request.GET.get("cursor")
    )
    context = {
        "rows": rows,
        "state": state,
        "next": following,
        "key": new_key(),
        "days": DAYS,
        "usual_days": USUAL_DAYS,
    }
    return render(request, "deposit/access/desk.html", context)


@login_required
@require_POST
def decide(request: HttpRequest, request_id: str) -> HttpResponse:
    """One button of the desk, or of one's own requests."""
    sent, actor, now = request.POST, actor_of(request), clock.now()
    common: dict[str, Any] = {
        "request_id": request_id, "actor": actor, "now": now, "key": sent.get("key") or None,
    }  # fmt: skip
    text, days = sent.get("text", ""), sent.get("days", "")
    number = int(days) if days.isdecimal() and len(days) < 6 else 0
    events: dict[str, Callable[[], Any]] = {
        "grant": lambda: services.grant(days=number, note=text, **common),
        "decline": lambda: services.decline(reason=text, **common),
        "end": lambda: services.end(reason=text, **common),
        "take_back": lambda: services.take_back(**common),
    }
    event = sent.get("do", "")
    if event not in events:
        raise NotFound
    try:
        events[event]()
    except (Invalid, Refused) as error:
        messages.error(request, " ".join(_problems(error).values()))
    else:
        messages.success(request, _("Noted."))
    return redirect("deposit:my_requests" if event == "take_back" else "deposit:requests")
