"""Many newcomers' deposits declined by one press, with their accounts; and all of it undone.

A person reads a group and presses; the work follows in a job, some dozens at a time, so
that nobody waits for a thousand steps and a crash goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from tonle.deposit.curation import permissions, services, telling
from tonle.deposit.curation.machine import DECLINE_REASONS, SUBMISSION
from tonle.deposit.curation.models import Clearing, Submission
from tonle.deposit.curation.rules.likeness import groups
from tonle.deposit.curation.selectors import titles_of
from tonle.infra import audit, jobs
from tonle.infra.idempotency import once
from tonle.infra.lifecycle import perform_many
from tonle.kernel import canonical, identifiers
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Invalid, NotFound, NotPermitted, TonleError
from tonle.kernel.sentences import invalid
from tonle.people import public as people

CARRY_OUT, UNDO = "deposit.clear", "deposit.undo_clearing"
MOST = 2000  # Deposits looked at, and declined by one press.
BATCH = 50
EXCERPT = 200  # Characters.
_WAITING = ("submitted", "in_review")


@dataclass(frozen=True)
class Member:
    """One deposit of a group.

    excerpt: the beginning of its first description. days_old: age of its depositor's account,
    in whole days.
    """

    id: str
    titles: dict[str, str]
    excerpt: str
    depositor: str
    days_old: int
    handed_in_at: datetime | None


@dataclass(frozen=True)
class Group:
    """Deposits whose words are nearly the same, or one that stands alone."""

    members: tuple[Member, ...]
    accounts: int
    youngest_days: int
    oldest_days: int

    @property
    def ids(self) -> str:
        """All of them, exactly as they were shown: a press declines what somebody saw."""
        return " ".join(member.id for member in self.members)


def newcomer_groups(
    actor: Actor, now: datetime, *, younger_than_days: int | None = None
) -> list[Group]:
    """Newcomers' waiting deposits by likeness, the largest group first; at most 2,000.

    younger_than_days: only accounts opened since then. It groups and never judges.
    Raises NotFound for somebody without a desk. Two queries.
    """
    if not permissions.is_curator(actor):
        raise NotFound
    rows = list(
        Submission.objects.filter(
            permissions.curated_by(actor), newcomer=True, state__in=_WAITING, clearing=None
        )
        .select_related("draft__record__document")
        .order_by("handed_in_at", "id")[:MOST]
    )
    known = people.known(row.depositor for row in rows)
    found: dict[str, Member] = {}
    for row in rows:
        who = known.get(row.depositor)
        days = (now - who.created_at).days if who else 0
        if younger_than_days is not None and days >= younger_than_days:
            continue
        name = (who.name or who.email) if who else ""
        found[row.id] = Member(row.id, titles_of(row), _excerpt(row), name, days, row.handed_in_at)
    by_id = {row.id: row for row in rows}
    made = []
    for names in groups({name: by_id[name].sketch for name in found}):
        members = tuple(found[name] for name in names)
        ages = [member.days_old for member in members]
        accounts = len({by_id[name].depositor for name in names})
        made.append(Group(members, accounts, min(ages), max(ages)))
    return made


def _excerpt(row: Submission) -> str:
    """Enough of its words to see what it is."""
    document = canonical.loads(bytes(row.draft.body)) if row.draft.body else {}
    texts = (text for one in document.get("descriptions", ()) for text in one["text"].values())
    found = " ".join(next(texts, "")[: 2 * EXCERPT].split())
    return found if len(found) <= EXCERPT else found[: EXCERPT - 1] + "…"


def clear(
    *,
    draft_ids: Sequence[str],
    reason: str,
    text: str,
    close_accounts: bool,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> Clearing:
    """Decline many deposits with one reason, and close their accounts if asked.

    Each depositor is told why, and how to appeal. What somebody else took on, decided or
    took back meanwhile is left alone. Raises NotPermitted, Invalid.
    """
    wanted = sorted(set(draft_ids))
    if not permissions.is_curator(actor):
        raise NotPermitted(reason=N_("Only a curator may do this."))
    if close_accounts and not permissions.keeps_node(actor):
        raise NotPermitted(reason=N_("Only the node's curators may close accounts."))
    if close_accounts:
        _demand_accounts(actor)
    if reason not in DECLINE_REASONS:
        raise invalid("reason", N_("Choose a reason."))
    words = text.strip()
    if not words:
        raise Invalid([("text", N_("Say why: everybody who is declined reads it."))])
    if not wanted:
        raise Invalid([("group", N_("Tick at least one group."))])
    if len(wanted) > MOST or len(words) > 4000:
        raise invalid("group", N_("At most %(limit)s deposits at a time."), limit=MOST)

    def work() -> str:
        entry = audit.record(
            "deposit.clear", "deposit.clearing", "", actor, now,
            {"reason": reason, "accounts": close_accounts, "deposits": len(wanted)},
            personal={"text": words},
        )  # fmt: skip
        made = Clearing.objects.create(
            id=identifiers.mint(),
            actor=actor.id,
            at=now,
            reason=reason,
            closes_accounts=close_accounts,
            size=len(wanted),
            entry=entry,
        )
        rows = Submission.objects.filter(
            permissions.curated_by(actor), state__in=_WAITING, newcomer=True, clearing=None
        )
        for start in range(0, len(wanted), 500):
            rows.filter(id__in=wanted[start : start + 500]).update(clearing=made)
        jobs.enqueue(CARRY_OUT, {"clearing": made.id}, run_at=now)
        return made.id

    asked = {"clear": wanted, "reason": reason, "text": words, "accounts": close_accounts}
    return Clearing.objects.get(id=once(actor, key, asked, now, work))


def _demand_accounts(actor: Actor) -> None:
    """A token that closes or opens accounts has the scope for it, whatever else it may."""
    if not people.covers(actor, "accounts"):
        raise NotPermitted(
            reason=N_("This token is not for that. Use one with the right scope, or sign in.")
        )


def undo(*, clearing_id: str, actor: Actor, now: datetime) -> Clearing:
    """Take a clearing back: its deposits wait again, its accounts open again. Twice is once."""
    with transaction.atomic():
        made = Clearing.objects.select_for_update().filter(id=clearing_id).first()
        if made is None or not permissions.is_curator(actor):
            raise NotFound
        if not (permissions.keeps_node(actor) or actor.id == made.actor):
            raise NotPermitted(reason=N_("Only the node's curators may undo this."))
        if made.closes_accounts:
            _demand_accounts(actor)
        if made.undone_at is None:
            made.undone_at, made.undone_by = now, actor.id
            made.save(update_fields=["undone_at", "undone_by"])
            audit.record("deposit.undo_clearing", "deposit.clearing", made.id, actor, now)
            jobs.enqueue(UNDO, {"clearing": made.id}, run_at=now)
    return made


@dataclass(frozen=True)
class Progress:
    """A clearing as the desk lists it."""

    clearing: Clearing
    who: str
    text: str
    left: int


def clearings_seen_by(actor: Actor) -> QuerySet[Clearing]:
    """All of them for who keeps the node, else one's own. Raises NotFound without a desk."""
    if not permissions.is_curator(actor):
        raise NotFound
    rows = Clearing.objects.all()
    return rows if permissions.keeps_node(actor) else rows.filter(actor=actor.id)


