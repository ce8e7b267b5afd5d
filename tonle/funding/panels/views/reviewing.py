"""Pages for reviewers: come in, declare, read, judge."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tonle.funding.eligible.forms import countries
from tonle.funding.eligible.words import place_name
from tonle.funding.models import CallText
from tonle.funding.panels import selectors, services
from tonle.funding.panels.selectors import Own
from tonle.funding.panels.services import Profile
from tonle.funding.proposals.views.reading import of_document
from tonle.funding.proposals.views.shown import reader, role_label, sentences
from tonle.funding.rules import reviews as rules
from tonle.funding.rules.call_text import party_names
from tonle.funding.rules.conflicts import KINDS
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.kernel.actors import Actor
from tonle.kernel.errors import Invalid, NotFound, NotPermitted, TonleError
from tonle.kernel.text import ascii_digits, choose
from tonle.people.public import names_of, own_person, verified_organisations
from tonle.web.public import FORM, actor_of, desk, seal


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Become a reviewer, by the link that an officer sent: who one is, and what one knows."""
    actor, now = actor_of(request), clock.now()
    problems: dict[str, str] = {}
    refused: list[str] = []
    if request.method == "POST":
        try:
            services.join(secret=secret, profile=_profile(request), actor=actor, now=now)
        except (NotFound, NotPermitted):
            raise
        except Invalid as error:
            problems = {where: say(what) for where, what in error.problems}
        except TonleError as error:
            refused = sentences(error)
        else:
            messages.success(request, _("You review for this call now. You are told what to read."))
            return redirect("funding:reviews")
    link = services.link_of(secret, now)
    text = CallText.objects.get(call=link.call, state="agreed").document
    tag = reader()
    return render(
        request,
        "funding/panels/join.html",
        {
            "titles": text["title"],
            "side": party_names(text).get(link.side, {}),
            "form": _values(request, actor),
            "themes": [(one["id"], choose(one["name"], tag)[1]) for one in text["themes"]],
            "chosen": request.POST.getlist("themes"),
            "countries": [pair for _group, rows in countries() for pair in rows],
            "organisations": [
                (one.id, choose(one.names, tag)[1]) for one in verified_organisations()
            ],
            "problems": problems,
            "refused": refused,
        },
        status=422 if problems or refused else 200,
    )


def _profile(request: HttpRequest) -> Profile:
    sent = request.POST
    most = ascii_digits(sent.get("most", "").strip())
    return Profile(
        name=sent.get("name", ""),
        country=sent.get("country", ""),
        institution=sent.get("institution", ""),
        knows=sent.get("knows", ""),
        most=int(most) if most.isdecimal() and len(most) < 6 else 0,
        themes=tuple(sent.getlist("themes")),
        organisation=sent.get("organisation", ""),
    )


def _values(request: HttpRequest, actor: Actor) -> dict[str, str]:
    """What stands in the form: what was sent, else what is known of the person."""
    if request.method == "POST":
        return {name: str(value) for name, value in request.POST.items()}
    person = own_person(actor)
    places = person.affiliations if person is not None else []
    return {
        "name": names_of([actor.id]).get(actor.id, ""),
        "institution": places[0]["name"] if places else "",
        "organisation": places[0].get("organisation", "") if places else "",
        "most": "5",
    }


@never_cache
@login_required
@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """One's own reviews."""
    page = Paginator(selectors.own(actor_of(request)), selectors.PAGE).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "funding/panels/reviews.html",
        {
            "rows": selectors.rows_of(page.object_list),
            "previous": f"?page={page.previous_page_number()}" if page.has_previous() else "",
            "next": f"?page={page.next_page_number()}" if page.has_next() else "",
        },
    )


