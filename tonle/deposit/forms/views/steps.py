"""One page for each step: shown, saved as it is typed, and settled where two people wrote."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tonle.catalogue import public as catalogue
from tonle.deposit import concepts, curation
from tonle.deposit.forms import by_kind, choices, finding, seals
from tonle.deposit.forms.filled import Filled
from tonle.deposit.forms.guards import desk, wants_json
from tonle.deposit.forms.rules import licences, old_fonts, places, profiles, steps
from tonle.deposit.forms.rules import people as rules
from tonle.deposit.forms.rules.done import done
from tonle.deposit.forms.rules.steps import Step
from tonle.deposit.forms.saving import Saved, replaced, save_step
from tonle.deposit.forms.views import checking, uploaded
from tonle.deposit.forms.views.found import found
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.kernel.actors import Actor
from tonle.kernel.errors import Invalid, Refused, TonleError
from tonle.kernel.fields import (
    Values,
    Writer,
    row_numbers,
    row_operation,
    unpacked,
    whole,
    with_rows_changed,
)
from tonle.kernel.maps.base import DISCLAIMER
from tonle.kernel.maps.views import HEIGHT, WIDTH
from tonle.kernel.names import PersonName
from tonle.people import public as people
from tonle.web.public import actor_of, language_tag

# What a form sends besides the fields of its parts.
_OWN = ("seal", "session", "seq", "go", "do", "key", "left_as_is", "csrfmiddlewaretoken")


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, draft_id: str, name: str) -> HttpResponseBase:
    """A step by its name. Hidden drafts and unknown steps are one answer."""
    if name == "files":
        return uploaded.page(request, draft_id)
    if name == "check":
        return checking.page(request, draft_id)
    actor, now = actor_of(request), clock.now()
    try:
        view = curation.submission_view(draft_id, actor, now)
    except TonleError as error:
        if not wants_json(request):
            raise
        return _told(error)
    page = by_kind.steps_of(view.row.kind).get(name)
    if page is None:
        raise Http404
    if request.method == "POST":
        return _save(request, draft_id, view.row.kind, page)
    form = Filled(steps.fields(page, view.document))
    return _show(request, view, page, form, seq=view.draft.edit_seq)


def values_of(request: HttpRequest) -> dict[str, list[str]]:
    """The fields of the form, without what only carries it."""
    return {key: request.POST.getlist(key) for key in request.POST if key not in _OWN}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _save(request: HttpRequest, draft_id: str, kind: str, page: Step) -> HttpResponseBase:
    actor, now = actor_of(request), clock.now()
    values: dict[str, list[str]] = values_of(request)
    do = request.POST.get("do", "")
    if operation := row_operation(do):
        values = with_rows_changed(values, operation)
    clicked = places.click(values)
    if clicked:
        values = clicked.values
    picked, candidates = _search(do, values, now)
    converted = old_fonts.take(do, values)
    if do in {"me:creators", "me:contributors"}:
        picked = _add_myself(actor, do.partition(":")[2], values)
    if do == "settle":
        values = _settled(request, draft_id, page, values)
    try:
        saved = save_step(
            step=page,
            draft_id=draft_id,
            values=values,
            base=_number(request.POST.get("seq", "")),
            session=request.POST.get("session", ""),
            actor=actor,
            now=now,
        )
    except catalogue.EditConflict as conflict:
        return _conflict(request, draft_id, page, values, conflict)
    except TonleError as error:
        if wants_json(request):
            return _told(error)
        if not isinstance(error, Refused | Invalid):
            raise
        return _refused(request, draft_id, page, values, error)
    if wants_json(request):
        view = curation.submission_view(draft_id, actor, now)
        return _answer(
            saved,
            asks=_to_be_asked(request, page, saved),
            beside=render_to_string(
                "deposit/forms/beside.html", {"findings": found(view, now, step=page.name)}
            ),
        )
    stays = bool(operation or clicked or picked or candidates or converted or do == "suggest")
    if stays:
        # Problems are told when somebody asks to go on, not while they still add rows.
        form = Filled(saved.values, {}, candidates)
        notice = (
            ""
            if clicked is None or clicked.told
            else _("The map says where it was pressed only to a pointer. Type the numbers instead.")
        )
        view = curation.submission_view(draft_id, actor, now)
        return _show(request, view, page, form, seq=saved.edit_seq, notice=notice)
    if saved.problems:
        view = curation.submission_view(draft_id, actor, now)
        form = Filled(saved.values, saved.problems)
        return _show(request, view, page, form, seq=saved.edit_seq, status=422)
    if request.POST.get("go") == "next" and _to_be_asked(request, page, saved):
        # Once, before they go on: the text may be taken in Unicode, or left as it is.
        view = curation.submission_view(draft_id, actor, now)
        return _show(request, view, page, Filled(saved.values), seq=saved.edit_seq)
    where = page.name if request.POST.get("go") == "stay" else by_kind.after(kind, page.name)
    if request.POST.get("go") == "leave":
        return redirect("deposit:overview", draft_id=draft_id)
    answer = redirect("deposit:step", draft_id=draft_id, name=where)
    if where == page.name:
        answer["Location"] += "?saved=1"
    return answer


def _told(error: TonleError) -> JsonResponse:
    return JsonResponse({"code": error.code, "message": say(error)}, status=error.http_status)


def _to_be_asked(request: HttpRequest, page: Step, saved: Saved) -> bool:
    if page.name != "describe" or "left_as_is" in request.POST:
        return False
    return bool(old_fonts.proposals(saved.values))


def _answer(saved: Saved, *, asks: bool, beside: str) -> JsonResponse:
    """asks: whether the page has a question before somebody goes on. beside: what the step lacks
    now, as HTML."""
    problems = Filled({}, saved.problems)
    return JsonResponse(
        {
            "seq": saved.edit_seq,
            # Properties of a profile stand in one part of the page.
            "others": list(dict.fromkeys(key.partition("/")[0] for key in saved.others)),
            "problems": dict(problems.all_problems),
            "asks": asks,
            "beside": beside,
        }
    )


def _search(do: str, values: dict[str, list[str]], now: datetime) -> tuple[bool, dict[str, Any]]:
    """(whether something was taken over, what was found for which row).

    `find:<row>` looks for what the row names, an organisation or, of a related work, a record;
    `pick:<row>:<id>` takes one that was found.
    """
    what, _colon, rest = do.partition(":")
    if what == "find" and rest:
        if rest.startswith("relations-"):
            text = (values.get(f"{rest}-target") or [""])[-1]
            return False, {rest: finding.works_called(text, _reader(), now)}
        text = (values.get(f"{rest}-name") or [""])[-1]
        return False, {rest: finding.organisations_called(text)}
    if what == "pick":
        row, _colon, chosen = rest.rpartition(":")
        if row.startswith("relations-"):
            return _take_work(row, chosen, values, now), {}
        one = finding.organisation_called(chosen)
        if row and one:
            values[f"{row}-name"] = values[f"{row}-of"] = [one.name]
            values[f"{row}-row"] = ["1"]
            values[f"{row}-pid"] = [f"ror:{one.pid}"] if one.pid else []
            values.pop(f"{row}-rest", None)
            return True, {}
    return False, {}


def _take_work(row: str, chosen: str, values: dict[str, list[str]], now: datetime) -> bool:
    """Put the name of a record that everybody sees into a row; what was known of another goes."""
    if not catalogue.everybodys([chosen], now):
        return False
    values[f"{row}-target"] = [chosen]
    values[f"{row}-row"] = ["1"]
    values.pop(f"{row}-rest", None)
    return True


def _add_myself(actor: Actor, group: str, values: dict[str, list[str]]) -> bool:
    """Put the person behind the account into a row: the first empty one, else a new one."""
    person = people.own_person(actor)
    if person is None or not person.names:
        return False
    name = PersonName(**person.names[0])
    agent = rules.agent_of(name, person.orcid, person.affiliations)
    numbers = row_numbers(values, group)
    empty = [
        n
        for n in numbers
        if not any(any(values.get(f"{group}-{n}-{f}", ())) for f in ("name", "given", "family"))
    ]
    number = empty[0] if empty else (numbers[-1] + 1 if numbers else 0)
    out = Writer()
    rules.write_agent(agent, group, number, out)
    values.update(out.values)
    return True


# --- two people --------------------------------------------------------------------------


def _conflict(
    request: HttpRequest,
    draft_id: str,
    page: Step,
    values: Values,
    conflict: catalogue.EditConflict,
) -> HttpResponse:
    """Both versions beside each other, part by part; what was sent comes along."""
    if wants_json(request):
        return JsonResponse({"code": conflict.code, "message": say(conflict)}, status=409)
    context = {
        "draft_id": draft_id,
        "page": page,
        "clashes": [
            {"key": key, "theirs": theirs, "yours": yours}
            for key, (theirs, yours) in conflict.conflicts.items()
        ],
        "fields": [(name, text) for name, texts in values.items() for text in texts],
        "seq": conflict.edit_seq,
        "seal": request.POST.get("seal", ""),
        "session": secrets.token_urlsafe(12),
    }
    return render(request, "deposit/forms/conflict.html", context, status=409)


def _settled(
    request: HttpRequest, draft_id: str, page: Step, values: Values
) -> dict[str, list[str]]:
    """What was sent, but for the parts where the other's version was chosen."""
    draft = catalogue.draft_view(draft_id=draft_id, actor=actor_of(request), now=clock.now())
    theirs = tuple(
        name.removeprefix("keep:")
        for name in request.POST
        if name.startswith("keep:") and request.POST[name] == "theirs"
    )
    return replaced(page, values, steps.fields(page, draft.document), theirs)


