"""The steward's pages: what can be done now, accounts, appeals."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.kernel.actors import Actor
from tonle.kernel.errors import Invalid, NotFound, NotPermitted, Refused, TonleError
from tonle.people import permissions, selectors, services, tasks
from tonle.people.form_errors import show_in
from tonle.people.forms import AnswerForm, ReasonForm
from tonle.people.models import Account
from tonle.people.views.common import page_of
from tonle.web.public import actor_of


def _require_steward(request: HttpRequest) -> Actor:
    """The steward behind the request; for everybody else there is nothing here."""
    actor = actor_of(request)
    if not actor.has("steward") or actor.kind != "person":
        raise NotFound
    return actor


@never_cache
@login_required
@require_safe
def steward(request: HttpRequest) -> HttpResponse:
    """What can be done now, what waits first."""
    actor, now = _require_steward(request), clock.now()
    rows = []
    for task in tasks.steward_tasks():
        try:
            url = reverse(task.url_name) if task.url_name else ""
        except NoReverseMatch:
            continue  # A context that is installed without its pages has no entry.
        rows.append({"task": task, "url": url, "waiting": task.waiting(actor, now)})
    context = {
        "waiting": [row for row in rows if row["waiting"]],
        "others": [row for row in rows if row["url"] and not row["waiting"]],
        "mail_is_kept": tasks.mail_is_kept(),
    }
    return render(request, "people/steward.html", context)


@never_cache
@login_required
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Accounts by address, a page at a time, or those that were looked for."""
    actor = _require_steward(request)
    query, after = request.GET.get("q", "")[:200], request.GET.get("after", "")[:254]
    now = clock.now()
    page = selectors.account_page(actor=actor, now=now, query=query, after=after)
    more = urlencode({"q": query, "after": page.after}) if page.after else ""
    context = {
        "accounts": page.accounts,
        "held": selectors.roles_of_many(
            account_ids=[one.actor_id for one in page.accounts], actor=actor, now=now
        ),
        "query": query,
        "next": f"?{more}" if more else "",
    }
    return render(request, "people/accounts.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, id: str) -> HttpResponse:
    """One account: its roles with their history, and what a steward may do with it."""
    actor, now = _require_steward(request), clock.now()
    found = selectors.account(id=id, actor=actor)
    if found is None:
        raise NotFound
    action = request.POST.get("action", "") if request.method == "POST" else ""
    reason = ReasonForm(request.POST if action == "suspend" else None)
    if action and (action != "suspend" or reason.is_valid()):
        try:
            _act(request, action, found, actor, reason)
        except (Invalid, Refused, NotPermitted) as error:
            if action == "suspend":
                show_in(reason, error)
            else:
                _tell(request, error)
        if not reason.errors:
            return redirect(request.path)
    suspensions, suspensions_more = page_of(
        request,
        "suspensions",
        selectors.suspensions(account_id=id, actor=actor),
        selectors.LAST_SUSPENDED,
    )
    ended, ended_more = page_of(
        request,
        "history",
        selectors.ended_grants_of(account_id=id, actor=actor, now=now),
        selectors.LAST_GIVEN,
    )
    roles = selectors.roles_of(account_id=id, actor=actor, now=now)
    context = {
        "account": found,
        "person": selectors.names_of([id]).get(id, ""),
        "verified": selectors.has_verified_email(id),
        "roles": roles,
        "vouched": any(role.name == "contributor" and not role.scope.id for role in roles),
        "ended": selectors.role_rows(ended),
        "ended_next": ended_more,
        "suspensions": suspensions,
        "suspensions_next": suspensions_more,
        "suspended": found.suspensions.filter(lifted_at__isnull=True).exists(),
        "may_suspend": permissions.may_suspend(actor, found, now),
        "form": reason,
    }
    return render(request, "people/account.html", context, status=422 if reason.errors else 200)


def _tell(request: HttpRequest, error: TonleError) -> None:
    if isinstance(error, Refused):
        for refusal in error.refusals:
            messages.error(request, say(refusal))
    else:
        messages.error(request, say(error))


def _act(
    request: HttpRequest, action: str, found: Account, actor: Actor, reason: ReasonForm
) -> None:
    """Do what one of the page's buttons says."""
    now = clock.now()
    if action == "suspend":
        services.suspend_accounts(
            accounts=[found.pk], reason=reason.cleaned_data["reason"], actor=actor, now=now
        )
        messages.success(request, _("The account is suspended. Its owner was written to."))
    elif action == "restore":
        services.restore_account(account_id=found.pk, actor=actor, now=now)
        messages.success(request, _("The account is open again. Its owner was written to."))
    elif action == "vouch":
        services.vouch(account_id=found.pk, actor=actor, now=now)
        messages.success(request, _("You have vouched for this person."))
    elif action == "unvouch":
        services.unvouch(account_id=found.pk, actor=actor, now=now)
        messages.success(request, _("Nobody vouches for this person node-wide any more."))
    elif action == "revoke":
        scope = selectors.scope_of(request.POST.get("scope", ""))
        if scope is None:
            raise NotFound
        services.revoke_role(
            account_id=found.pk,
            role=request.POST.get("role", ""),
            scope=scope,
            actor=actor,
            now=now,
        )
        messages.success(request, _("The role is taken back. It stays in the history."))
    else:
        raise NotFound


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def appeals(request: HttpRequest) -> HttpResponse:
    """Appeals that wait, the longest first, each with the two answers."""
    actor, now = _require_steward(request), clock.now()
    answered = request.POST.get("suspension", "") if request.method == "POST" else ""
    form = AnswerForm(request.POST if answered else None)
    if answered and form.is_valid():
        try:
            services.decide_appeal(
                suspension_id=answered,
                lift=request.POST.get("action") == "lift",
                answer=form.cleaned_data["answer"],
                actor=actor,
                now=now,
            )
        except (Invalid, Refused, NotPermitted) as error:
            show_in(form, error)
        else:
            messages.success(request, _("The answer is sent."))
            return redirect("people:appeals")
    waiting, more = page_of(
        request, "after", selectors.waiting_appeals(actor=actor), selectors.LONGEST_WAITING
    )
    names = selectors.names_of(one.suspended_by for one in waiting)
    rows: list[dict[str, Any]] = [
        {
            "suspension": one,
            "by": names.get(one.suspended_by, ""),
            "form": form if one.id == answered else AnswerForm(auto_id=f"id_{one.id}_%s"),
        }
        for one in waiting
    ]
    context = {"rows": rows, "next": more}
    return render(request, "people/appeals.html", context, status=422 if form.errors else 200)
