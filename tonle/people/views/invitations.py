"""Accepting an invitation."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from tonle.infra import clock
from tonle.kernel.actors import Scope
from tonle.people import selectors, services
from tonle.people.rules.roles import role_kind
from tonle.people.views.private import unlisted
from tonle.web.public import actor_of


@never_cache
@sensitive_variables("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """What is offered, to whom, and the button. Only its POST spends the link."""
    actor, now = actor_of(request), clock.now()
    if request.method == "POST" and actor.kind == "person":
        services.accept_invitation(secret=secret, actor=actor, now=now)
        messages.success(request, _("The role is yours."))
        return redirect("people:me")
    found = services.open_invitation(secret, now)
    kind, scope = role_kind(found.role), Scope(found.scope_kind, found.scope_id)
    back = urlencode({"next": request.path})
    context = {
        "invitation": found,
        "role": kind.label if kind else found.role,
        "scope": scope,
        "scope_names": selectors.scope_names([scope]).get(scope, {}),
        "signin_url": f"{reverse('account_login')}?{back}",
        "signup_url": f"{reverse('account_signup')}?{back}",
        "here": "",
    }
    return unlisted(render(request, "people/invitation.html", context))