def _refused(
    request: HttpRequest, draft_id: str, page: Step, values: Values, error: TonleError
) -> HttpResponse:
    """The draft cannot be changed now, or not so: said above the form, which keeps its words."""
    actor, now = actor_of(request), clock.now()
    view = curation.submission_view(draft_id, actor, now)
    return _show(
        request,
        view,
        page,
        Filled(values),
        seq=view.draft.edit_seq,
        refusal=say(error),
        status=error.http_status,
    )


# --- showing -----------------------------------------------------------------------------


def shell(view: Any, page: Step) -> dict[str, Any]:
    """What every step shows around its form."""
    steps_here = by_kind.steps_of(view.row.kind)
    names = list(steps_here)
    filled = done(view.document, len(view.draft.files))
    way = [
        {
            "name": one.name,
            "label": _(one.label),
            "url": reverse("deposit:step", args=[view.id, one.name]),
            "current": one is page,
            "done": one.name in filled,
        }
        for one in steps_here.values()
    ]
    back = by_kind.before(view.row.kind, page.name)
    return {
        "view": view,
        "draft_id": view.id,
        "page": page,
        "heading": _(page.title),
        "steps": way,
        "at": names.index(page.name) + 1,
        "next": reverse("deposit:step", args=[view.id, by_kind.after(view.row.kind, page.name)]),
        "back": reverse("deposit:step", args=[view.id, back]) if back else "",
        "editable": editable(view),
        "beside": found(view, clock.now(), step=page.name),
        "asked": [(key, texts) for key, texts in view.asked.items() if _belongs(key, page)],
    }


