"""The steward's pages: whom this node tells of changes, and how it goes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from tonle.federation.harvest.rules.reasons import sentence_of
from tonle.federation.hooks import forms, selectors, services
from tonle.federation.hooks.models import Delivery, Hook
from tonle.federation.hooks.permissions import may_keep_hooks
from tonle.federation.hooks.rules.events import EVENTS, PING
from tonle.federation.stewards import badge, steward, turned
from tonle.infra.i18n import say
from tonle.infra.idempotency import new_key
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Invalid, NotFound, TonleError

DELIVERIES = 10
# How a hook or a message stands: words, and the tone of its badge.
STANDINGS: dict[str, tuple[str, str]] = {
    "level": (N_("Told of everything"), "good"),
    "behind": (N_("Being told"), ""),
    "failing": (N_("Not taken"), "warn"),
    "paused": (N_("Paused"), "warn"),
    "stopped": (N_("Stopped"), "bad"),
}
STATES: dict[str, tuple[str, str]] = {
    "waiting": (N_("Waits for another try"), "warn"),
    "asked": (N_("On its way"), ""),
    "delivered": (N_("Taken"), "good"),
    "failed": (N_("Not taken"), "bad"),
    "dropped": (N_("Given up"), ""),
}
DONE: dict[str, str] = {
    "change": N_("Kept."),
    "test": N_("A test is on its way. Load this page again to see what came of it."),
    "again": N_("It is on its way again. Load this page again to see what came of it."),
    "pause": N_("It is paused. What happens meanwhile is told later."),
    "resume": N_("It goes on where it stood."),
    "pass": N_("That message is given up. It goes on with the next."),
    "skip": N_("It is told from now on. For what came before, the receiver reads the feed."),
}


@never_cache
@login_required
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every hook and how it stands."""
    steward(request, may_keep_hooks)
    states = selectors.states_of(list(selectors.all_hooks()))
    rows = [{"state": one, "badge": badge(STANDINGS, one.standing)} for one in states]
    return render(request, "federation/hooks.html", {"rows": rows})


@never_cache
@login_required
@sensitive_variables("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new hook; its secret is shown on the answer to the form, once."""
    actor, now = steward(request, may_keep_hooks)
    form = forms.NewHookForm(
        request.POST if request.method == "POST" else None, initial={"key": new_key()}
    )
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            hook, secret = services.add_hook(
                wanted=form.wanted(), actor=actor, now=now, key=form.cleaned_data["key"]
            )
            if not secret:
                return redirect("federation:hook", hook_id=hook.id)
            return _page(request, hook, now, secret=secret)
        except Invalid as error:
            forms.mark(form, error)
        except TonleError as error:
            problem = say(error)
    return render(
        request,
        "federation/hook_add.html",
        {"form": form, "problem": problem},
        status=422 if problem or form.errors else 200,
    )


@never_cache
@login_required
@sensitive_variables("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def hook(request: HttpRequest, hook_id: str) -> HttpResponse:
    """One hook: how it stands, its messages, and what can be done."""
    actor, now = steward(request, may_keep_hooks)
    row = services.load(hook_id, actor)
    if request.method != "POST":
        return _page(request, row, now)
    do, form, problem = request.POST.get("do", ""), None, ""
    try:
        if do == "rotate":
            row, secret = services.rotate_secret(hook_id=row.id, actor=actor, now=now)
            return _page(request, row, now, secret=secret)
        if do == "change":
            form = forms.HookForm(request.POST)
            if form.is_valid():
                services.change_hook(hook_id=row.id, wanted=form.wanted(), actor=actor, now=now)
        else:
            _act(do, row, request.POST.get("delivery", ""), actor, now)
    except Invalid as error:
        forms.mark(form or forms.HookForm(), error)
    except NotFound:
        raise
    except TonleError as error:
        problem = say(error)
    if problem or (form is not None and form.errors):
        return _page(request, row, now, form=form, problem=problem)
    messages.success(request, _(DONE[do]))
    return redirect("federation:hook", hook_id=row.id)


def _act(do: str, row: Hook, delivery_id: str, actor: Actor, now: datetime) -> None:
    """What a button asks for. Raises NotFound for none of ours."""
    if do == "test":
        services.ask_test(hook_id=row.id, actor=actor, now=now)
    elif do == "again":
        services.ask_again(hook_id=row.id, delivery_id=delivery_id, actor=actor, now=now)
    elif do == "pause":
        services.pause_hook(hook_id=row.id, actor=actor, now=now)
    elif do == "resume":
        services.resume_hook(hook_id=row.id, actor=actor, now=now)
    elif do == "pass":
        services.skip_message(hook_id=row.id, delivery_id=delivery_id, actor=actor, now=now)
    elif do == "skip":
        services.skip_to_now(hook_id=row.id, actor=actor, now=now)
    else:
        raise NotFound


def _page(
    request: HttpRequest,
    row: Hook,
    now: datetime,
    *,
    form: forms.HookForm | None = None,
    problem: str = "",
    secret: str = "",
) -> HttpResponse:
    state = selectors.states_of([row])[0]
    rows, beside = turned(request, selectors.deliveries_of(row), DELIVERIES)
    found = {
        "hook": row,
        "state": state,
        "badge": badge(STANDINGS, state.standing),
        "why": say(sentence_of(row.reason)) if row.reason else "",
        "hears": [_(EVENTS.get(name, name)) for name in row.events],
        "only": forms.selection_of(row),
        "both_until": row.old_until if row.old_until and row.old_until > now else None,
        "deliveries": [_delivery(one) for one in rows],
        **beside,
        "form": form or forms.HookForm.of(row),
        "problem": problem,
        "secret": secret,
    }
    faulty = problem or (form is not None and form.errors)
    return render(request, "federation/hook.html", found, status=422 if faulty else 200)


def _delivery(one: Delivery) -> dict[str, Any]:
    return {
        "one": one,
        "badge": badge(STATES, one.state),
        "what": _("A test") if one.type == PING else _(EVENTS.get(one.type, one.type)),
        "why": say(sentence_of(one.reason)) if one.reason else "",
    }


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, hook_id: str) -> HttpResponse:
    """Are you sure: its secret and its messages are forgotten."""
    actor, now = steward(request, may_keep_hooks)
    row = services.load(hook_id, actor)
    if request.method == "POST":
        services.remove_hook(hook_id=row.id, actor=actor, now=now)
        messages.success(request, _("It is removed. Its receiver hears nothing more."))
        return redirect("federation:hooks")
    return render(request, "federation/hook_remove.html", {"hook": row})
