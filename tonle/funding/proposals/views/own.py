"""One's own proposals: the list, where one begins, the page of one, and what was submitted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tonle.funding.proposals import selectors, services
from tonle.funding.proposals.loading import standing
from tonle.funding.proposals.selectors import View
from tonle.funding.proposals.views import shown
from tonle.funding.proposals.views.reading import of_version
from tonle.funding.rules import proposals as rules
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.infra.idempotency import new_key
from tonle.kernel.actors import Actor
from tonle.kernel.errors import NotFound, NotPermitted, TonleError
from tonle.web.public import FORM, actor_of, desk, seal


@desk("proposal_id")
@require_safe
def proposals(request: HttpRequest) -> HttpResponseBase:
    """Proposals of which the reader is one of the people, newest first."""
    actor = actor_of(request)
    page = Paginator(selectors.own(actor), selectors.PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "funding/proposals/proposals.html",
        {
            "rows": selectors.rows_of(page.object_list, clock.now()),
            "previous": f"?page={page.previous_page_number()}" if page.has_previous() else "",
            "next": f"?page={page.next_page_number()}" if page.has_next() else "",
        },
    )


@desk("proposal_id")
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, call_id: str) -> HttpResponseBase:
    """Begin a proposal to a call: in which language?"""
    actor, now = actor_of(request), clock.now()
    call, text = selectors.open_call(call_id, now)
    refused: list[str] = []
    if request.method == "POST":
        try:
            made = services.begin(
                call_id=call_id,
                language=request.POST.get("language", ""),
                actor=actor,
                now=now,
                key=request.POST.get("key") or None,
            )
        except NotFound:
            raise
        except TonleError as error:
            refused = shown.sentences(error)
        else:
            return redirect("funding:proposal", proposal_id=made.id)
    tags = dict.fromkeys([*text["texts"], *shown.OFFERED])
    mine = selectors.own(actor).filter(call=call)
    return render(
        request,
        "funding/proposals/apply.html",
        {
            "call": call,
            "titles": text["title"],
            "stands": standing(call, now),
            "closes_at": call.closes_at,
            "languages": shown.named(tags),
            "rows": selectors.rows_of(mine, now),
            "refused": refused,
            "seal": seal(FORM, "", actor),
            "key": new_key(),
        },
        status=422 if refused else 200,
    )


@desk("proposal_id")
@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, proposal_id: str) -> HttpResponseBase:
    """How a proposal stands, what is missing, who has signed; signing, submitting, withdrawing."""
    actor, now = actor_of(request), clock.now()
    refused: list[str] = []
    if request.method == "POST":
        try:
            _done(request, proposal_id, actor)
        except (NotFound, NotPermitted):
            raise
        except TonleError as error:
            refused = shown.sentences(error)
        else:
            return redirect("funding:proposal", proposal_id=proposal_id)
    view = selectors.view(proposal_id, actor, now)
    return render(
        request,
        "funding/proposals/proposal.html",
        {
            "view": view,
            "title": view.found.document["title"],
            "refused": refused,
            "wrong": _wrong(view),
            "sections": _sections(view),
            "sums": shown.sums(view.found.document, view.found.party_names()),
            "partners": _partners(view),
            "sides": _sides(view),
            "roles": [(one, shown.role_label(one.role)) for one in view.found.people],
            "differs": [shown.label(one, view) for one in view.differs or ()],
            "seal": seal(FORM, proposal_id, actor),
            "key": new_key(),
        },
        status=422 if refused else 200,
    )


def _done(request: HttpRequest, proposal_id: str, actor: Actor) -> None:
    """Do what a button asks for. Raises what services raise."""
    do, now = request.POST.get("do", ""), clock.now()
    sha256, key = request.POST.get("sha256", ""), request.POST.get("key") or None
    if do == "sign":
        services.sign(proposal_id=proposal_id, sha256=sha256, actor=actor, now=now, key=key)
        messages.success(request, _("You have signed what the proposal says now."))
    elif do == "submit":
        made = services.submit(
            proposal_id=proposal_id, sha256=sha256, actor=actor, now=now, key=key
        )
        messages.success(
            request, _("It is submitted. Version %(number)s counts.") % {"number": made.number}
        )
    elif do == "withdraw":
        reason = request.POST.get("reason", "")
        services.withdraw(proposal_id=proposal_id, reason=reason, actor=actor, now=now)
        messages.success(request, _("The proposal is withdrawn."))
    else:
        raise NotFound


@desk("proposal_id")
@require_safe
def version(request: HttpRequest, proposal_id: str, number: int) -> HttpResponseBase:
    """What was submitted, for its people."""
    row, found = selectors.own_version(proposal_id, number, actor_of(request))
    return render(
        request,
        "funding/proposals/version.html",
        {
            **of_version(request, row, found),
            "back": reverse("funding:proposal", args=[row.id]),
            "of_office": False,
        },
    )


def _wrong(view: View) -> list[tuple[str, str]]:
    """(where it is mended, what is wrong): what the text asks for, then who must stand by it."""
    found = [(_where(view, where), say(what)) for where, what in view.problems]
    for one in view.unendorsed:
        said = _("Not endorsed yet by: %(partners)s.") % {"partners": one.name}
        found.append((reverse("funding:endorsement", args=[one.id]), said))
    return found


def _where(view: View, where: str) -> str:
    """Where a problem is mended."""
    id_ = view.row.id
    if where == "people":
        return reverse("funding:proposal_people", args=[id_])
    if where == "costs" and view.found.partners:
        return reverse("funding:proposal_partner", args=[id_, view.found.partners[0].slug])
    if where in {"partners", "costs"}:
        return reverse("funding:proposal_new_partner", args=[id_])
    for section in rules.sections(view.found.text.document):
        if any(one.id == where for one in section.questions):
            return f"{reverse('funding:proposal_section', args=[id_, section.id])}#{where}"
    return "#partners"


def _sections(view: View) -> list[dict[str, Any]]:
    """Each part of the form: how much of it is answered, in which languages, what is late."""
    written: dict[str, set[str]] = {}
    for one in view.found.given:
        if one.value:
            written.setdefault(one.question, set()).add(one.language)
    found = []
    for section in rules.sections(view.found.text.document):
        ids = [one.id for one in section.questions]
        tags = {tag for id_ in ids for tag in written.get(id_, ()) if tag}
        found.append(
            {
                "id": section.id,
                "name": section.name,
                "answered": sum(id_ in written for id_ in ids),
                "of": len(ids),
                "languages": shown.named(sorted(tags)),
                "late": shown.named(sorted({tag for id_, tag in view.late if id_ in ids})),
            }
        )
    return found


def _partners(view: View) -> list[dict[str, Any]]:
    names = view.found.party_names()
    missing = {one.slug for one in view.unendorsed}
    waived = view.found.text.document["endorsement"] == "waived"
    return [
        {
            "row": one,
            "pays": names.get(one.party, {}),
            "sum": [
                sum_.amount
                for sum_ in shown.sums(
                    {
                        "costs": [
                            c for c in view.found.document["costs"] if c["partner"] == one.slug
                        ]
                    },
                    names,
                )
            ],
            "endorsement": ""
            if waived or not one.party
            else ("missing" if one.slug in missing else "done"),
        }
        for one in view.found.partners
    ]


def _sides(view: View) -> list[tuple[dict[str, str], bool]]:
    """(names of the party, whether somebody has signed for it)."""
    names = view.found.party_names()
    return [(names.get(side, {}), side in view.signed) for side in rules.sides(view.found.document)]
