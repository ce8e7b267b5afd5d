"""One's own page and tokens, and the first steward's way in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.kernel.errors import Conflict, Invalid, Refused, TonleError
from tonle.kernel.sentences import Sentence
from tonle.people import selectors, services
from tonle.people.errors import LinkSpent
from tonle.people.forms import FirstStewardForm, TokenForm
from tonle.people.rules.loopback import is_loopback
from tonle.people.rules.roles import role_kind
from tonle.people.rules.scopes import token_scopes
from tonle.web.public import actor_of

SIGN_IN_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def _show_in(form: forms.Form, error: TonleError) -> None:
    """Put an error beside the field it is about, or above the form."""
    if isinstance(error, Invalid):
        for where, what in error.problems:
            text = say(what.message, what.data) if isinstance(what, Sentence) else say(what)
            form.add_error(where if where in form.fields else None, text)
    elif isinstance(error, Refused):
        for refusal in error.refusals:
            form.add_error(None, say(refusal))
    else:
        form.add_error(None, say(error))


@never_cache
@login_required
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    roles = []
    for grant in selectors.own_grants(actor=actor, now=now):
        kind = role_kind(grant.role)
        roles.append({"label": _(kind.label) if kind else grant.role, "grant": grant})
    return render(request, "people/me.html", {"roles": roles, "account": request.user})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The tokens of one's account; a new one is shown on the answer to its form, once."""
    actor, now = actor_of(request), clock.now()
    form, secret = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            _row, secret = services.create_token(
                account_id=actor.id,
                label=form.cleaned_data["label"],
                scopes=form.cleaned_data["scopes"],
                actor=actor,
                now=now,
            )
            form = TokenForm()
        except (Invalid, Refused) as error:
            _show_in(form, error)
    context: dict[str, Any] = {
        "form": form,
        "secret": secret,
        "tokens": selectors.tokens(actor=actor, account_id=actor.id, now=now),
        "scope_labels": {name: _(label) for name, label in token_scopes().items()},
    }
    return render(request, "people/tokens.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def revoke_token(request: HttpRequest, lookup: str) -> HttpResponse:
    token = services.revoke_token(lookup=lookup, actor=actor_of(request), now=clock.now())
    messages.success(request, _("The token “%(name)s” is revoked.") % {"name": token.label})
    return redirect("people:tokens")


@never_cache
@sensitive_variables("secret")
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, secret: str) -> HttpResponse:
    """The first steward's form. Only its POST spends the link."""
    now = clock.now()
    here = is_loopback(
        request.META.get("REMOTE_ADDR", ""), request.get_host(), request.headers.keys()
    )
    if not here or not services.signin_link_is_open(secret, now):
        raise LinkSpent
    form = FirstStewardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = services.spend_signin_link(
                secret=secret,
                email=form.cleaned_data["email"],
                password=form.cleaned_data["password"],
                from_loopback=here,
                now=now,
                language=getattr(request, "LANGUAGE_CODE", ""),
            )
        except (Invalid, Conflict) as error:
            _show_in(form, error)
        else:
            login(request, account, backend=SIGN_IN_BACKEND)
            messages.success(request, _("You are now the steward of this node."))
            return redirect("people:me")
    # The secret stands in the address: no page may pass it on, not even to ourselves. Not
    # `no-referrer`: a browser then hides the form's origin too, and the form would be refused.
    answer = render(
        request,
        "people/welcome.html",
        {"form": form, "here": ""},
        status=422 if form.errors else 200,
    )
    answer.headers["Referrer-Policy"] = "strict-origin"
    return answer
