"""The steward's page of DOIs: how the account and its names stand, and what failed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tonle.api.public import count
from tonle.catalogue.public import Record, document_of, kinds
from tonle.federation.dois import selectors, services
from tonle.federation.dois.errors import place_of, sentence_of
from tonle.federation.dois.models import Doi
from tonle.federation.dois.permissions import may_keep_dois
from tonle.federation.stewards import badge, steward, turned
from tonle.infra import outbound
from tonle.infra.i18n import say
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, NotFound, TonleError

LISTED = 25
LOOKS_AN_HOUR = 60
# How the account stands: words, and the tone of its badge.
STANDINGS: dict[str, tuple[str, str]] = {
    "off": (N_("Off"), ""),
    "on": (N_("On"), "good"),
    "waiting": (N_("Waiting for DataCite"), "warn"),
    "halted": (N_("Stopped"), "bad"),
}
DONE: dict[str, str] = {
    "look": N_("DataCite knows the account, and it may register under this prefix."),
    "retry": N_("It is tried again in a moment. Load this page again to see how it goes."),
    "all": N_("They are registered bit by bit. Load this page again to see how it goes."),
}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def dois(request: HttpRequest) -> HttpResponse:
    """How DOIs stand, and what can be done. NotFound for who may not know of it."""
    (actor, now), problem = steward(request, may_keep_dois), ""
    if request.method == "POST":
        do = request.POST.get("do", "")
        try:
            _act(do, request.POST.get("record", ""), actor, now)
            messages.success(request, _(DONE[do]))
            return redirect("federation:dois")
        except NotFound:
            raise
        except TonleError as error:
            problem = say(error)
    shown = {**_shown(request, now), "problem": problem}
    return render(request, "federation/dois.html", shown, status=422 if problem else 200)


def _act(do: str, record_id: str, actor: Actor, now: datetime) -> None:
    """What a button asks for. Raises NotFound for none of ours."""
    if do == "look":
        count("federation.look", actor.id, limit=LOOKS_AN_HOUR, seconds=3600, now=now)
        services.look(actor=actor, now=now)
    elif do == "retry":
        services.retry(actor=actor, now=now, record_id=record_id)
    elif do == "all":
        services.register_all(actor=actor, now=now)
    else:
        raise NotFound


def _shown(request: HttpRequest, now: datetime) -> dict[str, Any]:
    found = selectors.overview(now)
    rows, beside = turned(request, selectors.troubled(), LISTED)
    return {
        "now_it": found,
        "badge": badge(STANDINGS, found.standing),
        "host": outbound.host_of(found.terms.url) if found.terms else "",
        "kinds": _names(found.terms.kinds) if found.terms else "",
        "unknown_kinds": ", ".join(found.terms.unknown_kinds()) if found.terms else "",
        "why": _why(found),
        "without": _without(found),
        "rows": _rows(rows),
        **beside,
    }


def _names(chosen: Collection[str]) -> str:
    """The kinds in the reader's words, those that nobody has here as they are."""
    words = {kind.name: _(kind.plural) for kind in kinds()}
    return ", ".join(sorted(words.get(name, name) for name in chosen))


def _why(found: selectors.Overview) -> str:
    halted = found.standing == "halted" and found.account is not None
    return say(sentence_of(found.account.halt)) if halted and found.account else ""


def _without(found: selectors.Overview) -> list[dict[str, Any]]:
    """The first of those that one press would give a DOI."""
    if found.terms is None:
        return []
    rows = selectors.without(found.terms).select_related("document").order_by("key")[:LISTED]
    return [{"id": row.id, "titles": document_of(row).get("titles", {})} for row in rows]


def _rows(rows: list[Doi]) -> list[dict[str, Any]]:
    records = Record.objects.filter(id__in=[row.record for row in rows])
    found = {record.id: document_of(record) for record in records.select_related("document")}
    return [_row(row, found.get(row.record, {}).get("titles", {})) for row in rows]


def _row(row: Doi, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "row": row,
        "titles": titles,
        "refused": bool(row.refused_sha256),
        # What has no code is in DataCite's words, which are English.
        "reasons": [
            {
                "where": place_of(reason),
                "text": say(sentence_of(reason)),
                "theirs": "code" not in reason,
            }
            for reason in row.reasons
        ],
    }
