"""Who is of a proposal, the links that let people in, and what an institution stands by."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tonle.agreements.public import organisations_of
from tonle.funding.proposals import endorsing, permissions, selectors, services
from tonle.funding.proposals.loading import endorsements
from tonle.funding.proposals.selectors import View
from tonle.funding.proposals.services.people import link_of
from tonle.funding.proposals.views import shown
from tonle.funding.rules.proposals import endorsed
from tonle.infra import clock
from tonle.infra.idempotency import new_key
from tonle.kernel.actors import Actor
from tonle.kernel.errors import NotFound, NotPermitted, TonleError
from tonle.web.public import FORM, actor_of, desk, seal


@desk("proposal_id")
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, proposal_id: str) -> HttpResponseBase:
    """Everybody of a proposal, at which partner, and the links by which others come in."""
    actor, now = actor_of(request), clock.now()
    view = selectors.view(proposal_id, actor, now)
    refused: list[str] = []
    made = ""
    if request.method == "POST":
        try:
            made = _done(request, view, actor)
        except (NotFound, NotPermitted):
            raise
        except TonleError as error:
            refused = shown.sentences(error)
        else:
            if not made:
                left = permissions.person_of(actor, view.row) is None
                return redirect("funding:proposals" if left else request.path)
        view = selectors.view(proposal_id, actor, now)
    return render(
        request,
        "funding/proposals/people.html",
        {
            "view": view,
            "people": [
                (one, shown.role_label(one.role), view.leads or one.pk == view.mine.pk)
                for one in view.found.people
            ],
            "links": [
                (one, shown.role_label(one.role))
                for one in selectors.links(proposal_id, actor, now)
            ],
            "made": made,
            "partners": shown.partners(view),
            "choices": shown.roles(),
            "refused": refused,
            "seal": seal(FORM, proposal_id, actor),
            "key": new_key(),
        },
        status=422 if refused else 200,
    )


def _done(request: HttpRequest, view: View, actor: Actor) -> str:
    """Do what a button asks for. The address of a link that was made, else ""."""
    sent, now, id_ = request.POST, clock.now(), view.row.id
    do = sent.get("do", "")
    person = int(text) if (text := sent.get("person", "")).isdigit() and len(text) < 19 else 0
    if do == "link":
        _link, secret = services.make_link(
            proposal_id=id_,
            role=sent.get("role", ""),
            partner=sent.get("partner", ""),
            label=sent.get("label", ""),
            actor=actor,
            now=now,
            key=sent.get("key") or None,
        )
        return settings.TONLE_URL + reverse("funding:join", args=[secret])
    if do == "revoke":
        services.revoke_link(proposal_id=id_, link_id=sent.get("link", ""), actor=actor, now=now)
        messages.success(request, _("The link leads nowhere now."))
    elif do == "person":
        services.change_person(
            proposal_id=id_,
            person=person,
            name=sent.get("name", ""),
            role=sent.get("role", ""),
            partner=sent.get("partner", ""),
            actor=actor,
            now=now,
        )
        messages.success(request, _("Saved"))
    elif do == "remove":
        services.remove_person(proposal_id=id_, person=person, actor=actor, now=now)
        messages.success(request, _("They no longer read or write this proposal."))
    else:
        raise NotFound
    return ""


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Become one of a proposal's people, by the link that its lead sent."""
    actor, now = actor_of(request), clock.now()
    refused: list[str] = []
    if request.method == "POST":
        try:
            row = services.join(secret=secret, actor=actor, now=now)
        except NotFound:
            raise
        except TonleError as error:
            refused = shown.sentences(error)
        else:
            messages.success(request, _("You are of this proposal now."))
            return redirect("funding:proposal", proposal_id=row.id)
    link = link_of(secret, now)
    _call, text = selectors.open_call(link.proposal.call.id, now)
    return render(
        request,
        "funding/proposals/join.html",
        {
            "link": link,
            "call": text["title"],
            "titles": selectors.titles(link.proposal),
            "role": shown.role_label(link.role),
            "refused": refused,
        },
        status=422 if refused else 200,
    )


@never_cache
@login_required
@require_safe
def endorsement(request: HttpRequest, partner_id: str) -> HttpResponse:
    """What an institution stands by: the title, its people and its costs; and whether it does."""
    actor = actor_of(request)
    with transaction.atomic():
        subject = endorsing.load(partner_id, actor)
        partner, found = subject.partner, subject.found
        document = found.document
        sha256 = endorsed(document, partner.slug)
        keeps = subject.keeps_papers(actor)
    steps = endorsements([partner]).get(partner.id, [])
    names = found.party_names()
    own = organisations_of(actor)
    is_team = permissions.person_of(actor, found.row) is not None
    return render(
        request,
        "funding/proposals/endorsement.html",
        {
            "partner": partner,
            "title": document["title"],
            "call": found.text.document["title"],
            "pays": names.get(partner.party, {}),
            "people": [
                (one, shown.role_label(one["role"]))
                for one in document["people"]
                if one.get("partner") == partner.slug
            ],
            "sums": shown.sums(
                {"costs": [one for one in document["costs"] if one["partner"] == partner.slug]},
                names,
            ),
            "sha256": sha256,
            "steps": [(one, one.sha256 == sha256) for one in steps],
            "acts": bool(partner.organisation) and partner.organisation in own,
            "keeps": keeps,
            "back": reverse("funding:proposal", args=[found.row.id]) if is_team else "",
            "institution": endorsing.INSTITUTION,
        },
    )
