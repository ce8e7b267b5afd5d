"""Communities as their keepers and the stewards change them."""

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
from tonle.kernel.actors import Scope
from tonle.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from tonle.people import permissions, selectors, services
from tonle.people.form_errors import show_in
from tonle.people.forms import CommunityForm, LanguageMaps
from tonle.people.models import Community
from tonle.people.views.common import page_of
from tonle.web.public import actor_of


@never_cache
@login_required
@require_safe
def communities(request: HttpRequest) -> HttpResponse:
    """Those the actor keeps; a steward may add one."""
    actor = actor_of(request)
    kept, more = page_of(request, "after", selectors.communities_kept_by(actor), ["slug"])
    may_add = permissions.may_add_community(actor)
    if not kept and not may_add:
        raise NotFound
    context = {"communities": kept, "next": more, "may_add": may_add}
    return render(request, "people/communities.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_community(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    if not permissions.may_add_community(actor):
        raise NotFound
    form = CommunityForm(
        request.POST or None,
        initial={"accent": "teal", "hand_in": "anyone", "review_required": True},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_community(description=form.told(), actor=actor, now=clock.now())
        except (Invalid, Conflict) as error:
            show_in(form, error)
        else:
            messages.success(request, _("The community is made. Now invite its curators."))
            return redirect("people:roles_in", key=f"community:{made.id}")
    context = {"form": form, "community": None}
    return render(request, "people/community.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def community(request: HttpRequest, id: str) -> HttpResponse:
    """Change one, close it, open it again. Absent and not theirs look alike."""
    actor, now = actor_of(request), clock.now()
    found = selectors.community(id)
    if found is None or not permissions.may_edit_community(actor, found):
        raise NotFound
    action = request.POST.get("action", "") if request.method == "POST" else ""
    if action in {"close", "reopen"}:
        act = services.close_community if action == "close" else services.reopen_community
        act(id=found.id, actor=actor, now=now)
        return redirect(request.path)
    form = CommunityForm(request.POST if action else None, initial=_initial(found))
    if action and form.is_valid():
        try:
            services.change_community(id=found.id, description=form.told(), actor=actor, now=now)
        except (Invalid, Conflict, NotPermitted) as error:
            show_in(form, error)
        else:
            messages.success(request, _("What the community says of itself is kept."))
            return redirect(request.path)
    context = {
        "form": form,
        "community": found,
        "may_close": permissions.may_add_community(actor),
        "scope_key": f"community:{found.id}",
        "gives": bool(selectors.givable_roles(actor=actor, scope=Scope("community", found.id))),
    }
    return render(request, "people/community.html", context, status=422 if form.errors else 200)


def _initial(found: Community) -> dict[str, Any]:
    maps = {name: getattr(found, name) for name in CommunityForm.maps}
    plain = ("slug", "accent", "hand_in", "review_required")
    return {**LanguageMaps.initial_of(maps), **{name: getattr(found, name) for name in plain}}
