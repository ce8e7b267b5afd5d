"""The short form of photographs: what they say, a title, and Send."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tonle.deposit import curation
from tonle.deposit.field import photographs
from tonle.deposit.field.rules import pictures
from tonle.deposit.field.rules.camera import COARSE, Photograph, rounded
from tonle.deposit.forms import seals
from tonle.deposit.forms.guards import desk
from tonle.deposit.forms.rules import licences
from tonle.deposit.forms.rules.people import agent_of
from tonle.deposit.forms.rules.rights import licence_statement
from tonle.deposit.forms.views.steps import editable
from tonle.infra import clock
from tonle.infra.days import day_of
from tonle.infra.i18n import say
from tonle.infra.idempotency import new_key
from tonle.kernel import dates
from tonle.kernel.actors import Actor
from tonle.kernel.errors import Invalid, Refused
from tonle.kernel.names import PersonName
from tonle.kernel.text import choose, one_line
from tonle.people import public as people
from tonle.web.public import actor_of, language_tag, local_day, local_number

LONGEST_TITLE = 300


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, draft_id: str) -> HttpResponseBase:
    """One page between the camera and the curators; nothing must be typed but a title."""
    actor, now = actor_of(request), clock.now()
    view = curation.submission_view(draft_id, actor, now)
    if not editable(view) or not view.is_mine or view.row.kind != "dataset":
        return redirect("deposit:overview", draft_id=draft_id)
    seen = photographs.seen(view.draft, actor, now)
    if not seen or len(seen) != len(view.draft.files):
        # Other files, or more than a short form bears: the long one knows them all.
        return redirect("deposit:step", draft_id=draft_id, name="describe")
    if request.method != "POST":
        return _show(request, view, seen)
    told, problems = _read(request, actor)
    if problems:
        return _show(request, view, seen, problems=problems)
    photographs.describe(draft_id=draft_id, told=told, actor=actor, now=now)
    if request.POST.get("do") == "long":
        return redirect("deposit:step", draft_id=draft_id, name="describe")
    try:
        state = photographs.send(
            draft_id=draft_id, clean=request.POST.get("files") != "as_is", actor=actor, now=now
        )
    except Refused as error:
        messages.warning(request, say(error))
        return redirect("deposit:step", draft_id=draft_id, name="check")
    if state == "submitted":
        messages.success(request, _("Handed in. You will be told when a curator has looked."))
    else:
        messages.success(
            request,
            _(
                "The photographs are being made ready, and are then handed in by themselves. You "
                "need not wait."
            ),
        )
    return redirect("deposit:overview", draft_id=draft_id)


def _read(request: HttpRequest, actor: Actor) -> tuple[pictures.Told, dict[str, str]]:
    """What was sent, and what cannot be read of it."""
    sent = request.POST
    problems: dict[str, str] = {}
    title = one_line(sent.get("title", ""))[:LONGEST_TITLE]
    if not title:
        problems["title"] = _("There is no title yet. Give one.")
    days = one_line(sent.get("days", ""))[:100]
    if days:
        try:
            days = dates.format_date(dates.parse_date(days))
        except Invalid as error:
            problems["days"] = " ".join(say(text) for _where, text in error.problems)
    creator, name = _creator(actor), one_line(sent.get("creator", ""))[:300]
    if creator is None and name:
        creator = {"name_type": "Personal", "name": name}
    if creator is None:
        problems["creator"] = _("Say who made it.")
    place = sent.get("place", "none")
    licence = sent.get("licence", "")
    offered = {offer.identifier for offer in licences.OFFERS["dataset"]}
    return (
        pictures.Told(
            title=title,
            language=language_tag(get_language() or "en"),
            description=sent.get("description", "")[:10_000],
            days=days,
            place="keep" if place == "keep" else "coarse" if place == "coarse" else "none",
            rights=licence_statement(licence) if licence in offered else None,
            type=sent.get("type", "Image"),
            creator=creator,
        ),
        problems,
    )


def _creator(actor: Actor) -> dict[str, Any] | None:
    """The person behind the account, as a creator; None who has not said a name yet."""
    person = people.own_person(actor)
    if person is None or not person.names:
        return None
    return agent_of(PersonName(**person.names[0]), person.orcid, person.affiliations)


def _show(
    request: HttpRequest,
    view: Any,
    seen: list[photographs.Seen],
    *,
    problems: dict[str, str] | None = None,
) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    said = [one.said for one in seen]
    sent = request.POST
    language = get_language() or "en"
    days = pictures.days_of(said)
    creator = _creator(actor)
    licence, name = photographs.last_told(actor, now)
    context = {
        "draft_id": view.id,
        "photographs": [_row(one, language) for one in seen],
        "number": len(seen),
        "title": sent.get("title") if "title" in sent else _title(view, days, len(seen), language),
        "description": sent.get("description", ""),
        "days": sent.get("days") if "days" in sent else days,
        "places": _places(said, sent.get("place", "coarse")),
        "tells": any(one.tells for one in said),
        "stubborn": [one.name for one in seen if one.said.tells and not one.can_clean],
        "files": sent.get("files", "clean"),
        "offers": [(one.identifier, _(one.title)) for one in licences.OFFERS["dataset"]],
        "licence": sent.get("licence") or licence or licences.OFFERS["dataset"][0].identifier,
        "type": sent.get("type", "Image"),
        "creator": creator["name"] if creator else "",
        "name": sent.get("creator", name),
        "problems": problems or {},
        "seal": seals.seal(seals.FORM, view.id, actor),
        "key": new_key(),
    }
    status = 422 if problems else 200
    return render(request, "deposit/field/photographs.html", context, status=status)


def _row(one: photographs.Seen, language: str) -> dict[str, Any]:
    """What one file tells, in words."""
    told = one.said
    return {
        "name": one.name,
        "size_bytes": one.size_bytes,
        "when": f"{local_day(told.taken_on, language)} {told.taken_at}".strip()
        if told.taken_on
        else "",
        "where": f"{told.latitude}, {told.longitude}" if told.latitude else "",
        "device": told.device,
        "owned": told.owned,
    }


def _title(view: Any, days: str, number: int, language: str) -> str:
    """What it is called until somebody says better: by its day, or today's."""
    held = view.document.get("titles", {})
    if held:
        return choose(held, language)[1]
    first = days.partition("/")[0] or day_of(clock.now()).isoformat()
    return ngettext("Photograph, %(day)s", "%(count)s photographs, %(day)s", number) % {
        "day": local_day(first, language),
        "count": local_number(number, language),
    }


def _places(said: list[Photograph], chosen: str) -> list[dict[str, Any]]:
    """The choices of how exactly to say where it was; none where no photograph knows."""
    known = [one for one in said if one.latitude]
    if not known:
        return []
    first = known[0]
    exact = f"{first.latitude}, {first.longitude}"
    coarse = f"{rounded(first.latitude, COARSE)}, {rounded(first.longitude, COARSE)}"
    labels = {
        "coarse": (_("To about 10 km"), coarse),
        "keep": (_("Exactly, as the photograph says"), exact),
        "none": (_("Leave it out"), ""),
    }
    return [
        {"code": code, "label": label, "value": value, "chosen": code == chosen}
        for code, (label, value) in labels.items()
    ]
