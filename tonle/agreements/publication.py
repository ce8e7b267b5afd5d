"""The record of an agreement follows what becomes public of it, by itself.

After each step of a version and each deed a job is asked for, in the same transaction. It compares
what the record says with what it should say, and publishes the difference: a version of the record
for each version of the text, and a revision where only days and states have changed. It may be
killed anywhere and run twice: the record has the agreement's own name, its draft is found again,
and the catalogue publishes a draft once.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from tonle.agreements import services
from tonle.agreements.drafting import annexes_of
from tonle.agreements.models import Agreement, Deed, PartyStep, Version
from tonle.agreements.rules import published, texts
from tonle.agreements.rules.files import File, annex_name, files_of
from tonle.agreements.rules.found import groups
from tonle.agreements.rules.published import Act, PublicVersion
from tonle.catalogue import public as catalogue
from tonle.infra import crash, days, jobs
from tonle.infra.lifecycle import Outcome
from tonle.kernel import canonical
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import Conflict
from tonle.people import public as people

JOB = "agreements.publish"
# A curator writes something about the record: the node waits for them, and does not publish it.
_ASK_AGAIN_SECONDS = 3_600
# Another worker begins the same record: it is looked at again once that is out.
_TWIN_SECONDS = 2
# Beside the deeds that `Deed` rows stand for; agreeing to words, and what one party alone wants
# to end, are between the parties.
_SHOWN = ("sign", "ratify", "withdraw", "stop_renewal")

crash.declare("agreements.drafted", "The draft of a record is there and not published: it will be.")
crash.declare("agreements.published", "Published and not written down: the next run finds it.")


def ask(agreement: Agreement, now: datetime) -> None:
    """Have the record follow, in the caller's transaction."""
    jobs.enqueue(JOB, {"agreement": agreement.id}, run_at=now, unique_key=f"{JOB}:{agreement.id}")


def after(version: Version, outcome: Outcome, actor: Actor, now: datetime) -> None:
    """What follows from a step of a version. Drafts are nobody's business but the parties'."""
    del actor
    if outcome.target != "draft":
        ask(version.agreement, now)


@jobs.handler(JOB, max_attempts=20, lease_seconds=300)
def _publish(run: jobs.Run, now: datetime) -> None:
    agreement = Agreement.objects.filter(id=run.payload["agreement"]).first()
    try:
        done = agreement is None or publish(agreement, now)
    except Conflict:
        raise jobs.Paused(_TWIN_SECONDS) from None
    if not done:
        raise jobs.Paused(_ASK_AGAIN_SECONDS)


def publish(agreement: Agreement, now: datetime) -> bool:
    """Bring the record up to what is public now. True once it is, False where somebody writes.

    Nothing is public yet, or a curator took the record back: there is nothing to do. Raises what
    the catalogue refuses; run again, it goes on where it was.
    """
    # Each round publishes one version of the text; the last finds nothing left to say.
    for _ in range(len(agreement.versions.all()) + 2):
        record = catalogue.Record.objects.filter(id=agreement.id).first()
        if record is not None and record.state in ("withdrawn", "purged"):
            return True
        current = (
            catalogue.document_of(record)
            if record is not None and record.state == "published"
            else {}
        )
        said = catalogue.descriptive(current) if current else {}
        shown, fresh = _public(agreement, current)
        if not shown:
            return True
        wanted = published.joined(said, _described(agreement, shown))
        if not fresh and canonical.digest(wanted) == canonical.digest(said):
            _written_down(agreement)
            return True
        files = _files(agreement, fresh, shown)
        draft = _draft(agreement, record, wanted, bool(fresh), now)
        if draft is None:
            return False
        _fill(draft, wanted, files if fresh else None, now)
        crash.point("agreements.drafted")
        catalogue.publish(draft_id=draft.id, actor=SYSTEM, now=now)
        crash.point("agreements.published")
    raise Conflict


def _written_down(agreement: Agreement) -> None:
    if agreement.record != agreement.id:
        Agreement.objects.filter(pk=agreement.pk).update(record=agreement.id)
        agreement.record = agreement.id


# --- what is public ----------------------------------------------------------------------


def _public(
    agreement: Agreement, current: Mapping[str, Any]
) -> tuple[list[PublicVersion], PublicVersion | None]:
    """The versions that are shown, and the one of them whose text the record has not yet.

    What was shown once stays shown, also where it was given up before its signature.
    """
    listed = list(groups(current.get("profile", {}).get("versions")))
    had = {row["version"]: row["record_version"] for row in listed if "record_version" in row}
    shown: list[PublicVersion] = []
    for version in agreement.versions.order_by("number"):
        if version.number in had:
            shown.append(_public_version(version, had[version.number]))
        elif published.is_public(version.state, agreement.public_from):
            fresh = _public_version(version, current.get("version", 0) + 1)
            return [*shown, fresh, *_later(agreement, version, had)], fresh
    return shown, None


def _later(
    agreement: Agreement, before: Version, had: Mapping[int, int]
) -> Iterable[PublicVersion]:
    """Those after a version that is shown late, as one with a day of its own may be."""
    for version in agreement.versions.filter(number__gt=before.number).order_by("number"):
        if version.number in had:
            yield _public_version(version, had[version.number])


def _public_version(version: Version, record_version: int) -> PublicVersion:
    steps = _steps(version)
    parties = {party["id"] for party in version.document["parties"]}
    signed = {step.party: step.done_on for step in steps if step.deed == "sign"}
    agreed = {
        step.party: step.done_on
        for step in steps
        if step.deed == "agree" and step.sha256 == version.sha256
    }
    return PublicVersion(
        text=version.document,
        record_version=record_version,
        state=version.state,
        sha256=version.sha256 or texts.digest(version.document),
        agreed_on=max(agreed.values()) if parties <= set(agreed) else None,
        signed_on=max(signed.values()) if parties <= set(signed) else None,
    )


