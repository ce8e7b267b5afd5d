"""The columns of a deposit's tables: seen, and described in one's own words."""

from __future__ import annotations

import secrets
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tonle.catalogue import public as catalogue
from tonle.deposit import checks, curation
from tonle.deposit.field import columns, unpacking
from tonle.deposit.field.columns import TableView
from tonle.deposit.field.rules.variables import Said, lines_of
from tonle.deposit.forms import seals
from tonle.deposit.forms.guards import desk
from tonle.deposit.forms.views.steps import editable
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.kernel.errors import Invalid, Refused
from tonle.kernel.text import UNDETERMINED, choose, language_tag, valid_language
from tonle.web.public import actor_of, language_name
from tonle.web.public import language_tag as page_tag

# Columns on one page: each has four fields.
ON_A_PAGE: Final = 25
AGAIN_SECONDS: Final = 4


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, draft_id: str) -> HttpResponseBase:
    """One table's columns, some at a time; other tables and columns by links."""
    actor, now = actor_of(request), clock.now()
    view = curation.submission_view(draft_id, actor, now)
    tables = columns.tables(view.draft)
    asked = request.POST.get("table") or request.GET.get("table", "")
    table = next((one for one in tables if one.key == asked), tables[0] if tables else None)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            return _carry_out(request, view, table)
        except (Refused, Invalid, catalogue.EditConflict) as error:
            refusal, status = _words(error), error.http_status
    unread = columns.unread(view.draft)
    packed = columns.packed(view.draft)
    context = {
        "view": view,
        "draft_id": draft_id,
        "tables": [_choice(one, table, draft_id) for one in tables],
        "unread": unread,
        "packed": packed,
        "unpacking": "unpacking" in request.GET and bool(packed),
        "editable": editable(view) and view.row.kind == "dataset",
        "refusal": refusal,
        "checks": checks.summary(draft_id),
        "seal": seals.seal(seals.FORM, draft_id, actor),
        "session": request.POST.get("session", "")[:60] or secrets.token_urlsafe(12),
        "seq": view.draft.edit_seq,
        **(_table(request, view, table) if table else {"table": None}),
    }
    response = render(request, "deposit/field/columns.html", context, status=status)
    if request.method == "GET" and (unread or context["unpacking"]):
        response["Refresh"] = str(AGAIN_SECONDS)
    return response


def _words(error: Any) -> str:
    if isinstance(error, Invalid):
        return " ".join(say(text) for _where, text in error.problems)
    return say(error)


def _choice(one: TableView, chosen: TableView | None, draft_id: str) -> dict[str, Any]:
    return {
        "file": one.file,
        "name": one.name,
        "said": one.said,
        "number": len(one.columns),
        "current": one is chosen,
        "url": f"{reverse('deposit:columns', args=[draft_id])}?{urlencode({'table': one.key})}",
    }


def _place(request: HttpRequest, table: TableView) -> int:
    """The number of the first column that is shown."""
    text = request.POST.get("from") or request.GET.get("from", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    return number - number % ON_A_PAGE if number < len(table.columns) else 0


def _language(request: HttpRequest) -> str:
    """The language that is written in: one that was chosen, else that of the page."""
    asked = request.POST.get("in") or request.GET.get("in", "")
    if asked and len(asked) < 36 and valid_language(asked):
        return language_tag(asked)
    return page_tag(get_language() or "en")


def _table(request: HttpRequest, view: Any, table: TableView) -> dict[str, Any]:
    first, language = _place(request, table), _language(request)
    reader = get_language() or "en"
    personal = _personal(view.id, table)
    written = {page_tag(code) for code, _name in settings.LANGUAGES}
    written |= {tag for _, said in table.columns for tag in said.get("label", {})}
    address = {"table": table.key, "in": language}
    last = min(first + ON_A_PAGE, len(table.columns))
    here = reverse("deposit:columns", args=[view.id])
    return {
        "table": table,
        "language": language,
        "languages": sorted(
            ((tag, language_name(tag, reader)) for tag in written | {language}),
            key=lambda pair: (pair[0] == UNDETERMINED, pair[1]),
        ),
        "from": first,
        "first": first + 1,
        "last": last,
        "previous": f"{here}?{urlencode(address | {'from': first - ON_A_PAGE})}" if first else "",
        "more": last < len(table.columns),
        "rows": [
            {
                "number": number,
                "name": heading.name,
                "type": heading.type,
                "label": said.get("label", {}).get(language, ""),
                "others": choose(said.get("label", {}), reader)[1],
                "unit": said.get("unit", ""),
                "description": said.get("description", {}).get(language, ""),
                "values": lines_of(said.get("values", ()), language),
                "personal": personal.get(heading.name, ""),
            }
            for number, (heading, said) in list(enumerate(table.columns))[first:last]
        ],
    }


def _personal(draft_id: str, table: TableView) -> dict[str, str]:
    """Columns in which somebody may be seen, and as what."""
    found: dict[str, str] = {}
    for file in checks.summary(draft_id).files:
        if file.name != table.file:
            continue
        for one in file.found:
            for name in one.where.split(", "):
                found.setdefault(name, one.label)
    return found


def _carry_out(request: HttpRequest, view: Any, table: TableView | None) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    what, _colon, which = request.POST.get("do", "").partition(":")
    here = reverse("deposit:columns", args=[view.id])
    if what == "unpack":
        unpacking.ask(draft_id=view.id, name=which, actor=actor, now=now)
        return HttpResponseRedirect(f"{here}?unpacking=1")
    if table is None:
        return redirect("deposit:columns", draft_id=view.id)
    address: dict[str, Any] = {"table": table.key, "in": _language(request)}
    if what == "fill":
        columns.fill(draft_id=view.id, key=table.key, actor=actor, now=now)
        messages.success(request, _("What nobody had described is described as the form says."))
        return HttpResponseRedirect(f"{here}?{urlencode(address)}")
    if what == "language":
        return HttpResponseRedirect(f"{here}?{urlencode(address)}")
    sent = request.POST
    said = [
        Said(
            table.columns[number][0].name,
            sent.get(f"label-{number}", ""),
            sent.get(f"unit-{number}", ""),
            sent.get(f"description-{number}", ""),
            sent.get(f"values-{number}", ""),
        )
        for number in range(len(table.columns))
        if f"label-{number}" in sent
    ]
    base = sent.get("seq", "")
    columns.write(
        draft_id=view.id,
        table=table,
        said=said,
        language=address["in"],
        base=int(base) if base.isascii() and base.isdigit() and len(base) < 10 else None,
        session=sent.get("session", ""),
        actor=actor,
        now=now,
    )
    if what == "more":
        return HttpResponseRedirect(
            f"{here}?{urlencode(address | {'from': _place(request, table) + ON_A_PAGE})}"
        )
    if what == "leave":
        return redirect("deposit:step", draft_id=view.id, name="files")
    messages.success(request, _("Saved"))
    return HttpResponseRedirect(f"{here}?{urlencode(address | {'from': _place(request, table)})}")
