"""Organisations as their managers and the stewards keep them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tonle.infra import clock
from tonle.kernel.actors import Scope
from tonle.kernel.errors import Conflict, Invalid, NotFound
from tonle.people import permissions, selectors, services
from tonle.people.form_errors import show_in
from tonle.people.forms import LanguageMaps, OrganisationForm, ReasonForm, VerifyForm
from tonle.people.models import Organisation
from tonle.people.views.common import page_of
from tonle.web.public import actor_of, language_tag


@never_cache
@login_required
@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """For stewards and curators all, those that wait to be verified first; else one's own."""
    actor, now = actor_of(request), clock.now()
    own, own_more = page_of(request, "own", selectors.organisations_kept_by(actor), ["id"])
    every = permissions.curates_node(actor)
    if not own and not every:
        raise NotFound
    query, after = request.GET.get("q", "")[:200], request.GET.get("after", "")[:20]
    language = language_tag(get_language() or "en")
    found, cursor = (
        selectors.find_organisations(language=language, query=query, after=after)
        if every
        else ([], "")
    )
    more = urlencode({"q": query, "after": cursor}) if cursor else ""
    unverified = selectors.organisations_to_verify(now=now)
    waiting, waiting_more = page_of(
        request, "waiting", unverified if actor.has("steward") else unverified.none(), ["id"]
    )
    context = {
        "own": own,
        "own_next": own_more,
        "waiting": waiting,
        "waiting_next": waiting_more,
        "every": every,
        "found": found,
        "query": query,
        "next": f"?{more}" if more else "",
    }
    return render(request, "people/organisations.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest, id: str) -> HttpResponse:
    """One organisation: what it says of itself, whether it is verified, its roles."""
    actor, now = actor_of(request), clock.now()
    found = selectors.organisation(id)
    if found is None or not permissions.may_edit_organisation(actor, found):
        raise NotFound
    action = request.POST.get("action", "") if request.method == "POST" else ""

    def posted(name: str) -> Any:
        return request.POST if action == name else None

    initial = {
        **LanguageMaps.initial_of({"names": found.names, "descriptions": found.descriptions}),
        "acronym": found.acronym,
        "website": found.website,
    }
    forms = {
        "describe": OrganisationForm(posted("describe"), initial=initial),
        "verify": VerifyForm(posted("verify")),
        "unverify": ReasonForm(posted("unverify")),
    }
    form = forms.get(action)
    if form is not None and form.is_valid():
        try:
            if action == "describe" and isinstance(form, OrganisationForm):
                _describe(found, form, request)
            elif action == "verify":
                told = form.cleaned_data
                services.verify_organisation(
                    id=id,
                    evidence=told["evidence"],
                    checked_on=told["checked_on"],
                    actor=actor,
                    now=now,
                )
                messages.success(request, _("The organisation is verified."))
            elif action == "unverify":
                services.unverify_organisation(
                    id=id, reason=form.cleaned_data["reason"], actor=actor, now=now
                )
                messages.success(request, _("The organisation is not verified any more."))
        except (Invalid, Conflict) as error:
            show_in(form, error)
        else:
            return redirect(request.path)
    context = {
        "organisation": found,
        "forms": forms,
        "verifications": list(found.verifications.order_by("-verified_at")),
        "is_steward": actor.has("steward"),
        "gives": bool(selectors.givable_roles(actor=actor, scope=Scope("organisation", found.id))),
        "scope_key": f"organisation:{found.id}",
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "people/organisation.html", context, status=status)


def _describe(found: Organisation, form: OrganisationForm, request: HttpRequest) -> None:
    """Replace what the form asks for and keep the rest as it was."""
    told = {
        "names": {**found.names, **_texts(form, "names")},
        "descriptions": {**found.descriptions, **_texts(form, "descriptions")},
        "translations": found.translations,
        "acronym": form.cleaned_data["acronym"],
        "website": form.cleaned_data["website"],
        "country": found.country,
        "member": found.member,
        "province": found.province,
        "types": found.types,
        "source": found.source,
        "identifiers": [{"scheme": i.scheme, "value": i.value} for i in found.identifiers.all()],
    }
    told["names"] = {tag: text for tag, text in told["names"].items() if text.strip()}
    told["descriptions"] = {tag: text for tag, text in told["descriptions"].items() if text.strip()}
    services.change_organisation(
        id=found.id, description=told, actor=actor_of(request), now=clock.now()
    )
    messages.success(request, _("What is said of the organisation is kept."))


def _texts(form: OrganisationForm, name: str) -> dict[str, str]:
    """As typed, with the languages that were emptied: those take the old text away."""
    prefix = f"{name}_"
    return {
        field.removeprefix(prefix): form.cleaned_data.get(field, "")
        for field in form.fields
        if field.startswith(prefix)
    }
