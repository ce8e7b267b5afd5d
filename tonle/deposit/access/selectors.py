"""Questions about requests for access. Each starts from the actor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from tonle.api import public as api
from tonle.catalogue import public as catalogue
from tonle.deposit.access import permissions
from tonle.deposit.access.machine import ACCESS_REQUEST
from tonle.deposit.access.models import AccessRequest
from tonle.infra import audit
from tonle.infra.lifecycle import HistoryStep, history
from tonle.kernel.actors import Actor
from tonle.kernel.text import LanguageMap
from tonle.people import public as people

PAGE = 20


@dataclass(frozen=True)
class RequestView:
    """One request. titles: language map of the record. who: what the asker is called.

    reason: the words of the last decision, "" where there are none. days: it has waited.
    """

    id: str
    record_id: str
    titles: dict[str, str]
    state: str
    state_label: str
    who: str
    mail: str
    purpose: str
    affiliation: str
    terms: str
    terms_sha256: str
    asked_at: datetime
    days: int
    decided_at: datetime | None
    valid_until: datetime | None
    reason: str


def my_requests(
    actor: Actor, now: datetime, *, cursor: str | None = None, limit: int = PAGE
) -> tuple[list[RequestView], str | None]:
    """One page of what the actor has asked for, the last first, and the next page's cursor."""
    found, following = api.Keyset("-asked_at", "-key").page(
        AccessRequest.objects.filter(asked_by=actor.id).select_related("record__document"),
        scope=api.scope_of("deposit.my_requests", {}),
        cursor=cursor,
        limit=limit,
    )
    return _views(found, actor, now), following


def requests_to_decide(
    actor: Actor, now: datetime, *, state: str = "asked", cursor: str | None = None, limit: int = 20
) -> tuple[list[RequestView], str | None]:
    """One page of what the actor may decide, the oldest first, and the next page's cursor."""
    rows = AccessRequest.objects.filter(permissions.decidable(actor), state=state)
    found, following = api.Keyset("asked_at", "key").page(
        rows.select_related("record__document"),
        scope=api.scope_of("deposit.requests", {"state": state}),
        cursor=cursor,
        limit=limit,
    )
    return _views(found, actor, now), following


def decides_anything(actor: Actor) -> bool:
    """Whether anything waits for this actor's decision. One query."""
    return AccessRequest.objects.filter(permissions.decidable(actor), state="asked").exists()


def request_view(request: AccessRequest, actor: Actor, now: datetime) -> RequestView:
    """One request, for who asked and for who decides."""
    return _views([request], actor, now)[0]


def _views(rows: Iterable[AccessRequest], actor: Actor, now: datetime) -> list[RequestView]:
    found = list(rows)
    words = audit.personal([row.entry_id for row in found])
    known = people.known([row.asked_by for row in found])
    views = []
    for row in found:
        said, asker = words.get(row.entry_id, {}), known.get(row.asked_by)
        document = catalogue.document_of(row.record) if row.record.document else {}
        decides = bool(permissions.may_decide(actor, row))
        # Nobody has said anything yet while it only waits.
        steps = [] if row.state == "asked" else history(ACCESS_REQUEST, row.id)
        views.append(
            RequestView(
                row.id,
                row.record.id,
                document.get("titles", {}),
                row.state,
                ACCESS_REQUEST.label(row.state),
                asker.name if asker else "",
                # Who decides must be able to ask back, and to check an institution.
                asker.email if asker and decides else "",
                said.get("purpose", ""),
                said.get("affiliation", ""),
                row.terms,
                row.terms_sha256,
                row.asked_at,
                max(0, (now - row.asked_at).days),
                row.decided_at,
                row.valid_until,
                _reason(steps),
            )
        )
    return views


def _reason(steps: Sequence[HistoryStep]) -> str:
    """The words of the last decision; the node's own in the reader's language."""
    last = next((step for step in reversed(steps) if step.note), None)
    if last is None:
        return ""
    return gettext(last.note) if last.event == "close" else last.note


def names(ids: Sequence[str], actor: Actor, now: datetime) -> dict[str, LanguageMap]:
    """The titles of what these requests ask for, for whoever may know of them. One query."""
    del now
    rows = AccessRequest.objects.filter(permissions.visible_to(actor), id__in=ids)
    return {
        one.id: catalogue.document_of(one.record)["titles"]
        for one in rows.select_related("record__document")
        if one.record.document
    }
