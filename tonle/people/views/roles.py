"""Giving roles and taking them back, scope by scope, with their history."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tonle.infra import clock
from tonle.kernel.actors import NODE, Actor, Scope
from tonle.kernel.errors import Invalid, NotFound, NotPermitted, Refused
from tonle.people import letters, selectors, services
from tonle.people.form_errors import show_in
from tonle.people.forms import InviteForm
from tonle.people.views.common import page_of
from tonle.web.public import actor_of


@never_cache
@login_required
@require_safe
def scopes(request: HttpRequest) -> HttpResponse:
    """Where the actor gives roles: the node, organisations, communities."""
    actor = actor_of(request)
    found = selectors.scopes_to_give_in(actor)
    if not found:
        raise NotFound
    names = selectors.scope_names(found)
    rows = [
        {"scope": scope, "names": names.get(scope, {}), "key": key_of(scope)} for scope in found
    ]
    return render(request, "people/scopes.html", {"scopes": rows, "every": actor.has("steward")})


def key_of(scope: Scope) -> str:
    """The scope as it stands in addresses."""
    return "node" if scope == NODE else f"{scope.kind}:{scope.id}"


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def roles(request: HttpRequest, key: str) -> HttpResponse:
    """Who holds which role in one scope. Absent and not theirs to give look alike."""
    actor, now = actor_of(request), clock.now()
    scope = selectors.scope_of(key)
    kinds = selectors.givable_roles(actor=actor, scope=scope) if scope else []
    if scope is None or not kinds:
        raise NotFound
    action = request.POST.get("action", "") if request.method == "POST" else ""
    form = InviteForm(request.POST if action == "invite" else None, kinds=kinds)
    link = ""
    if action == "revoke":
        _revoke(request, actor, scope)
        return redirect(request.path)
    if action == "withdraw":
        services.withdraw_invitation(id=request.POST.get("id", ""), actor=actor, now=now)
        messages.success(request, _("The invitation no longer works."))
        return redirect(request.path)
    if action == "invite" and form.is_valid():
        try:
            link = _invite(request, form.cleaned_data, actor, scope)
            form = InviteForm(kinds=kinds)
        except (Invalid, Refused, NotPermitted) as error:
            show_in(form, error)
    where: dict[str, Any] = {"scope": scope, "actor": actor, "now": now}
    held, more = page_of(request, "now", selectors.grants_in(**where), selectors.BY_ROLE)
    ended, ended_more = page_of(
        request, "history", selectors.ended_grants_in(**where), selectors.LAST_GIVEN
    )
    sent, sent_more = page_of(
        request, "invited", selectors.open_invitations(**where), selectors.LAST_SENT
    )
    context = {
        "scope": scope,
        "scope_names": selectors.scope_names([scope]).get(scope, {}),
        "rows": selectors.role_rows(held),
        "next": more,
        "ended": selectors.role_rows(ended),
        "ended_next": ended_more,
        "invitations": _with_labels(sent),
        "invitations_next": sent_more,
        "givable": {kind.name for kind in kinds},
        "form": form,
        "link": link,
    }
    return render(request, "people/roles.html", context, status=422 if form.errors else 200)


def _with_labels(invitations: list[Any]) -> list[dict[str, Any]]:
    from tonle.people.rules.roles import role_kind

    return [
        {"invitation": one, "label": kind.label if (kind := role_kind(one.role)) else one.role}
        for one in invitations
    ]


def _revoke(request: HttpRequest, actor: Actor, scope: Scope) -> None:
    try:
        ended = services.revoke_role(
            account_id=request.POST.get("account", ""),
            role=request.POST.get("role", ""),
            scope=scope,
            actor=actor,
            now=clock.now(),
        )
    except Refused as error:
        for refusal in error.refusals:
            messages.error(request, _(refusal.message))
        return
    if ended:
        messages.success(request, _("The role is taken back. It stays in the history."))
    else:
        messages.info(request, _("The role was not held any more."))


def _invite(request: HttpRequest, told: dict[str, Any], actor: Actor, scope: Scope) -> str:
    """Send the letter once the invitation is sure, and give back its link to show, once."""
    _row, secret = services.invite(
        email=told["email"],
        role=told["role"],
        scope=scope,
        actor=actor,
        now=clock.now(),
        note=told["note"],
    )
    return letters.send_invitation(told["email"], secret, getattr(request, "LANGUAGE_CODE", ""))