def clearings(actor: Actor) -> list[Progress]:
    """The last fifty clearings, the newest first. Raises NotFound for somebody without a desk."""
    return progress(clearings_seen_by(actor).order_by("-at", "-key")[:50])


def progress(rows: Iterable[Clearing]) -> list[Progress]:
    """How far each has come."""
    found = list(rows)
    known = people.known(row.actor for row in found)
    texts = audit.personal([row.entry_id for row in found])
    return [
        Progress(
            row,
            (known[row.actor].name or known[row.actor].email) if row.actor in known else "",
            texts.get(row.entry_id, {}).get("text", ""),
            row.submissions.filter(state__in=_WAITING).count(),
        )
        for row in found
    ]


# --- the work ----------------------------------------------------------------------------


@jobs.handler(CARRY_OUT, lease_seconds=120, max_attempts=20)
def _carry_out(run: jobs.Run, now: datetime) -> None:
    """Decline what the press named, batch by batch, in the name of whoever pressed."""
    made = Clearing.objects.get(id=run.payload["clearing"])
    actor = people.actor_by_id(made.actor, now)
    words = audit.personal([made.entry_id]).get(made.entry_id, {}).get("text", "")
    last = run.progress or 0
    while rows := _batch(made, last, _WAITING):
        if made.undone_at is not None:
            return
        with transaction.atomic():
            closing = _decline(made, rows, actor, words, now)
            last = rows[-1].key
            run.checkpoint(last)
        if closing:
            _close(closing, words, actor, now)
        made.refresh_from_db()
        if run.stopping:
            raise jobs.Paused
    Submission.objects.filter(clearing=made, state__in=_WAITING).update(clearing=None)