def editable(view: Any) -> bool:
    """Whether this actor may change words and files now."""
    if view.state in {"preparing", "changes_asked"}:
        return bool(view.is_mine or view.curates)
    return bool(view.curates and view.state in {"submitted", "in_review"})


def _belongs(key: str, page: Step) -> bool:
    return key == page.name or any(part.key.partition("/")[0] == key for part in page.parts)


def _show(
    request: HttpRequest,
    view: Any,
    page: Step,
    form: Filled,
    *,
    seq: int,
    notice: str = "",
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context = shell(view, page) | {
        "form": form,
        "seq": seq,
        "seal": seals.seal(seals.FORM, view.id, actor_of(request)),
        "session": request.POST.get("session", "")[:60] or secrets.token_urlsafe(12),
        "saved": "saved" in request.GET,
        "notice": notice,
        "refusal": refusal,
        "too_long": [part.key for part in page.parts if steps.too_long(part, view.document)],
        **_EXTRA[page.name](view, form),
    }
    if page.name == "people":
        context["myself"] = people.own_person(actor_of(request))
    return render(request, f"deposit/forms/{page.name}.html", context, status=status)


def _reader() -> str:
    return language_tag(get_language() or "en")


def _describe(view: Any, form: Filled) -> dict[str, Any]:
    reader, begun = _reader(), places.begun_at(form.values)
    languages = choices.languages(reader)
    drawn = urlencode(places.query(places.boxes(form.values), begun), doseq=True)
    known = {code for code, _text in languages[:7]}
    return {
        "old_fonts": old_fonts.proposals(form.values),
        "types": choices.resource_types(view.row.kind, reader),
        "title_types": choices.listed("title_types", reader),
        "description_types": choices.description_types(reader),
        "date_types": choices.date_types(view.row.kind, reader),
        "members": choices.members(reader),
        "profile": [
            {"asked": one, "label": _(one.label), "hint": _(one.hint) if one.hint else ""}
            for one in profiles.FIELDS.get(view.row.kind, ())
        ],
        "fields_of_science": choices.fields_of_science(reader),
        "goals": choices.goals(reader),
        "served": choices.served(reader),
        **_concepts(view, form),
        "languages": languages[:7],
        "other_languages": [tag for tag in form.many("languages") if tag not in known],
        "map": f"{reverse('deposit:map')}?{drawn}",
        "map_width": WIDTH,
        "map_height": HEIGHT,
        "map_begun": form.get(places.BEGUN),
        "disclaimer": _(DISCLAIMER),
    }


def _concepts(view: Any, form: Filled) -> dict[str, Any]:
    """What is ticked, then what could be; where nothing could, which vocabularies were asked."""
    held = form.many("concepts")
    found = concepts.suggested(view.document)
    fresh = [text for one in found.concepts if (text := whole(one.subject)) not in held]
    document = view.document
    return {
        "concepts": [(text, unpacked(text), True) for text in held]
        + [(text, unpacked(text), False) for text in fresh],
        "asked_vocabularies": ""
        if fresh or held or not (document.get("titles") or document.get("descriptions"))
        else ", ".join(found.vocabularies),
    }


def _people(view: Any, form: Filled) -> dict[str, Any]:
    del view, form
    return {
        "kinds": [("Personal", _("a person")), ("Organizational", _("an organisation"))],
        "roles": choices.listed("contributor_types", _reader()),
        "orders": [
            ("family_first", _("family name first")),
            ("given_first", _("given name first")),
        ],
    }


def _rights(view: Any, form: Filled) -> dict[str, Any]:
    offers = licences.OFFERS.get(view.row.kind, licences.OFFERS["dataset"])
    chosen = form.get("licence")
    return {
        "offers": [
            {
                "code": offer.identifier,
                "title": _(offer.title),
                "why": _(offer.why),
            }
            for offer in offers
        ],
        "offered": {offer.identifier for offer in offers},
        "chosen": chosen,
    }


def _links(view: Any, form: Filled) -> dict[str, Any]:
    del view, form
    plain, rest = choices.relation_types(_reader())
    types = choices.listed("resource_types", _reader())
    return {"relations": plain, "other_relations": rest, "item_types": types}


def _particulars(view: Any, form: Filled) -> dict[str, Any]:
    later = view.row.brings != "new"
    return {"sections": by_kind.sections(view.row.kind, form, _reader(), later=later)}


_EXTRA = {
    "describe": _describe,
    by_kind.PARTICULARS: _particulars,
    "people": _people,
    "rights": _rights,
    "links": _links,
}
