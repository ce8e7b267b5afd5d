"""What was found in a draft's files, and what is missing: shown, and decided about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tonle.catalogue import public as catalogue
from tonle.deposit.checks import selectors, services
from tonle.deposit.checks.rules.fair import fair_findings
from tonle.infra import clock, days
from tonle.infra.i18n import say
from tonle.infra.idempotency import new_key
from tonle.kernel.errors import Conflict, Invalid, NotFound, Refused
from tonle.web.public import actor_of


@never_cache
@login_required
@require_safe
def findings(request: HttpRequest, draft_id: str) -> HttpResponse:
    """The page `Findings`: personal data first, since somebody may be harmed."""
    now = clock.now()
    view = catalogue.draft_view(draft_id=draft_id, actor=actor_of(request), now=now)
    fair = fair_findings(view.document, view.files, today=days.day_of(now))
    return render(
        request,
        "deposit/checks/findings.html",
        {
            "draft": view,
            "titles": view.document.get("titles") or {},
            "checks": selectors.summary(draft_id),
            "fair": [
                {
                    "severity": one.severity,
                    "step": one.step,
                    "message": say(one.message, one.data),
                    "why": say(one.why, one.data),
                    "mend": say(one.mend, one.data),
                    "criterion": one.criterion,
                }
                for one in fair
            ],
            "key": new_key(),
        },
    )


@login_required
@require_POST
def act(request: HttpRequest, draft_id: str) -> HttpResponse:
    """One decision. What stands in its way is said on the page it came from."""
    sent = request.POST
    common: dict[str, Any] = {
        "draft_id": draft_id,
        "actor": actor_of(request),
        "now": clock.now(),
        "key": sent.get("key") or None,
    }
    about, several = sent.get("about", ""), sent.getlist("about")
    reason, how = sent.get("reason", ""), sent.get("how", "")
    decisions: dict[str, Callable[[], Any]] = {
        "keep": lambda: services.keep(finding_ids=several, reason=reason, **common),
        "restrict": lambda: services.restrict(**common),
        "remove": lambda: services.remove(check_id=about, **common),
        "copy": lambda: services.ask_copy(check_id=about, how=how, **common),
        "take_copy": lambda: services.take_copy(check_id=about, **common),
        "drop_copy": lambda: services.drop_copy(check_id=about, **common),
    }
    decision = decisions.get(sent.get("do", ""))
    if decision is None:
        raise NotFound
    try:
        decision()
    except (Invalid, Refused, Conflict) as error:
        messages.error(request, say(error))
    else:
        messages.success(request, _("Noted."))
    return redirect("deposit:findings", draft_id)