def _batch(made: Clearing, last: int, states: Sequence[str]) -> list[Submission]:
    rows = Submission.objects.filter(clearing=made, key__gt=last, state__in=states)
    return list(rows.select_related("draft__record").order_by("key")[:BATCH])


def _decline(
    made: Clearing, rows: list[Submission], actor: Actor, words: str, now: datetime
) -> list[str]:
    """Returns the accounts to close: those whose deposit was declined."""
    perform_many(SUBMISSION, rows, "decline", actor, now, note=words)
    moved = [row for row in rows if row.state == "declined"]
    for row in moved:
        services.decided(row, actor, now)
        row.decline_reason = made.reason
        row.curator = ""
        row.updated_at = now
    Submission.objects.bulk_update(
        moved, ["decided_by", "decided_at", "due_on", "decline_reason", "curator", "updated_at"]
    )
    # What was refused (taken on by somebody else meanwhile) is on the desk again.
    left = [row.key for row in rows if row.state != "declined"]
    Submission.objects.filter(key__in=left).update(clearing=None)
    for row in moved:
        telling.depositor(row, "deposit.declined", now)
    return sorted({row.depositor for row in moved}) if made.closes_accounts else []


def _close(accounts: Sequence[str], words: str, actor: Actor, now: datetime) -> None:
    """Close them together; where one must stay open (it holds a role by now), one by one."""
    try:
        people.suspend_accounts(accounts=accounts, reason=words, actor=actor, now=now)
    except TonleError:
        for account in accounts:
            try:
                people.suspend_accounts(accounts=[account], reason=words, actor=actor, now=now)
            except TonleError:
                # Somebody vouched for them, or they are a colleague: a person decides again.
                continue


@jobs.handler(UNDO, lease_seconds=120, max_attempts=20)
def _undo(run: jobs.Run, now: datetime) -> None:
    """Open everything again that the clearing closed and that nobody decided on since."""
    made = Clearing.objects.get(id=run.payload["clearing"])
    actor = people.actor_by_id(made.undone_by, now)
    last = run.progress or 0
    while rows := _batch(made, last, ("declined", *_WAITING)):
        with transaction.atomic():
            closed = [row for row in rows if row.state == "declined"]
            perform_many(SUBMISSION, closed, "reopen", actor, now)
            for row in closed:
                if row.state == "submitted":
                    row.decline_reason, row.updated_at = "", now
            Submission.objects.bulk_update(closed, ["decline_reason", "updated_at"])
            if made.closes_accounts:
                for account in sorted({row.depositor for row in rows}):
                    people.restore_account(account_id=account, actor=actor, now=now)
            for row in closed:
                telling.depositor(row, "deposit.reopened", now)
            last = rows[-1].key
            Submission.objects.filter(key__in=[row.key for row in rows]).update(clearing=None)
            run.checkpoint(last)
        if run.stopping:
            raise jobs.Paused
