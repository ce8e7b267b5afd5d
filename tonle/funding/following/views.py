"""The calls that one follows, and what one keeps to be judged by: nobody else sees either."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tonle.api.public import page_of_sorted, scope_of
from tonle.catalogue.public import record_view
from tonle.funding.eligible.forms import AnswersForm
from tonle.funding.eligible.selectors import KIND, provinces_named
from tonle.funding.eligible.words import reader, standing_badge, verdict_row
from tonle.funding.following import selectors, services
from tonle.funding.following.selectors import Followed
from tonle.funding.rules.eligibility import standing
from tonle.funding.rules.opportunities import read_opportunity, status
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.infra.idempotency import new_key
from tonle.kernel.errors import Invalid, NotFound, Refused
from tonle.kernel.text import choose
from tonle.web.public import actor_of

PAGE = 50


@never_cache
@login_required
@require_safe
def followed(request: HttpRequest) -> HttpResponse:
    """`/funding/followed`"""
    rows = selectors.followed_calls(actor=actor_of(request), now=clock.now())
    found, following = page_of_sorted(
        [one for one in rows if one.call is not None], selectors.place,
        scope=scope_of("followed", {}), cursor=request.GET.get("after") or None, limit=PAGE,
    )  # fmt: skip
    context = {
        "calls": [_row(one) for one in found],
        "next": f"?{urlencode({'after': following})}" if following else "",
    }
    return render(request, "funding/following/followed.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def followed_call(request: HttpRequest, record_id: str) -> HttpResponse:
    """`/funding/followed/<id>`: follow it; and where a notice of it leads."""
    now, actor = clock.now(), actor_of(request)
    if request.method == "POST":
        try:
            services.follow(
                opportunity=record_id, actor=actor, now=now, key=request.POST.get("key") or None
            )
        except Refused as error:
            messages.error(request, say(error))
        else:
            messages.success(request, gettext("You follow this call. You are told of its news."))
        return redirect("funding:followed_call", record_id)
    view = record_view(record_id=record_id, actor=actor, now=now)
    if view.record.kind != KIND or view.record.state != "published":
        raise NotFound
    call = read_opportunity(view.document)
    found = selectors.judged(actor.id, call, now)
    context: dict[str, Any] = {
        "crumbs": [
            (choose(call.titles, reader())[1], reverse("catalogue:record", args=[call.id])),
            (gettext("Follow this call"), ""),
        ],
        "record": view.document,
        "call": call,
        "status": status(call, now),
        "follows": selectors.follows(opportunity=call.id, actor=actor),
        "is_judged": found is not None,
        "badge": standing_badge(standing(found)) if found else None,
        "rules": [verdict_row(one) for one in found or ()],
        "key": new_key(),
    }
    return render(request, "funding/following/call.html", context)


@login_required
@require_POST
def unfollow(request: HttpRequest, record_id: str) -> HttpResponse:
    """`/funding/followed/<id>/stop`"""
    services.unfollow(opportunity=record_id, actor=actor_of(request), now=clock.now())
    messages.success(request, gettext("You no longer follow this call."))
    return redirect("funding:followed")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def about_me(request: HttpRequest) -> HttpResponse:
    """`/funding/about-me`: what calls are judged by, kept for oneself."""
    now, actor = clock.now(), actor_of(request)
    kept = selectors.applicant(actor=actor)
    answers = dict(kept.answers) if kept is not None else {}
    provinces = provinces_named(now, also=str(answers.get("region", "")))
    sent = request.POST if request.method == "POST" else None
    form = AnswersForm(sent, initial=answers, provinces=provinces, elsewhere=False)
    if sent is not None and form.answers() is not None:
        try:
            services.save_applicant(said=form.cleaned_data, actor=actor, now=now)
        except Invalid as error:
            for where, problem in error.problems:
                form.add_error(where if where in form.fields else None, say(problem))
        else:
            messages.success(request, gettext("Your answers are kept."))
            return redirect("funding:followed")
    context = {"form": form, "is_kept": kept is not None}
    status_code = 422 if form.errors else 200
    return render(request, "funding/following/about_me.html", context, status=status_code)


@login_required
@require_POST
def forget_me(request: HttpRequest) -> HttpResponse:
    """`/funding/about-me/forget`"""
    services.forget_applicant(actor=actor_of(request), now=clock.now())
    messages.success(request, gettext("Your answers are deleted."))
    return redirect("funding:followed")


def _row(one: Followed) -> dict[str, Any]:
    call = one.call
    return {
        "id": one.opportunity,
        "titles": call.titles if call is not None else {},
        "url": reverse("funding:followed_call", args=[one.opportunity]),
        "closes_at": call.closes_at if call is not None else None,
        "opens_at": call.opens_at if call is not None and one.status == "forecast" else None,
        "status": one.status,
        "badge": standing_badge(standing(one.found)) if one.found is not None else None,
    }
