"""The record of a call follows what its parties have signed, by itself, once it is published.

A job that is asked for in the transaction of each change compares what the record says with what
it should say, and publishes the difference: a version of the record for each version of the text.
It may be killed anywhere and run twice: the record has the call's own name, its draft is found
again, and the catalogue publishes a draft once.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from tonle.catalogue import public as catalogue
from tonle.funding.models import Call
from tonle.funding.rules import call_record
from tonle.funding.rules.call_record import File, Signed
from tonle.infra import crash, jobs
from tonle.kernel import canonical
from tonle.kernel.actors import SYSTEM
from tonle.kernel.errors import Conflict
from tonle.people import public as people

JOB = "funding.publish_call"
PUBLIC = frozenset({"published", "open", "closed"})
# A curator writes something about the record: the node waits for them, and does not publish it.
_ASK_AGAIN_SECONDS = 3_600
# Another worker begins the same record: it is looked at again once that is out.
_TWIN_SECONDS = 2

crash.declare("funding.call_drafted", "The draft of a call's record is there, and will be out.")
crash.declare("funding.call_published", "Published and not written down: the next run finds it.")


def ask(call: Call, now: datetime) -> None:
    """Have the record follow, in the caller's transaction."""
    if call.state in PUBLIC:
        jobs.enqueue(JOB, {"call": call.id}, run_at=now, unique_key=f"{JOB}:{call.id}")


@jobs.handler(JOB, max_attempts=20, lease_seconds=300)
def _publish(run: jobs.Run, now: datetime) -> None:
    call = Call.objects.filter(id=run.payload["call"]).first()
    try:
        done = call is None or publish(call, now)
    except Conflict:
        raise jobs.Paused(_TWIN_SECONDS) from None
    if not done:
        raise jobs.Paused(_ASK_AGAIN_SECONDS)


def publish(call: Call, now: datetime) -> bool:
    """Bring the record up to what is signed. True once it is, False where somebody writes.

    Nothing is public yet, or a curator took the record back: there is nothing to do.
    """
    if call.state not in PUBLIC:
        return True
    record = catalogue.Record.objects.filter(id=call.id).first()
    if record is not None and record.state in ("withdrawn", "purged"):
        return True
    published = record is not None and record.state == "published"
    current = catalogue.document_of(record) if record is not None and published else {}
    said = catalogue.descriptive(current) if current else {}
    versions = [
        Signed(text.document, text.agreed_at)
        for text in call.texts.filter(state__in=["replaced", "agreed"]).order_by("number")
        if text.agreed_at is not None
    ]
    wanted = call_record.joined(said, call_record.described(versions, _identifiers(call)))
    if canonical.digest(wanted) == canonical.digest(said):
        _written_down(call)
        return True
    files = list(call_record.files_of(versions[-1].text))
    draft = _draft(call, record, wanted, now)
    if draft is None:
        return False
    _fill(draft, wanted, files, now)
    crash.point("funding.call_drafted")
    catalogue.publish(draft_id=draft.id, actor=SYSTEM, now=now)
    crash.point("funding.call_published")
    _written_down(call)
    return True


def _written_down(call: Call) -> None:
    if call.record != call.id:
        Call.objects.filter(pk=call.pk).update(record=call.id)
        call.record = call.id


def _identifiers(call: Call) -> dict[str, list[dict[str, str]]]:
    """Names in the world of the parties that are organisations here."""
    found = {}
    for party in call.parties.exclude(organisation="").order_by("key"):
        organisation = people.organisation(party.organisation)
        if organisation is not None:
            rows = organisation.identifiers.order_by("scheme", "value")
            found[party.slug] = [{"scheme": row.scheme, "value": row.value} for row in rows]
    return {slug: names for slug, names in found.items() if names}


def _draft(
    call: Call, record: catalogue.Record | None, wanted: Mapping[str, Any], now: datetime
) -> catalogue.Draft | None:
    """The draft to publish: the one that was left, or a new one. None where another writes."""
    if record is None:
        with transaction.atomic():
            # Under the lock of the call: asked for twice within moments, two workers are here.
            Call.objects.select_for_update().get(pk=call.pk)
            if catalogue.Record.objects.filter(id=call.id).exists():
                raise Conflict
            new = catalogue.NewDraft(dict(wanted), record=call.id)
            return catalogue.create_draft(new=new, actor=SYSTEM, now=now)
    draft = catalogue.Draft.objects.filter(record=record, state__in=["open", "publishing"]).first()
    if draft is not None and draft.created_by != SYSTEM.id:
        return None
    if draft is not None and record.state == "published" and not draft.replaces_files:
        catalogue.discard_draft(draft_id=draft.id, actor=SYSTEM, now=now)
        draft = None
    if draft is None:
        return catalogue.create_successor(
            record_id=record.id, actor=SYSTEM, now=now, replaces_files=True
        )
    return draft


def _fill(
    draft: catalogue.Draft, wanted: dict[str, Any], files: Sequence[File], now: datetime
) -> None:
    """Words and files of the draft as they are to be."""
    catalogue.edit_draft(draft_id=draft.id, document=wanted, actor=SYSTEM, now=now)
    digests = call_record.digests(files)
    there = dict(catalogue.DraftFile.objects.filter(draft=draft).values_list("name", "sha256"))
    for name in sorted(set(there) - set(digests)):
        catalogue.remove_file(draft_id=draft.id, name=name, actor=SYSTEM, now=now)
    scratch = Path(settings.TONLE_DATA) / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        for name, media_type, data in files:
            if there.get(name) != digests[name]:
                path = Path(folder) / "file"
                path.write_bytes(data)
                new = catalogue.NewFile(name, path, media_type)
                catalogue.add_file(draft_id=draft.id, file=new, actor=SYSTEM, now=now)
    catalogue.reorder_files(
        draft_id=draft.id, names=[name for name, _, _ in files], actor=SYSTEM, now=now
    )
