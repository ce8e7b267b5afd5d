"""Two records of one thing become one: the duplicate leads to the record that remains.

Both change in one first transaction, so that a name is never in two places or in none
(docs/decisions/0018-merging-duplicates.md).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from tonle.catalogue import permissions
from tonle.catalogue.errors import DraftInWork, TwoDois, WrongState
from tonle.catalogue.models import Draft, Record
from tonle.catalogue.permissions import demand
from tonle.catalogue.publication import Plan, PlannedFile, carry_out, compose
from tonle.catalogue.rules.access import READ_METADATA
from tonle.catalogue.selectors import document_of, permitted, remaining
from tonle.kernel.actors import Actor
from tonle.kernel.dates import format_instant
from tonle.kernel.errors import N_, Invalid, NotFound, Refusal

MERGED = "merged"


def merge(
    *,
    record_id: str,
    into: str,
    reason: dict[str, str],
    actor: Actor,
    now: datetime,
    both_dois: bool = False,
) -> Record:
    """Have a duplicate become part of another record. Returns the record that remains.

    The duplicate becomes a tombstone that leads there by every address; its names move over.
    into: may itself have become part of another; the last one is meant.
    both_dois: the record that remains shall carry the DOIs of both.
    Twice is once. Raises NotFound, NotPermitted, Invalid, WrongState, DraftInWork, TwoDois.
    """
    duplicate, last = _record(record_id, actor, now), remaining(_record(into, actor, now))
    demand(permissions.may_change(actor, "merge", duplicate))
    demand(permissions.may_change(actor, "merge", last))
    permissions.demand_own(duplicate)
    permissions.demand_own(last)
    if duplicate.merged_into and remaining(duplicate).key == last.key:
        return last
    _suit(duplicate, last)
    gone, stays = document_of(duplicate), document_of(last)
    moving = [pid for pid in gone.get("pids", ()) if not is_own_ark(pid, duplicate)]
    known = stays.get("pids", [])
    dois = [pid["value"] for pid in [*known, *moving] if pid["scheme"] == "doi"]
    if len(set(dois)) > 1 and any(pid["scheme"] == "doi" for pid in moving) and not both_dois:
        raise TwoDois(dois=", ".join(dict.fromkeys(dois)))
    tombstone = {
        "category": MERGED,
        "reason": reason,
        "at": format_instant(now),
        "merged_into": last.id,
    }
    kept = [pid for pid in gone.get("pids", ()) if pid not in moving]
    plans = [
        _plan(duplicate, "merge", {**gone, "pids": kept}, now, tombstone=tombstone, remains=last)
    ]
    news = [pid for pid in moving if pid not in known]
    if news:
        plans.append(
            _plan(last, "revise", {**stays, "pids": [*known, *news]}, now, heir_of=duplicate.id)
        )
    outcome = carry_out(plans, actor=actor, now=now, together=True)
    for refusal in outcome.refused.values():
        raise refusal
    last.refresh_from_db()
    return last


def _suit(duplicate: Record, last: Record) -> None:
    """Raises where the two cannot become one.

    A look before work is done; that both are still so, the first transaction asks again.
    """
    if duplicate.key == last.key:
        raise Invalid([("into", N_("A record cannot become part of itself."))])
    if duplicate.kind != last.kind:
        raise Invalid([("into", N_("Only records of one kind can be duplicates."))])
    if duplicate.state != "published" or last.state != "published":
        raise WrongState(
            [Refusal("wrong_state", N_("Only a published record can become part of another."))]
        )
    if Draft.objects.filter(record=duplicate, state__in=["open", "publishing"]).exists():
        raise DraftInWork(record=duplicate.id)


def _plan(
    record: Record,
    action: Any,
    document: dict[str, Any],
    now: datetime,
    *,
    tombstone: dict[str, Any] | None = None,
    heir_of: str = "",
    remains: Record | None = None,
) -> Plan:
    files = [PlannedFile(**file) for file in document.get("files", ())]
    composed = compose(
        record,
        document,
        now=now,
        version=record.version,
        revision=record.revision + (action == "revise"),
        files=files,
        effects=document.get("effects", ()),
        tombstone=tombstone,
    )
    return Plan(record, action, composed, files, heir_of=heir_of, remains=remains)


def is_own_ark(pid: dict[str, Any], record: Record) -> bool:
    """The ARK that this node gave it names the duplicate for ever, and leads on."""
    return pid == {"scheme": "ark", "value": f"ark:{settings.TONLE_NAAN}/{record.id}"}


def _record(record_id: str, actor: Actor, now: datetime) -> Record:
    record = (
        Record.objects.select_related("origin", "document")
        .filter(permitted(actor, READ_METADATA, now), id=record_id)
        .first()
    )
    if record is None or record.document is None:
        raise NotFound
    return record
