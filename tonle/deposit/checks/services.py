"""Having files read, and deciding what becomes of what was found.

Nothing changes silently: a coarser or cleaner copy comes to lie beside its source, and the
source goes only when its depositor says so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from tonle.catalogue import public as catalogue
from tonle.deposit.access.rules import stricter
from tonle.deposit.checks import reading
from tonle.deposit.checks.models import FileCheck, PersonalFinding
from tonle.deposit.checks.rules.personal import coarse, photographs
from tonle.deposit.checks.rules.personal.scan import suffix_of
from tonle.deposit.checks.rules.personal.traces import Report
from tonle.infra import audit, jobs, keeping
from tonle.infra.idempotency import once
from tonle.infra.ocfl import Place
from tonle.kernel import identifiers
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import N_, Invalid, NotFound, Refusal, Refused, TonleError
from tonle.people import public as people

log = logging.getLogger(__name__)

SYNC_JOB, READ_JOB, COPY_JOB = "deposit.checks.sync", "deposit.checks.read", "deposit.checks.copy"
LONGEST_REASON = 2_000
_ATTEMPTS = 3
# Drafts that are looked after in one hour, and how long nobody must have touched them.
_MOST, _QUIET = 200, timedelta(hours=1)
# What a copy may do to the positions and days in it, and how it is called.
HOWS: dict[str, str] = {
    "tenth": N_("Positions rounded to a tenth of a degree (about 11 km), days to their year"),
    "hundredth": N_("Positions rounded to a hundredth of a degree (about 1 km), days to the year"),
}
# What a finding is, what was decided about it, and which decisions hold for the same bytes.
_FOUND = ("kind", "where", "table", "count", "first_row", "mask", "columns", "decides")
_DECIDED = ("decision", "decided_by", "decided_at", "entry_id")
_STANDS = frozenset({PersonalFinding.KEPT, PersonalFinding.RESTRICTED})
_COARSENABLE = frozenset({"exact_position", "birth_date"})
_CLEANABLE = frozenset({"photo_position", "camera_owner"})


# What else is to be known of a file before it counts as read: (draft id, name, SHA-256, where it
# lies, now). Called outside of any transaction.
AlsoRead = Callable[[str, str, str, Path, datetime], None]
_ALSO: list[AlsoRead] = []


def also_read(reader: AlsoRead) -> None:
    """Let a reader of another subject see each file of a draft while it is read."""
    if reader not in _ALSO:
        _ALSO.append(reader)


def ask(*, draft_id: str, now: datetime) -> None:
    """Have new or changed files of a draft read soon, in the caller's transaction.

    Called again it changes nothing.
    """
    jobs.enqueue(SYNC_JOB, {"draft": draft_id}, run_at=now, unique_key=f"{SYNC_JOB}/{draft_id}")


@jobs.handler(SYNC_JOB, queue="checks", lease_seconds=60)
def _sync_job(run: jobs.Run, now: datetime) -> None:
    sync(run.payload["draft"], now)


@transaction.atomic
def sync(draft_id: str, now: datetime) -> None:
    """Let the checks of a draft be those of the files it has, and have the new ones read.

    Files of the version before bring along what was found in them and decided about it then;
    those that nobody looked into are read as well.
    """
    draft = catalogue.Draft.objects.select_for_update(of=("self",)).filter(id=draft_id).first()
    if draft is None:
        return
    if draft.state != "open":
        # Published or given up: what was decided stays as it was.
        return
    files = {(file.name, file.sha256): file.path == "" for file in draft.files.all()}
    known = {(c.name, c.sha256): c for c in FileCheck.objects.filter(draft=draft)}
    for place, check in known.items():
        if place not in files and check.gone_at is None:
            _leave(check, files.keys() - known.keys(), now)
    before = _published(draft) if any(files.values()) else {}
    for name, sha256 in sorted(files.keys() - {(c.name, c.sha256) for c in _here(draft)}):
        check, made = FileCheck.objects.get_or_create(
            draft=draft,
            name=name,
            sha256=sha256,
            defaults={"id": identifiers.mint(), "asked_at": now},
        )
        if not made:
            # The same file came back: it is decided about anew.
            check.findings.all().delete()
            FileCheck.objects.filter(key=check.key).update(
                gone_at=None, state=FileCheck.WAITING, asked_at=now, rows=0, copy_state=""
            )
        if files[name, sha256] and _carried(before.get(sha256, ()), check):
            continue
        jobs.enqueue(READ_JOB, {"check": check.id}, run_at=now)


def _published(draft: catalogue.Draft) -> dict[str, list[FileCheck]]:
    """What is known of the bytes that were published with the record, the newest last."""
    found: dict[str, list[FileCheck]] = {}
    rows = FileCheck.objects.filter(
        draft__record=draft.record_id,
        draft__state="published",
        state=FileCheck.DONE,
        gone_at=None,
    )
    for check in rows.order_by("key").prefetch_related("findings"):
        found.setdefault(check.sha256, []).append(check)
    return found


def _carried(before: Sequence[FileCheck], check: FileCheck) -> bool:
    """Let a check say what one of the same bytes said; False where none can stand for it.

    Under an ending by which it is read otherwise, a file that told nothing is read anew; one
    in which somebody was found stays one, whatever it is called.
    """
    able = [
        one for one in before if suffix_of(one.name) == suffix_of(check.name) or one.findings.all()
    ]
    if not able:
        return False
    source = max(able, key=lambda one: (one.name == check.name, one.key))
    PersonalFinding.objects.bulk_create(
        PersonalFinding(
            id=identifiers.mint(),
            check_of=check,
            **{
                name: getattr(finding, name)
                for name in (*_FOUND, *(_DECIDED if finding.decision in _STANDS else ()))
            },
        )
        for finding in source.findings.all()
    )
    FileCheck.objects.filter(key=check.key).update(
        state=FileCheck.DONE,
        rows=source.rows,
        notes=source.notes,
        finished_at=source.finished_at,
    )
    return True


@jobs.handler("deposit.checks.catch_up", queue="checks")
def _catch_up(_run: jobs.Run, now: datetime) -> None:
    """Have files read that lie in drafts unread: those begun before files were carried over."""
    checked = FileCheck.objects.filter(
        draft=OuterRef("key"), name=OuterRef("files__name"), sha256=OuterRef("files__sha256")
    )
    drafts = (
        catalogue.Draft.objects.filter(state="open", updated_at__lt=now - _QUIET)
        .exclude(files=None)
        .filter(~Exists(checked.filter(gone_at=None)))
    )
    for draft_id in drafts.values_list("id", flat=True).distinct()[:_MOST]:
        ask(draft_id=draft_id, now=now)


jobs.cron("deposit.checks.catch_up", every_seconds=3600)


def _here(draft: catalogue.Draft) -> list[FileCheck]:
    return list(FileCheck.objects.filter(draft=draft, gone_at=None))


def _leave(check: FileCheck, unread: set[tuple[str, str]], now: datetime) -> None:
    """A file is gone from the draft, or has only another name now: then it was read already.

    By another ending it may be read otherwise, and is; one in which somebody was found
    stays one.
    """
    found = check.findings.exists()
    renamed = [
        name
        for name, sha256 in sorted(unread)
        if sha256 == check.sha256 and (found or suffix_of(name) == suffix_of(check.name))
    ]
    if renamed:
        check.name = renamed[0]
        check.save(update_fields=["name"])
        return
    _gone(check, now)


def _gone(check: FileCheck, now: datetime) -> None:
    """The file left the draft, and with it whatever nobody had decided about."""
    FileCheck.objects.filter(key=check.key).update(gone_at=now, copy_state="")
    check.findings.filter(decides=True, decision="").update(
        decision=PersonalFinding.REMOVED, decided_at=now
    )


def read_now(draft_id: str, now: datetime) -> None:
    """Read here and now what the background has not read yet: for the command line."""
    sync(draft_id, now)
    waiting = FileCheck.objects.filter(draft__id=draft_id, gone_at=None)
    for check in waiting.exclude(state=FileCheck.DONE).order_by("key"):
        found = _bytes_of(check, SYSTEM, now)
        if found is not None:
            with keeping.local(found) as path:
                report = reading.scan(path, check.name, lambda _rows: None)
                for reader in _ALSO:
                    reader(draft_id, check.name, check.sha256, path, now)
            with transaction.atomic():
                _write(check, report, now)


@jobs.handler(READ_JOB, queue="checks", max_attempts=_ATTEMPTS, lease_seconds=180)
def _read_job(run: jobs.Run, now: datetime) -> None:
    """Read one file. A file that takes its reader down thrice is told to be unreadable."""
    check = FileCheck.objects.filter(id=run.payload["check"]).exclude(state=FileCheck.DONE).first()
    found = _bytes_of(check, SYSTEM, now) if check is not None else None
    if check is None or found is None:
        return
    rows = FileCheck.objects.filter(key=check.key)
    rows.update(state=FileCheck.RUNNING)

    def progress(count: int) -> None:
        rows.update(rows=count)
        run.checkpoint(count)

    last = run.attempt >= _ATTEMPTS
    report = Report(notes=["crashed"])
    if not last:
        with keeping.local(found) as path:
            report = reading.scan(path, check.name, progress)
            for reader in _ALSO:
                reader(check.draft.id, check.name, check.sha256, path, now)
    with transaction.atomic():
        _write(check, report, run.now())
        run.complete()


def _bytes_of(check: FileCheck, actor: Actor, now: datetime) -> Place | None:
    """Where the file lies that the check is of; None once it is another, gone, or not theirs."""
    draft = catalogue.Draft.objects.filter(key=check.draft_id).first()
    if draft is None:
        return None
    try:
        file, path = catalogue.draft_file(draft_id=draft.id, name=check.name, actor=actor, now=now)
    except TonleError:
        return None
    return path if file.sha256 == check.sha256 else None


def _write(check: FileCheck, report: Report, now: datetime) -> None:
    """Store what was found. A file that was read before keeps the decisions about it."""
    decided = {(f.kind, f.table, f.where): f for f in check.findings.exclude(decision="").all()}
    check.findings.exclude(key__in=[f.key for f in decided.values()]).delete()
    PersonalFinding.objects.bulk_create(
        PersonalFinding(
            id=identifiers.mint(),
            check_of=check,
            kind=trace.kind,
            where=trace.where[:150],
            table=trace.table[:40],
            count=trace.count,
            first_row=trace.first,
            mask=trace.mask[:200],
            columns=list(trace.columns),
            decides=trace.decide,
        )
        for trace in report.traces[:200]
        if (trace.kind, trace.table, trace.where) not in decided
    )
    FileCheck.objects.filter(key=check.key).update(
        state=FileCheck.DONE, rows=report.rows, notes=report.notes, finished_at=now
    )


# Decisions -------------------------------------------------------------------------------


def keep(
    *,
    draft_id: str,
    finding_ids: Sequence[str],
    reason: str,
    actor: Actor,
    now: datetime,
    key: str | None,
) -> None:
    """Leave what was found where it is, with a reason that the curator reads.

    Raises NotFound, Invalid, Refused.
    """
    words = reason.strip()
    if not finding_ids:
        raise Invalid([("about", N_("Say which of the findings may stay."))])
    if not words:
        raise Invalid([("reason", N_("Say why it may stay: who agreed, or why it is no harm."))])
    if len(words) > LONGEST_REASON:
        raise Invalid([("reason", N_("The reason is too long. Say it in a few sentences."))])

    def work() -> None:
        found = _findings(draft_id, set(finding_ids), actor, now)
        _decide(found, PersonalFinding.KEPT, actor, now, draft_id, words)

    asked = {"keep": sorted(set(finding_ids)), "reason": words}
    once(actor, key, asked, now, work)


def restrict(*, draft_id: str, actor: Actor, now: datetime, key: str | None) -> None:
    """Give the files out on request only: for every finding that is not decided yet.

    It changes the draft's access condition, which holds for all its files. Raises NotFound,
    Refused.
    """

    def work() -> None:
        draft = catalogue.opened_draft(draft_id, actor, now)
        view = catalogue.draft_view(draft_id=draft_id, actor=actor, now=now)
        held = view.document.get("access", {})
        asked = {key: value for key, value in held.items() if key != "embargo_until"}
        # What nobody gets stays what nobody gets.
        access = dict(stricter({**asked, "level": "restricted"}, held))
        catalogue.edit_draft(
            draft_id=draft_id,
            document={**view.document, "access": access},
            actor=actor,
            now=now,
            base=view.edit_seq,
        )
        waiting = PersonalFinding.objects.filter(
            check_of__draft=draft, check_of__gone_at=None, decides=True, decision=""
        )
        _decide(list(waiting), PersonalFinding.RESTRICTED, actor, now, draft_id)

    once(actor, key, {"restrict": draft_id}, now, work)


def remove(*, draft_id: str, check_id: str, actor: Actor, now: datetime, key: str | None) -> None:
    """Take the file out of the draft. Raises NotFound, Refused."""

    def work() -> None:
        check = _check(draft_id, check_id, actor, now)
        findings = list(check.findings.filter(decides=True, decision=""))
        catalogue.remove_file(draft_id=draft_id, name=check.name, actor=actor, now=now)
        _decide(findings, PersonalFinding.REMOVED, actor, now, draft_id)
        _gone(check, now)

    once(actor, key, {"remove": check_id}, now, work)


def ask_copy(
    *, draft_id: str, check_id: str, how: str, actor: Actor, now: datetime, key: str | None
) -> None:
    """Have a coarser or cleaner copy made beside the file. how: "clean", or one of HOWS.

    Raises NotFound, Invalid, Refused.
    """

    def work() -> None:
        check = _check(draft_id, check_id, actor, now)
        if how not in copies_of(check.name, _kinds(check)):
            raise Invalid([("how", N_("Such a copy cannot be made of this file."))])
        # The draft must take the copy: asked now, so that nobody waits for a refusal.
        name = copy_name(check.name, how)
        catalogue.file_room(draft_id=draft_id, name=name, actor=actor, now=now)
        FileCheck.objects.filter(key=check.key).update(copy_state="asked", copy_name=name)
        jobs.enqueue(COPY_JOB, {"check": check.id, "how": how, "actor": actor.id}, run_at=now)

    once(actor, key, {"copy": check_id, "how": how}, now, work)


def take_copy(
    *, draft_id: str, check_id: str, actor: Actor, now: datetime, key: str | None
) -> None:
    """Let the copy replace its source, which is removed now. Raises NotFound, Refused."""

    def work() -> None:
        check = _check(draft_id, check_id, actor, now)
        _offered(check)
        findings = list(
            check.findings.filter(kind__in=_COARSENABLE | _CLEANABLE, decides=True).exclude(
                decision=PersonalFinding.REMOVED
            )
        )
        catalogue.draft_file(draft_id=draft_id, name=check.copy_name, actor=actor, now=now)
        catalogue.remove_file(draft_id=draft_id, name=check.name, actor=actor, now=now)
        _decide(findings, PersonalFinding.COARSENED, actor, now, draft_id)
        _gone(check, now)

    once(actor, key, {"take_copy": check_id}, now, work)


def drop_copy(
    *, draft_id: str, check_id: str, actor: Actor, now: datetime, key: str | None
) -> None:
    """Take the copy away again; its source stays. Raises NotFound, Refused."""

    def work() -> None:
        check = _check(draft_id, check_id, actor, now)
        _offered(check)
        catalogue.remove_file(draft_id=draft_id, name=check.copy_name, actor=actor, now=now)
        FileCheck.objects.filter(key=check.key).update(copy_state="", copy_name="")

    once(actor, key, {"drop_copy": check_id}, now, work)


def clean_now(*, draft_id: str, check_id: str, actor: Actor, now: datetime) -> bool:
    """Let a copy without place and owner be in the place of a photograph, under its name.

    For who has said so beforehand. False where no such copy can be made: the file stays.
    Raises NotFound, Refused.
    """
    check = _check(draft_id, check_id, actor, now)
    found = _bytes_of(check, actor, now)
    if found is None or "clean" not in copies_of(check.name, _kinds(check)):
        return False
    name, copied, target = check.name, copy_name(check.name, "clean"), incoming()
    try:
        with keeping.local(found) as path:
            reading.clean(path, target)
        catalogue.take_file(draft_id=draft_id, name=copied, spooled=target, actor=actor, now=now)
    except reading.CannotCopy:
        return False
    finally:
        target.unlink(missing_ok=True)
    FileCheck.objects.filter(key=check.key).update(copy_state="offered", copy_name=copied)
    take_copy(draft_id=draft_id, check_id=check_id, actor=actor, now=now, key=None)
    catalogue.rename_file(draft_id=draft_id, name=copied, to=name, actor=actor, now=now)
    return True


def copies_of(name: str, kinds: set[str]) -> tuple[str, ...]:
    """Which copies can be made of a file in which these kinds were found."""
    if kinds & _CLEANABLE and photographs.can_clean(name):
        return ("clean",)
    if kinds & _COARSENABLE and coarse.can_coarsen(name):
        return tuple(HOWS)
    return ()


def copy_name(name: str, how: str) -> str:
    """`plots.csv` becomes `plots-coarse.csv`, in the same folder."""
    stem, dot, ending = name.rpartition(".")
    word = "clean" if how == "clean" else "coarse"
    return f"{stem}-{word}{dot}{ending}"


@jobs.handler(COPY_JOB, queue="checks", max_attempts=_ATTEMPTS, lease_seconds=900)
def _copy_job(run: jobs.Run, now: datetime) -> None:
    """Make a copy and put it into the draft, as the person who asked for it."""
    check = FileCheck.objects.filter(
        id=run.payload["check"], copy_state="asked", gone_at=None
    ).first()
    # Read as the person who asked: what they may not have, they may not have more coarsely.
    actor = people.actor_by_id(run.payload["actor"], now)
    found = _bytes_of(check, actor, now) if check is not None else None
    if check is None or found is None:
        return
    rows = FileCheck.objects.filter(key=check.key)
    draft = catalogue.Draft.objects.get(key=check.draft_id)
    target = incoming()
    try:
        with keeping.local(found) as path:
            _make(check, path, target, run.payload["how"])
        catalogue.take_file(
            draft_id=draft.id,
            name=check.copy_name,
            spooled=target,
            actor=actor,
            now=now,
        )
        rows.update(copy_state="offered")
    except (reading.CannotCopy, TonleError) as error:
        log.info("No copy of a file of draft %s could be made: %s", draft.id, type(error).__name__)
        rows.update(copy_state="impossible", copy_name="")
    finally:
        target.unlink(missing_ok=True)


def incoming() -> Path:
    """Where a file may be written before a draft takes it; left by a crash, it is swept away."""
    folder: Path = settings.TONLE_DATA / "drafts" / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / identifiers.mint()


def _make(check: FileCheck, path: Path, target: Path, how: str) -> None:
    if how == "clean":
        reading.clean(path, target)
        return
    step: coarse.How = "tenth" if how == "tenth" else "hundredth"
    columns: dict[int, coarse.How] = {}
    for finding in check.findings.filter(kind__in=_COARSENABLE):
        for place in finding.columns:
            columns[place] = "year" if finding.kind == "birth_date" else step
    kinds: dict[str, coarse.How] = {
        "latitude": step, "longitude": step, "position": step, "birth_date": "year",
    }  # fmt: skip
    reading.coarsen(path, check.name, target, columns=columns, kinds=kinds)


# --- how it is put together --------------------------------------------------------------


def _check(draft_id: str, check_id: str, actor: Actor, now: datetime) -> FileCheck:
    draft = catalogue.opened_draft(draft_id, actor, now)
    check = FileCheck.objects.filter(draft=draft, id=check_id, gone_at=None).first()
    if check is None:
        raise NotFound
    return check


def _findings(
    draft_id: str, finding_ids: set[str], actor: Actor, now: datetime
) -> list[PersonalFinding]:
    draft = catalogue.opened_draft(draft_id, actor, now)
    found = PersonalFinding.objects.filter(
        check_of__draft=draft, check_of__gone_at=None, id__in=finding_ids
    )
    if len(found) != len(finding_ids):
        raise NotFound
    return list(found)


def _kinds(check: FileCheck) -> set[str]:
    return set(check.findings.values_list("kind", flat=True))


def _offered(check: FileCheck) -> None:
    if check.copy_state != "offered":
        raise Refused([Refusal("no_copy", N_("There is no copy yet. Ask for one first."))])


def _decide(
    findings: list[PersonalFinding],
    decision: str,
    actor: Actor,
    now: datetime,
    draft_id: str,
    reason: str = "",
) -> None:
    if not findings:
        return
    entry = audit.record(
        f"deposit.finding_{decision}",
        "catalogue.draft",
        draft_id,
        actor,
        now,
        {"findings": [[finding.id, finding.kind] for finding in findings]},
        personal={"reason": reason} if reason else None,
    )
    PersonalFinding.objects.filter(key__in=[finding.key for finding in findings]).update(
        decision=decision, decided_by=actor.id, decided_at=now, entry=entry
    )


def watch(sender: Any, instance: Any, update_fields: Any, **_: Any) -> None:
    """A draft's files changed: have them read. Connected to the draft's own signal."""
    del sender
    if update_fields and "files_seq" in update_fields:
        ask(draft_id=instance.id, now=instance.updated_at)