def _steps(version: Version) -> list[PartyStep]:
    return list(
        PartyStep.objects.filter(
            subject_kind=services.SUBJECT, subject=version.id, state="confirmed"
        ).order_by("done_on", "key")
    )


def _acts(agreement: Agreement, shown: Sequence[PublicVersion]) -> list[Act]:
    """What the parties did with the versions that are shown, by day."""
    numbers = {version.number for version in shown}
    acts = []
    for version in agreement.versions.filter(number__in=numbers).order_by("number"):
        deeds = {deed.step_id: deed for deed in Deed.objects.filter(version=version)}
        for step in _steps(version):
            if step.deed in _SHOWN:
                deed = deeds.get(step.pk)
                acts.append(
                    Act(
                        step.party,
                        step.deed,
                        version.number,
                        step.done_on,
                        deed.effective if deed else None,
                        step.way,
                        days.day_of(step.decided_at or step.made_at),
                    )
                )
        acts += [
            Act(
                "",
                "terminate",
                version.number,
                deed.on,
                deed.effective,
                "",
                days.day_of(deed.entered_at),
            )
            for deed in deeds.values()
            if deed.kind == "termination"
        ]
    return sorted(acts, key=lambda act: (act.on, act.version, act.party, act.act))


def _described(agreement: Agreement, shown: Sequence[PublicVersion]) -> dict[str, Any]:
    newest = max(shown, key=lambda version: version.number)
    years = [day.year for day in (newest.signed_on, newest.agreed_on) if day]
    year = years[0] if years else agreement.created_at.year
    return published.described(shown, _acts(agreement, shown), _identifiers(agreement), year)


def _identifiers(agreement: Agreement) -> dict[str, list[dict[str, str]]]:
    """Names in the world of the parties that are organisations here."""
    found: dict[str, list[dict[str, str]]] = {}
    for party in agreement.parties.exclude(organisation="").order_by("key"):
        organisation = people.organisation(party.organisation)
        if organisation is not None:
            rows = organisation.identifiers.order_by("scheme", "value")
            found[party.slug] = [{"scheme": row.scheme, "value": row.value} for row in rows]
    return {slug: names for slug, names in found.items() if names}


def _files(
    agreement: Agreement, fresh: PublicVersion | None, shown: Sequence[PublicVersion]
) -> list[File]:
    """The files of the record's next version: of its text, and of the newest where that is
    another, since whoever opens the record wants that one."""
    if fresh is None:
        return []
    newest = max(shown, key=lambda version: version.number)
    wanted = [fresh] if newest.number == fresh.number else [newest, fresh]
    found: list[File] = []
    for one in wanted:
        found += files_of(one.text)
        version = agreement.versions.get(number=one.number)
        found += [
            (annex_name(one.number, name, data), media_type, data)
            for name, media_type, data in annexes_of(version)
        ]
    return found


# --- the draft ---------------------------------------------------------------------------


def _draft(
    agreement: Agreement,
    record: catalogue.Record | None,
    wanted: Mapping[str, Any],
    with_files: bool,
    now: datetime,
) -> catalogue.Draft | None:
    """The draft to publish: the one that was left, or a new one. None where another writes."""
    if record is None:
        with transaction.atomic():
            # Under the lock of the agreement: asked for twice within moments, two are here.
            Agreement.objects.select_for_update().get(pk=agreement.pk)
            if catalogue.Record.objects.filter(id=agreement.id).exists():
                raise Conflict
            new = catalogue.NewDraft(dict(wanted), record=agreement.id)
            return catalogue.create_draft(new=new, actor=SYSTEM, now=now)
    draft = catalogue.Draft.objects.filter(record=record, state__in=["open", "publishing"]).first()
    if draft is not None and draft.created_by != SYSTEM.id:
        return None
    if draft is not None and record.state == "published" and draft.replaces_files != with_files:
        catalogue.discard_draft(draft_id=draft.id, actor=SYSTEM, now=now)
        draft = None
    if draft is None:
        return catalogue.create_successor(
            record_id=record.id, actor=SYSTEM, now=now, replaces_files=with_files
        )
    return draft


def _fill(
    draft: catalogue.Draft, wanted: dict[str, Any], files: Sequence[File] | None, now: datetime
) -> None:
    """Words and files of the draft as they are to be; files None: those it has stay."""
    catalogue.edit_draft(draft_id=draft.id, document=wanted, actor=SYSTEM, now=now)
    if files is None:
        return
    digests = {name: hashlib.sha256(data).hexdigest() for name, _, data in files}
    there = dict(catalogue.DraftFile.objects.filter(draft=draft).values_list("name", "sha256"))
    for name in sorted(set(there) - set(digests)):
        catalogue.remove_file(draft_id=draft.id, name=name, actor=SYSTEM, now=now)
    with tempfile.TemporaryDirectory(dir=_scratch()) as folder:
        for name, media_type, data in files:
            if there.get(name) == digests[name]:
                continue
            path = Path(folder) / "file"
            path.write_bytes(data)
            new = catalogue.NewFile(name, path, media_type)
            catalogue.add_file(draft_id=draft.id, file=new, actor=SYSTEM, now=now)
    catalogue.reorder_files(
        draft_id=draft.id, names=[name for name, _, _ in files], actor=SYSTEM, now=now
    )


def _scratch() -> Path:
    folder = Path(settings.TONLE_DATA) / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
