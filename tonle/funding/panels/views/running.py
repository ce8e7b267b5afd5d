"""Pages for who runs a panel, and for officers who look into it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tonle.funding.eligible.words import place_name
from tonle.funding.panels import selectors, services
from tonle.funding.panels.loading import Panel
from tonle.funding.proposals.views.shown import reader, sentences
from tonle.funding.rules.call_text import party_names
from tonle.funding.rules.conflicts import KINDS
from tonle.funding.rules.panels import address, panel_at
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.infra.idempotency import new_key
from tonle.kernel.errors import NotFound, NotPermitted, TonleError
from tonle.kernel.text import ascii_digits, choose
from tonle.web.public import actor_of


@never_cache
@login_required
@require_safe
def panels(request: HttpRequest, call_id: str) -> HttpResponse:
    """To the first panel of a call that the reader looks into; it names the others."""
    found = selectors.panels_of(call_id, actor_of(request))
    return redirect("funding:panel", call_id=call_id, panel=address(found[0].slug))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def panel(request: HttpRequest, call_id: str, panel: str) -> HttpResponse:
    """How a panel stands: its proposals, who reviews them, and the assignment."""
    actor, now, slug = actor_of(request), clock.now(), panel_at(panel)
    refused: list[str] = []
    if request.method == "POST":
        try:
            if request.POST.get("do") == "adopt":
                made = services.adopt(run_id=request.POST.get("run", ""), actor=actor, now=now)
                messages.success(request, _("Reviewers asked: %(n)s.") % {"n": len(made)})
            else:
                services.propose(
                    call_id=call_id,
                    panel=slug,
                    per_proposal=_number(request.POST.get("per_proposal", "")),
                    actor=actor,
                    now=now,
                    key=request.POST.get("key") or None,
                )
        except (NotFound, NotPermitted):
            raise
        except TonleError as error:
            refused = sentences(error)
        else:
            return redirect("funding:panel", call_id=call_id, panel=panel)
    view = selectors.view(call_id, slug, actor, now)
    return render(
        request,
        "funding/panels/panel.html",
        {
            **_about(view.panel, panel),
            "view": view,
            "panels": [
                (address(one.slug), _names(one)) for one in selectors.panels_of(call_id, actor)
            ],
            "short": [
                (party_names(view.panel.text).get(side, {}), lacks)
                for side, lacks in (view.last.short if view.last else ())
            ],
            "refused": refused,
            "key": new_key(),
        },
        status=422 if refused else 200,
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reviewers(request: HttpRequest, call_id: str, panel: str) -> HttpResponse:
    """Who reviews for a panel, and the links by which others come in."""
    actor, now, slug = actor_of(request), clock.now(), panel_at(panel)
    refused, made = list[str](), ""
    if request.method == "POST":
        do = request.POST.get("do", "")
        try:
            if do == "link":
                _link, secret = services.make_link(
                    call_id=call_id,
                    panel=slug,
                    side=request.POST.get("side", ""),
                    label=request.POST.get("label", ""),
                    actor=actor,
                    now=now,
                    key=request.POST.get("key") or None,
                )
                made = request.build_absolute_uri(reverse("funding:review_for", args=[secret]))
            elif do == "revoke":
                services.revoke_link(link_id=request.POST.get("link", ""), actor=actor, now=now)
            elif do == "leave":
                services.leave(reviewer_id=request.POST.get("reviewer", ""), actor=actor, now=now)
            else:
                raise NotFound
        except (NotFound, NotPermitted):
            raise
        except TonleError as error:
            refused = sentences(error)
        else:
            if not made:
                return redirect("funding:panel_reviewers", call_id=call_id, panel=panel)
    found = selectors.reviewers(call_id, slug, actor, now)
    names = party_names(found.panel.text)
    return render(
        request,
        "funding/panels/reviewers.html",
        {
            **_about(found.panel, panel),
            "found": found,
            "rows": [
                (one, place_name(one.country, reader()), names.get(one.side, {}), load)
                for one, load in found.rows
            ],
            "links": [(one, names.get(one.side, {})) for one in found.links],
            "sides": [(one, choose(names[one], reader())[1] if one else _("No side"))
                      for one in found.lets_in],
            "made": made,
            "refused": refused,
            "key": new_key(),
        },
        status=422 if refused else 200,
    )  # fmt: skip


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def conflicts(request: HttpRequest, call_id: str, panel: str) -> HttpResponse:
    """What stands between reviewers and proposals: settle what is possible, add what is known."""
    actor, now, slug = actor_of(request), clock.now(), panel_at(panel)
    refused: list[str] = []
    status = request.GET.get("status", "possible")
    if request.method == "POST":
        try:
            services.settle(
                conflict=_number(request.POST.get("conflict", "")),
                status=request.POST.get("do", ""),
                reason=request.POST.get("reason", ""),
                actor=actor,
                now=now,
            )
        except (NotFound, NotPermitted):
            raise
        except TonleError as error:
            refused = sentences(error)
        else:
            return redirect(request.get_full_path())
    found, rows = selectors.conflicts(
        call_id, slug, actor, status if status in {"possible", "confirmed", "waived"} else ""
    )
    page = Paginator(rows, selectors.PAGE).get_page(request.GET.get("page"))
    titles = selectors.titles_of({one.proposal for one in page.object_list})
    onward = f"?status={status}&page="
    return render(
        request,
        "funding/panels/conflicts.html",
        {
            **_about(found, panel),
            "runs": found.is_run_by(actor),
            "status": status,
            "rows": [
                (one, titles.get(one.proposal_id, {}), KINDS.get(one.kind, one.kind))
                for one in page.object_list
            ],
            "refused": refused,
            "previous": f"{onward}{page.previous_page_number()}" if page.has_previous() else "",
            "next": f"{onward}{page.next_page_number()}" if page.has_next() else "",
        },
        status=422 if refused else 200,
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def judged(request: HttpRequest, call_id: str, panel: str, proposal_id: str) -> HttpResponse:
    """One proposal in a panel: who reviews it, what they say, and who else might."""
    actor, slug = actor_of(request), panel_at(panel)
    refused: list[str] = []
    if request.method == "POST":
        try:
            _done(request, proposal_id)
        except (NotFound, NotPermitted):
            raise
        except TonleError as error:
            refused = sentences(error)
        else:
            return redirect(request.path)
    found = selectors.judged(call_id, slug, proposal_id, actor)
    return render(
        request,
        "funding/panels/proposal.html",
        {
            **_about(found.panel, panel),
            "found": found,
            "kinds": [(kind, say(label)) for kind, label in KINDS.items()],
            "others": [(one.id, one.name) for one in found.others],
            "reviews": [
                (row, label, weighted, _said(found.panel, row))
                for row, label, weighted in found.reviews
            ],
            "refused": refused,
        },
        status=422 if refused else 200,
    )


def _done(request: HttpRequest, proposal_id: str) -> None:
    """Do what a button asks for. Raises what services raise."""
    sent, actor, now = request.POST, actor_of(request), clock.now()
    do, reason, review = sent.get("do", ""), sent.get("reason", ""), sent.get("review", "")
    if do == "release":
        services.release(review_id=review, reason=reason, actor=actor, now=now)
    elif do == "reopen":
        services.reopen(review_id=review, reason=reason, actor=actor, now=now)
    elif do in {"ask", "must", "never"}:
        pair = {"reviewer_id": sent.get("reviewer", ""), "proposal_id": proposal_id}
        if do == "ask":
            services.ask(**pair, reason=reason, actor=actor, now=now)
        else:
            services.wish(**pair, must=do == "must", reason=reason, actor=actor, now=now)
    elif do == "unwish":
        services.unwish(wish=_number(sent.get("wish", "")), actor=actor, now=now)
    elif do == "conflict":
        services.add(
            reviewer_id=sent.get("reviewer", ""), proposal_id=proposal_id,
            kind=sent.get("kind", ""), reason=reason, actor=actor, now=now,
        )  # fmt: skip
    else:
        raise NotFound


def _said(panel: Panel, row: Any) -> list[tuple[Any, int | None, int, str]]:
    """(names of the criterion, score, highest, words) of a review that was handed in."""
    if row.state != "submitted":
        return []
    return [
        (one["name"], row.scores.get(one["id"]), one["highest"], row.words.get(one["id"], ""))
        for one in panel.text["criteria"]
    ]


def _about(panel: Panel, at: str) -> dict[str, Any]:
    return {
        "call": panel.call,
        "titles": panel.text["title"],
        "names": _names(panel),
        "address": at,
    }


def _names(panel: Panel) -> dict[str, str]:
    """Of the party whose panel it is; {} of the joint one."""
    return party_names(panel.text).get(panel.slug, {}) if panel.slug else {}


def _number(text: str) -> int:
    digits = ascii_digits(text.strip())
    return int(digits) if digits.isdecimal() and len(digits) < 16 else 0
