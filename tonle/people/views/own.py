"""One's own page: account, name, tokens, and the way out."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tonle.infra import clock
from tonle.kernel.errors import Invalid, Refused
from tonle.people import selectors, services
from tonle.people.actors import has_second_factor
from tonle.people.form_errors import show_in
from tonle.people.forms import EraseForm, ProfileForm, TokenForm
from tonle.people.rules.scopes import token_scopes
from tonle.web.public import actor_of

# Whose account would hurt others most, if somebody else got into it.
ASKED_FOR_SECOND_FACTOR = {"steward", "curator", "manager"}


@never_cache
@login_required
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    roles = selectors.own_roles(actor=actor, now=now)
    second_factor = has_second_factor(actor.id)
    strict = {role.name for role in roles} & set(settings.TONLE_REQUIRE_SECOND_FACTOR)
    context = {
        "roles": roles,
        "account": request.user,
        "person": selectors.own_person(actor),
        "second_factor": second_factor,
        "asked": not second_factor and any(role.name in ASKED_FOR_SECOND_FACTOR for role in roles),
        "asleep": bool(strict) and not second_factor,
        "sessions": UserSession.objects.filter(user_id=actor.id).count(),
        "providers": bool(settings.SOCIALACCOUNT_PROVIDERS),
        "gives": bool(selectors.scopes_to_give_in(actor)),
    }
    return render(request, "people/me.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """What one is called in which script, and where one works."""
    actor, now = actor_of(request), clock.now()
    person = selectors.own_person(actor)
    form = ProfileForm(
        request.POST or None, person=person, language=getattr(request.user, "language", "")
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_profile(
                account_id=actor.id,
                names=form.names(),
                affiliations=form.affiliations(),
                language=form.cleaned_data["language"],
                actor=actor,
                now=now,
            )
        except Invalid as error:
            show_in(form, error)
        else:
            messages.success(request, _("Your name and workplace are kept."))
            return redirect("people:me")
    context = {
        "form": form,
        "person": person,
        "orcid_offered": "orcid" in settings.SOCIALACCOUNT_PROVIDERS,
    }
    return render(request, "people/profile.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def unlink_orcid(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    if services.unlink_orcid(account_id=actor.id, actor=actor, now=clock.now()):
        messages.success(request, _("Your ORCID iD is no longer noted here."))
    return redirect("people:profile")


@never_cache
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types.
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Erase one's account: the password is asked for again, and a word must be typed."""
    actor = actor_of(request)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.erase_account(account_id=actor.id, actor=actor, now=clock.now())
        except Refused as error:
            show_in(form, error)
        else:
            logout(request)
            messages.success(request, _("Your account is erased. Thank you for what you gave."))
            return redirect("/")
    return render(request, "people/erase.html", {"form": form}, status=422 if form.errors else 200)


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
            show_in(form, error)
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