@desk("review_id")
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, review_id: str) -> HttpResponseBase:
    """A review: first title and team, and what stands between; then the whole, and the form."""
    actor = actor_of(request)
    problems: dict[str, str] = {}
    refused: list[str] = []
    if request.method == "POST":
        try:
            _done(request, review_id, actor)
        except (NotFound, NotPermitted):
            raise
        except Invalid as error:
            problems = {where: say(what) for where, what in error.problems}
        except TonleError as error:
            refused = sentences(error)
        else:
            return redirect("funding:review", review_id=review_id)
    found = selectors.own_view(review_id, actor)
    kept = request.POST if problems or refused else None
    return render(
        request,
        "funding/panels/review.html",
        {
            "found": found,
            "row": found.row,
            "call": found.text["title"],
            "title": found.document["title"],
            "theme": _theme(found),
            "roles": [(one, role_label(one["role"])) for one in found.document.get("people", ())],
            "partners": [
                (one, place_name(one["country"], reader()))
                for one in found.document.get("partners", ())
            ],
            "read": of_document(request, found.version_text, found.document)
            if found.is_whole
            else None,
            "criteria": _criteria(found, kept, problems),
            "overall": kept.get("words-_all", "") if kept else found.row.words.get(rules.ALL, ""),
            "aside": kept.get("aside", "") if kept else found.row.aside,
            "wrong": [(where, say(what)) for where, what in found.problems],
            "kinds": [(kind, say(label)) for kind, label in KINDS.items() if kind != "applicant"],
            "problems": problems,
            "refused": refused,
            "seal": seal(FORM, review_id, actor),
        },
        status=422 if refused or problems else 200,
    )


def _done(request: HttpRequest, review_id: str, actor: Actor) -> None:
    """Do what a button asks for. Raises what services raise."""
    sent, now = request.POST, clock.now()
    do, reason = sent.get("do", ""), sent.get("reason", "")
    if do == "accept":
        services.accept(review_id=review_id, declares="declares" in sent, actor=actor, now=now)
        messages.success(request, _("Thank you. Here is the whole proposal."))
    elif do == "decline":
        services.decline(review_id=review_id, reason=reason, actor=actor, now=now)
        messages.success(request, _("Thank you for saying so. Somebody else is asked."))
    elif do == "declare":
        kind = sent.get("kind", "")
        services.declare(review_id=review_id, kind=kind, reason=reason, actor=actor, now=now)
        messages.success(request, _("Thank you for saying so. Somebody else is asked."))
    elif do in {"save", "submit"}:
        row = services.save(
            review_id=review_id,
            scores=_under("score-", sent),
            words=_under("words-", sent),
            aside=sent.get("aside", ""),
            edit=int(sent["edit"][:9]) if sent.get("edit", "").isdecimal() else 0,
            actor=actor,
        )
        if do == "submit":
            services.submit(review_id=review_id, edit=row.edit, actor=actor, now=now)
            messages.success(request, _("Your review is handed in."))
        else:
            messages.success(request, _("Saved"))
    else:
        raise NotFound


def _under(prefix: str, sent: QueryDict) -> dict[str, str]:
    """The fields whose names begin so, without that."""
    return {
        name.removeprefix(prefix): str(value)
        for name, value in sent.items()
        if name.startswith(prefix)
    }


def _theme(found: Own) -> dict[str, str]:
    themes = {one["id"]: dict(one["name"]) for one in found.text["themes"]}
    return themes.get(found.document["theme"], {})


def _criteria(found: Own, sent: Any, problems: dict[str, str]) -> list[dict[str, Any]]:
    """Each criterion with what is written, or what was sent and could not be kept."""
    rows = []
    for one in found.text["criteria"]:
        id_ = one["id"]
        score = found.row.scores.get(id_)
        rows.append(
            {
                "one": one,
                "score": sent.get(f"score-{id_}", "")
                if sent
                else ""
                if score is None
                else str(score),
                "words": sent.get(f"words-{id_}", "") if sent else found.row.words.get(id_, ""),
                "error": problems.get(f"score-{id_}", ""),
                "points": [(str(n), str(n)) for n in range(one["lowest"], one["highest"] + 1)],
            }
        )
    return rows
