"""A name that the world has given a record comes into its document: a DOI, once it resolves."""

from __future__ import annotations

from datetime import datetime

from tonle.catalogue import permissions
from tonle.catalogue.models import Record
from tonle.catalogue.permissions import demand
from tonle.catalogue.publication import Plan, PlannedFile, carry_out, compose
from tonle.catalogue.selectors import document_of
from tonle.kernel import identifiers
from tonle.kernel.actors import Actor
from tonle.kernel.errors import NotFound


def add_pid(*, record_id: str, scheme: str, value: str, actor: Actor, now: datetime) -> Record:
    """Add a persistent name to a published record's document: a revision with the same files.

    It comes first, as the name to cite. Twice is once. Raises NotFound, NotPermitted, Invalid,
    KeptElsewhere, WrongState, PidTaken, or Conflict where the record is being changed.
    """
    record = Record.objects.select_related("origin", "document").filter(id=record_id).first()
    if record is None or record.document is None:
        raise NotFound
    demand(permissions.may_change(actor, "revise", record))
    permissions.demand_own(record)
    pid = {"scheme": scheme, "value": identifiers.normalise(scheme, value)}
    document = document_of(record)
    known = document.get("pids", [])
    if pid in known:
        return record
    files = [PlannedFile(**file) for file in document["files"]]
    composed = compose(
        record,
        {**document, "pids": [pid, *known]},
        now=now,
        version=record.version,
        revision=record.revision + 1,
        files=files,
        effects=document["effects"],
    )
    outcome = carry_out([Plan(record, "revise", composed, files)], actor=actor, now=now)
    for refusal in outcome.refused.values():
        raise refusal
    record.refresh_from_db()
    return record
