"""Pages on which a proposal is written: one part of its form in one language; a partner."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tonle.funding.eligible.forms import countries
from tonle.funding.models import ProposalAnswer, ProposalPartner
from tonle.funding.proposals import selectors, services
from tonle.funding.proposals.errors import AnswerConflict
from tonle.funding.proposals.selectors import View
from tonle.funding.proposals.services.writing import NewCost, NewPartner
from tonle.funding.proposals.views import shown
from tonle.funding.rules import proposals as rules
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.kernel.actors import Actor
from tonle.kernel.errors import (
    N_,
    Conflict,
    Invalid,
    NotFound,
    NotPermitted,
    Refused,
    TonleError,
)
from tonle.kernel.money import Money
from tonle.kernel.sentences import invalid
from tonle.kernel.text import ascii_digits, choose
from tonle.people.public import verified_organisations
from tonle.web.public import FORM, actor_of, desk, seal, wants_json

_BLANK_ROWS = 3
# `question:edit` and, of a translation, `question:edit:first` of each answer on the page.
_EDIT = re.compile(r"[a-z0-9_-]{1,61}:[0-9]{1,9}:[0-9]{1,9}", re.ASCII)


@dataclass
class Field:
    """One question on a page, as its template shows it.

    source: what it translates, where the page is in another language; late: whether that has
    changed since; theirs: what somebody else wrote meanwhile.
    """

    question: rules.Question
    label: str
    hint: str
    value: str
    options: list[tuple[str, str]]
    source: str = ""
    late: bool = False
    error: str = ""
    theirs: str | None = None

    @property
    def sort(self) -> str:
        return {"text": "area", "choice": "choice", "number": "number"}.get(
            self.question.answer, "line"
        )


@desk("proposal_id")
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, proposal_id: str, section: str) -> HttpResponseBase:
    """One part of the form in one language, saved as it is typed."""
    actor = actor_of(request)
    try:
        view = selectors.view(proposal_id, actor, clock.now())
    except TonleError as error:
        if wants_json(request):
            return _told(error)
        raise
    parts = rules.sections(view.found.text.document)
    part = next((one for one in parts if one.id == section), None)
    if part is None:
        raise NotFound
    tag = _tag(request, view)
    if request.method == "POST":
        return _save(request, view, part, tag, actor)
    fields = [_field(one, view, tag) for one in _asked(part, view, tag)]
    return _page(request, view, part, tag, fields)


def _asked(part: rules.Section, view: View, tag: str) -> list[rules.Question]:
    """What is asked on the page of a language: a number or a choice on that of the first alone."""
    return [one for one in part.questions if one.in_words or tag == view.row.language]


def _tag(request: HttpRequest, view: View) -> str:
    asked = (request.POST.get("in") or request.GET.get("in") or "")[:40]
    return asked if asked in dict(shown.languages(view)) else view.row.language


def _save(
    request: HttpRequest, view: View, part: rules.Section, tag: str, actor: Actor
) -> HttpResponseBase:
    """Save each answer by itself: what cannot be saved is told, all else is."""
    edits = _edits(request.POST.get("seq", ""))
    fields = [_field(one, view, tag) for one in _asked(part, view, tag)]
    clashed = False
    for field in fields:
        id_ = field.question.id
        if id_ not in request.POST:
            continue
        sent = request.POST[id_]
        confirmed = f"{id_}-holds" in request.POST
        if _same(sent, field.value) and not confirmed:
            continue
        edit, first = edits.get(id_, (0, 0))
        try:
            services.write_answer(
                proposal_id=view.row.id,
                question=id_,
                language=tag,
                value=sent,
                edit=edit,
                of_edit=first,
                actor=actor,
                now=clock.now(),
            )
        except AnswerConflict as conflict:
            clashed = True
            field.value, field.theirs = sent, conflict.theirs
        except Invalid as error:
            field.value, field.error = sent, say(error.problems[0][1])
        except Refused as error:
            if wants_json(request):
                return _told(error)
            for one, text in ((one, request.POST.get(one.question.id)) for one in fields):
                one.value = one.value if text is None else text
            return _page(request, view, part, tag, fields, refused=shown.sentences(error))
        else:
            field.value = sent
    return _answer(request, view, part, tag, fields, clashed=clashed)


def _answer(
    request: HttpRequest,
    view: View,
    part: rules.Section,
    tag: str,
    fields: list[Field],
    *,
    clashed: bool,
) -> HttpResponseBase:
    wrong = {one.question.id: one.error for one in fields if one.error}
    fresh = selectors.view(view.row.id, actor_of(request), clock.now())
    if wants_json(request):
        if clashed:
            error = AnswerConflict(theirs="", edit=0)
            body = {"code": "edit_conflict", "message": say(error)}
            return JsonResponse(body, status=error.http_status)
        seq = _seq(fresh, part, tag)
        return JsonResponse(
            {"seq": seq, "others": [], "problems": wrong, "asks": False, "beside": ""}
        )
    if wrong or clashed:
        for one in fields:
            if not one.error and one.theirs is None:
                one.value = _field(one.question, fresh, tag).value
        return _page(request, fresh, part, tag, fields)
    id_ = view.row.id
    if request.POST.get("go") == "stay":
        address = reverse("funding:proposal_section", args=[id_, part.id])
        return redirect(f"{address}?in={tag}&saved=1")
    names = [one.id for one in rules.sections(view.found.text.document)]
    after = names[names.index(part.id) + 1 :]
    if not after:
        return redirect("funding:proposal", proposal_id=id_)
    return redirect(f"{reverse('funding:proposal_section', args=[id_, after[0]])}?in={tag}")


def _page(
    request: HttpRequest,
    view: View,
    part: rules.Section,
    tag: str,
    fields: list[Field],
    refused: list[str] | None = None,
) -> HttpResponseBase:
    errors = [(one.question.id, one.error) for one in fields if one.error]
    clashes = [one for one in fields if one.theirs is not None]
    names = [one.id for one in rules.sections(view.found.text.document)]
    after = names[names.index(part.id) + 1 :]
    onward = (
        f"{reverse('funding:proposal_section', args=[view.row.id, after[0]])}?in={tag}"
        if after
        else reverse("funding:proposal", args=[view.row.id])
    )
    status = 409 if clashes or refused else 422 if errors else 200
    return render(
        request,
        "funding/proposals/section.html",
        {
            "view": view,
            "part": part,
            "tag": tag,
            "languages": shown.languages(view),
            "translates": tag != view.row.language,
            "fields": fields,
            "errors": errors,
            "clashes": clashes,
            "refused": refused or [],
            "next": onward,
            "saved": "saved" in request.GET,
            "seq": _seq(view, part, tag),
            "seal": seal(FORM, view.row.id, actor_of(request)),
            "session": secrets.token_urlsafe(12),
        },
        status=status,
    )


def _field(question: rules.Question, view: View, tag: str) -> Field:
    kept = _row(view, question, tag)
    first = _row(view, question, view.row.language) if question.in_words else None
    translates = question.in_words and tag != view.row.language
    reader = shown.reader()
    return Field(
        question,
        label=shown.label(question.id, view),
        hint=choose(question.hint, reader)[1] if question.hint else "",
        value=kept.value if kept else "",
        options=[(id_, choose(names, reader)[1]) for id_, names in question.choices],
        source=first.value if translates and first else "",
        late=(question.id, tag) in view.late,
    )


def _row(view: View, question: rules.Question, tag: str) -> ProposalAnswer | None:
    language = tag if question.in_words else ""
    rows = (
        one
        for one in view.found.answers
        if one.question == question.id and one.language == language
    )
    return next(rows, None)


def _kept(view: View, question: rules.Question, tag: str) -> tuple[int, int]:
    """(number of the answer, number of the first text), 0 for none."""
    kept = _row(view, question, tag)
    first = _row(view, question, view.row.language) if question.in_words else None
    return (kept.edit if kept else 0, first.edit if first else 0)


def _seq(view: View, part: rules.Section, tag: str) -> str:
    """The numbers of the answers on the page, which the form carries."""
    kept = ((one.id, *_kept(view, one, tag)) for one in part.questions)
    return ";".join(f"{id_}:{edit}:{first}" for id_, edit, first in kept)


def _edits(text: str) -> dict[str, tuple[int, int]]:
    found = {}
    for one in text[:20_000].split(";"):
        if _EDIT.fullmatch(one):
            id_, edit, first = one.split(":")
            found[id_] = (int(edit), int(first))
    return found


def _same(sent: str, kept: str) -> bool:
    """Browsers send line ends of two characters."""
    return sent.replace("\r\n", "\n").strip() == kept.strip()


def _told(error: TonleError) -> JsonResponse:
    return JsonResponse({"code": error.code, "message": say(error)}, status=error.http_status)


# --- a partner ---------------------------------------------------------------------------


@desk("proposal_id")
@require_http_methods(["GET", "HEAD", "POST"])
def partner(request: HttpRequest, proposal_id: str, slug: str = "") -> HttpResponseBase:
    """An institution, who pays for it, and what it costs."""
    actor, now = actor_of(request), clock.now()
    view = selectors.view(proposal_id, actor, now)
    row = next((one for one in view.found.partners if one.slug == slug), None)
    if slug and row is None:
        raise NotFound
    problems: dict[str, str] = {}
    refused: list[str] = []
    if request.method == "POST":
        try:
            to = _changed(request, view, row, actor)
        except (NotFound, NotPermitted):
            raise
        except Invalid as error:
            problems = {where: say(what) for where, what in error.problems}
        except Conflict as error:
            refused = [say(error)]
        except TonleError as error:
            refused = shown.sentences(error)
        else:
            messages.success(request, _("Saved"))
            return redirect(to)
    sent = request.POST if problems or refused else None
    return render(
        request,
        "funding/proposals/partner.html",
        {
            "view": view,
            "row": row,
            "form": _partner_values(row, sent),
            "costs": _cost_rows(view, row, sent),
            "pays": _currency(view, row),
            "parties": shown.parties(view),
            "others_join": view.found.text.document["others_join"],
            "countries": [(code, name) for _group, rows in countries() for code, name in rows],
            "organisations": [
                (one.id, choose(one.names, shown.reader())[1]) for one in verified_organisations()
            ],
            "categories": [
                (one["id"], choose(one["name"], shown.reader())[1])
                for one in view.found.text.document["budget_categories"]
                if row is None or not row.party or row.party in one.get("parties", (row.party,))
            ],
            "problems": problems,
            "refused": refused,
            "seal": seal(FORM, proposal_id, actor),
        },
        status=409 if refused else 422 if problems else 200,
    )


def _changed(request: HttpRequest, view: View, row: ProposalPartner | None, actor: Actor) -> str:
    """Do what the form asks for. Where to go next."""
    now, sent, id_ = clock.now(), request.POST, view.row.id
    edit = int(text) if (text := sent.get("edit", "")).isdigit() and len(text) < 10 else 0
    do = sent.get("do", "")
    if do == "remove" and row is not None:
        services.remove_partner(proposal_id=id_, slug=row.slug, actor=actor, now=now)
        return reverse("funding:proposal", args=[id_])
    if do == "costs" and row is not None:
        rows = _costs(sent, _currency(view, row))
        try:
            services.save_costs(
                proposal_id=id_, slug=row.slug, costs=[one for _number, one in rows], edit=edit,
                actor=actor, now=now,
            )  # fmt: skip
        except Invalid as error:
            raise Invalid(
                [(_field_of(where, rows), what) for where, what in error.problems]
            ) from None
        return reverse("funding:proposal_partner", args=[id_, row.slug])
    made = services.save_partner(
        proposal_id=id_,
        slug=row.slug if row is not None else "",
        partner=NewPartner(
            *(sent.get(name, "") for name in ("name", "country", "party", "organisation", "ror"))
        ),
        edit=edit,
        actor=actor,
        now=now,
    )
    return reverse("funding:proposal_partner", args=[id_, made.slug]) + "#costs"


def _costs(sent: Any, currency: str) -> list[tuple[int, NewCost]]:
    """The rows that say anything, by number. Raises Invalid with the field that is wrong."""
    found: list[tuple[int, NewCost]] = []
    for number in range(_count(sent)):
        year, category, amount = (
            sent.get(f"costs-{number}-{name}", "").strip()
            for name in ("year", "category", "amount")
        )
        if not amount:
            continue
        own = sent.get(f"costs-{number}-currency", "").strip().upper()
        try:
            money = Money.of(amount, currency or own)
        except Invalid as error:
            field = "currency" if error.problems[0][0] == "currency" else "amount"
            raise Invalid([(f"costs-{number}-{field}", error.problems[0][1])]) from None
        digits = ascii_digits(year)
        if not digits.isdigit() or len(digits) > 4:
            raise invalid(f"costs-{number}-year", N_("Write a year between 2000 and 2200."))
        found.append((number, NewCost(int(digits), category, money.minor, own)))
    return found


def _field_of(where: str, rows: list[tuple[int, NewCost]]) -> str:
    """The field of the form for `costs/2/year` of what was sent on."""
    parts = where.split("/")
    return f"costs-{rows[int(parts[1])][0]}-{parts[2]}" if len(parts) == 3 else where


def _count(sent: Any) -> int:
    numbers = [
        int(m[1]) for name in sent if (m := re.fullmatch(r"costs-([0-9]{1,3})-amount", name))
    ]
    return max(numbers, default=-1) + 1


def _currency(view: View, row: ProposalPartner | None) -> str:
    """In which money the partner is paid; "" where it has its own."""
    paying = {one["id"]: one["currency"] for one in view.found.text.document["parties"]}
    return paying.get(row.party, "") if row is not None else ""


def _partner_values(row: ProposalPartner | None, sent: Any) -> dict[str, Any]:
    names = ("name", "country", "party", "organisation", "ror", "edit")
    if sent is not None and sent.get("do") == "partner":
        return {name: sent.get(name, "") for name in names}
    return {name: getattr(row, name) if row is not None else "" for name in names}


def _cost_rows(view: View, row: ProposalPartner | None, sent: Any) -> list[dict[str, Any]]:
    """Rows of the form: what is kept, or what was sent, and some to fill in."""
    fields = ("year", "category", "amount", "currency")
    if sent is not None and sent.get("do") == "costs":
        rows = [
            {name: sent.get(f"costs-{number}-{name}", "") for name in fields}
            for number in range(_count(sent))
        ]
    else:
        rows = [
            {
                "year": one.year,
                "category": one.category,
                "amount": Money(one.amount_minor, one.currency).amount,
                "currency": one.currency,
            }
            for one in view.found.costs
            if row is not None and one.partner_id == row.pk
        ]
    rows += [dict.fromkeys(fields, "") for _ in range(_BLANK_ROWS)]
    return [{"number": number, **one} for number, one in enumerate(rows)]
