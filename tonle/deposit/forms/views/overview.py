"""One deposit as a whole: where it stands, what was said, who acts next and by when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tonle.catalogue import public as catalogue
from tonle.deposit import curation
from tonle.deposit.curation import along
from tonle.deposit.forms import seals
from tonle.deposit.forms.guards import desk
from tonle.deposit.forms.views.steps import editable
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.infra.idempotency import new_key
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Invalid, Refusal, Refused, TonleError
from tonle.people import public as people
from tonle.web.public import actor_of

# The way of a deposit as the river shows it, and how far each state is on it.
WAY = (N_("Prepared"), N_("Handed in"), N_("In review"), N_("Published"))
_REACHED = {
    "preparing": 1,
    "changes_asked": 1,
    "submitted": 2,
    "appealed": 2,
    "in_review": 3,
    "accepted": 3,
    "declined": 3,
    "published": 4,
    "discarded": 1,
}


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest, draft_id: str) -> HttpResponseBase:
    refusal, link, status = "", "", 200
    if request.method == "POST":
        try:
            done = _carry_out(request, draft_id)
            if isinstance(done, HttpResponse):
                return done
            link = done
        except (Refused, Invalid) as error:
            refusal, status = _words(error), error.http_status
    actor, now = actor_of(request), clock.now()
    view = curation.submission_view(draft_id, actor, now)
    at = _REACHED[view.state]
    context = {
        "view": view,
        "draft_id": draft_id,
        "way": [
            {"label": _(label), "current": n == at, "done": n < at}
            for n, label in enumerate(WAY, start=1)
        ],
        "at": at,
        "editable": editable(view),
        "your_turn": view.is_mine and view.state in {"preparing", "changes_asked", "declined"},
        "closed": view.state in {"published", "discarded"},
        "refusal": refusal,
        "link": link,
        "editors": _editors(view.draft.editors, actor),
        "manages": view.is_mine
        and bool(catalogue.may_manage(actor, catalogue.known_draft(draft_id, actor))),
        "comment": request.POST.get("text", "") if refusal else "",
        "seal": seals.seal(seals.FORM, draft_id, actor),
        "key": new_key(),
    }
    return render(request, "deposit/forms/overview.html", context, status=status)


def _editors(ids: Sequence[str], actor: Actor) -> list[dict[str, Any]]:
    """Who writes along: as {id, name, me}, in the order in which they came."""
    known = people.known(ids)
    return [
        {"id": id, "name": known[id].name or known[id].email, "me": id == actor.id}
        for id in ids
        if id in known
    ]


def _words(error: TonleError) -> str:
    if isinstance(error, Invalid):
        return " ".join(say(text) for _where, text in error.problems)
    return say(error)


def _carry_out(request: HttpRequest, draft_id: str) -> HttpResponse | str:
    """Do what was asked. An answer, or the address of a link that was made."""
    what, _colon, which = request.POST.get("do", "").partition(":")
    actor, now = actor_of(request), clock.now()
    key = request.POST.get("key") or None
    common: dict[str, Any] = {"draft_id": draft_id, "actor": actor, "now": now}
    text = request.POST.get("text", "")
    if what == "comment":
        curation.comment(text=text, key=key, **common)
        messages.success(request, _("Your words are with the deposit."))
    elif what == "take_back":
        curation.take_back(key=key, **common)
        messages.success(request, _("You have it back, and can change it."))
    elif what == "appeal":
        curation.appeal(text=text, key=key, **common)
        messages.success(request, _("Another curator will look at it."))
    elif what == "discard":
        if request.POST.get("sure") != "yes":
            raise Refused(
                [
                    Refusal(
                        "not_sure", N_("Tick the box first: what is given up does not come back.")
                    )
                ]
            )
        curation.discard(key=key, **common)
        messages.success(request, _("The draft and its files are gone."))
        return redirect("deposit:home")
    elif what == "share":
        days = request.POST.get("days", "")
        _link, secret = curation.share(
            days=int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 30,
            label=request.POST.get("label", "")[:100],
            key=key,
            **common,
        )
        return request.build_absolute_uri(f"/deposit/shared/{secret}")
    elif what == "revoke":
        curation.revoke_share(link_id=which, **common)
        messages.success(request, _("The link leads nowhere now."))
    elif what == "invite":
        along.invite(email=request.POST.get("email", ""), **common)
        messages.success(
            request, _("If there is an account with this address, it can write here from now on.")
        )
    elif what == "leave":
        catalogue.remove_draft_editor(account_actor_id=which, **common)
        if which == actor.id:
            messages.success(request, _("You do not write along any more."))
            return redirect("deposit:home")
        messages.success(request, _("They cannot write here any more."))
    return redirect("deposit:overview", draft_id=draft_id)


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def edits(request: HttpRequest, draft_id: str) -> HttpResponseBase:
    """What the draft said before and what was set aside; each can be put back."""
    actor, now = actor_of(request), clock.now()
    refusal, status = "", 200
    if request.method == "POST":
        try:
            catalogue.restore_edit(
                draft_id=draft_id, edit_id=request.POST.get("edit", ""), actor=actor, now=now
            )
            messages.success(request, _("It is back. What stood there is in the list now."))
            return redirect("deposit:edits", draft_id=draft_id)
        except Refused as error:
            refusal, status = say(error), error.http_status
    view = curation.submission_view(draft_id, actor, now)
    entries = catalogue.draft_edits(draft_id, actor, 50)
    names = people.known({entry.by for entry in entries})
    context = {
        "view": view,
        "draft_id": draft_id,
        "editable": editable(view),
        "refusal": refusal,
        "entries": [
            {
                "entry": entry,
                "who": names[entry.by].name if entry.by in names else "",
                "mine": entry.by == actor.id,
                "changed": [
                    (key, entry.document.get(key))
                    for key in sorted({*entry.document, *view.document})
                    if entry.document.get(key) != view.document.get(key)
                ],
            }
            for entry in entries
        ],
        "seal": seals.seal(seals.FORM, draft_id, actor),
    }
    return render(request, "deposit/forms/edits.html", context, status=status)


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def following(request: HttpRequest, record_id: str) -> HttpResponseBase:
    """What comes after a published version: other files, or other words."""
    actor, now = actor_of(request), clock.now()
    refusal, status = "", 200
    if request.method == "POST":
        try:
            made = curation.start_next(
                record_id=record_id,
                replaces_files=request.POST.get("do") == "version",
                actor=actor,
                now=now,
            )
            name = "files" if made.brings == "version" else "describe"
            return redirect("deposit:step", draft_id=made.id, name=name)
        except Refused as error:
            refusal, status = say(error), error.http_status
    record = catalogue.record_view(record_id=record_id, actor=actor, now=now)
    context = {
        "record": record,
        "refusal": refusal,
        "seal": seals.seal(seals.FORM, "", actor),
    }
    return render(request, "deposit/forms/next.html", context, status=status)
