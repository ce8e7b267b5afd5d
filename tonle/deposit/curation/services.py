"""What people do with submissions. Page, API and command all come through here.

Publishing what was accepted is in `publishing`, links for reviewers in `links`, many at
once in `clearing`, taking back what is public in `withdrawals`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from tonle.catalogue import public as catalogue
from tonle.deposit import checks
from tonle.deposit.access.rules import stated
from tonle.deposit.curation import permissions, promises, telling
from tonle.deposit.curation.cases import is_vouched, takes_deposits
from tonle.deposit.curation.machine import CLOSED, DECLINE_REASONS, SUBMISSION
from tonle.deposit.curation.models import Remark, Submission
from tonle.deposit.curation.rules.likeness import sketch, words_of
from tonle.deposit.kinds import deposited
from tonle.infra import audit
from tonle.infra.idempotency import once
from tonle.infra.lifecycle import Outcome, perform
from tonle.kernel import canonical
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Invalid, NotFound, Refusal, Refused
from tonle.kernel.sentences import invalid
from tonle.search import public as search

LONGEST = 10_000  # Characters of a comment: more is a document, and belongs into a file.
MOST_FIELDS = 100


def start(
    *,
    kind: str,
    actor: Actor,
    now: datetime,
    key: str | None = None,
    community: str = "",
    document: dict[str, Any] | None = None,
) -> Submission:
    """Begin a deposit: a draft, and the submission that it is handed in with.

    community: the public id of one that takes deposits, or "" for the node itself. So must
    every other that the document names. The same key again returns the first one. Raises
    NotPermitted, Invalid, Refused.
    """
    if kind not in {one.name for one in deposited()}:
        raise invalid("kind", N_("Nothing of this kind is deposited here: %(kind)s."), kind=kind)
    given = document or {}
    check_communities([community] if community else given.get("communities"), actor)
    body = {"titles": {}, **given, "access": stated(given), "kind": kind}
    if community:
        body["communities"] = [community]

    def work() -> str:
        draft = catalogue.create_draft(
            new=catalogue.NewDraft(body, community=community), actor=actor, now=now
        )
        return _submission_of(draft, actor, now, "new").id

    asked = {"start": kind, "community": community, "document": canonical.digest(body)}
    return _get(once(actor, key, asked, now, work))


def start_next(*, record_id: str, replaces_files: bool, actor: Actor, now: datetime) -> Submission:
    """Begin what comes after a published version: new files, or corrected words.

    Where somebody writes it already, that submission comes back. Raises NotFound,
    NotPermitted, Refused.
    """
    with transaction.atomic():
        draft = catalogue.create_successor(
            record_id=record_id, actor=actor, now=now, replaces_files=replaces_files
        )
        known = Submission.objects.filter(draft=draft).first()
        if known is not None:
            permissions.demand(permissions.may_read(actor, known))
            return known
        # Its files are read or known from the first moment: a deposit begun by a program may be
        # handed in a second later.
        checks.sync(draft.id, now)
        return _submission_of(draft, actor, now, "version" if draft.replaces_files else "revision")


def _submission_of(draft: Any, actor: Actor, now: datetime, brings: str) -> Submission:
    return Submission.objects.create(
        id=draft.id,
        draft=draft,
        record_id=draft.record.id,
        kind=draft.record.kind,
        brings=brings,
        community=draft.community,
        depositor=actor.id,
        created_at=now,
        updated_at=now,
    )


def check_communities(named: Any, actor: Actor, known: Collection[str] = ()) -> None:
    """Raises Refused unless each of these communities takes deposits from the actor.

    named: as a document has it; what is no list of names is for the schema to refuse. known:
    those that need not be asked.
    """
    asked = named if isinstance(named, list) else []
    # Each once: a list may say one name as often as it likes.
    for name in dict.fromkeys(name for name in asked if isinstance(name, str)):
        if name not in known and not takes_deposits(name, actor):
            raise Refused(
                [Refusal("no_such_community", N_("This community takes no deposit from you."))]
            )


# --- the depositor -----------------------------------------------------------------------


def hand_in(*, draft_id: str, actor: Actor, now: datetime, key: str | None = None) -> Submission:
    """Ask the curators to look. Handed in already, nothing happens.

    Raises NotFound, NotPermitted, Refused with everything that is missing.
    """

    def work(submission: Submission) -> None:
        if submission.state in {"submitted", "in_review"}:
            return
        perform(SUBMISSION, submission, "hand_in", actor, now)
        submission.handed_in_at = now
        submission.due_on = promises.due_on(now)
        submission.newcomer = not is_vouched(submission.depositor, now)
        submission.curator = ""
        submission.sketch = _sketch(submission)
        _save(submission, now)
        telling.curators(submission, "deposit.handed_in", now)

    return _do({"hand_in": draft_id}, draft_id, actor, now, key, work, with_siblings=True)


def take_back(*, draft_id: str, actor: Actor, now: datetime, key: str | None = None) -> Submission:
    """Have it back from the curators, to change it. Taken back already, nothing happens."""

    def work(submission: Submission) -> None:
        if submission.state == "preparing":
            return
        remember_seen(submission)
        seen = bytes(submission.seen_body), submission.seen_files
        perform(SUBMISSION, submission, "take_back", actor, now)
        submission.seen_body, submission.seen_files = seen
        submission.curator, submission.due_on = "", None
        _save(submission, now)

    return _do({"take_back": draft_id}, draft_id, actor, now, key, work)


def discard(*, draft_id: str, actor: Actor, now: datetime, key: str | None = None) -> Submission:
    """Give it up. Its words and files are removed; that it was there stays in the audit."""

    def work(submission: Submission) -> None:
        if submission.state == "discarded":
            return
        perform(SUBMISSION, submission, "discard", actor, now)
        forget(submission)
        _save(submission, now)
        if submission.draft.state == "open":
            catalogue.discard_draft(draft_id=submission.id, actor=actor, now=now)

    return _do({"discard": draft_id}, draft_id, actor, now, key, work)


def appeal(
    *, draft_id: str, text: str, actor: Actor, now: datetime, key: str | None = None
) -> Submission:
    """Ask that somebody else decides anew. Appealed already, nothing happens."""
    words = _words(text, N_("Say why the decision should be looked at again."))

    def work(submission: Submission) -> None:
        if submission.state == "appealed":
            return
        perform(SUBMISSION, submission, "appeal", actor, now, note=words)
        submission.appeals += 1
        submission.handed_in_at = now
        submission.due_on = promises.due_on(now)
        _save(submission, now)
        telling.curators(submission, "deposit.appealed", now)

    return _do({"appeal": draft_id, "text": words}, draft_id, actor, now, key, work)


# --- the curators ------------------------------------------------------------------------


def claim(*, draft_id: str, actor: Actor, now: datetime, key: str | None = None) -> Submission:
    """Take it on. Of two at once one has it; the other is told who (Refused, `claimed`)."""

    def work(submission: Submission) -> None:
        if submission.state == "in_review" and submission.curator == actor.id:
            return
        perform(SUBMISSION, submission, "claim", actor, now)
        submission.curator = actor.id
        _save(submission, now)

    return _do({"claim": draft_id}, draft_id, actor, now, key, work)


def release(*, draft_id: str, actor: Actor, now: datetime, key: str | None = None) -> Submission:
    """Let another curator take it on; any curator may, since people fall ill."""

    def work(submission: Submission) -> None:
        if submission.state == "submitted":
            permissions.demand(permissions.may_curate(actor, submission))
            return
        perform(SUBMISSION, submission, "release", actor, now)
        submission.curator = ""
        _save(submission, now)

    return _do({"release": draft_id}, draft_id, actor, now, key, work)


def comment(
    *,
    draft_id: str,
    text: str,
    visible_to_depositor: bool = True,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> Submission:
    """Say something: to everybody who reads it, or among curators only."""
    words = _words(text, N_("Write something first."))
    asked = {"comment": draft_id, "text": words, "shown": visible_to_depositor}

    def work(submission: Submission) -> None:
        shown = visible_to_depositor or permissions.deposits(actor, submission)
        remark(submission, words, actor, now, shown=shown)
        _save(submission, now)
        if not shown:
            return
        if permissions.deposits(actor, submission):
            telling.whoever_has_it(submission, "deposit.comment", now)
        else:
            telling.depositor(submission, "deposit.comment", now)

    return _do(asked, draft_id, actor, now, key, work)


def ask_changes(
    *,
    draft_id: str,
    text: str = "",
    fields: Mapping[str, str] | None = None,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> Submission:
    """Give it back to its depositor with what is to change, as a whole or field by field.

    fields: key of the document (or "files") to what is to change there.
    """
    wanted = {
        name: _words(said, "") for name, said in (fields or {}).items() if said and said.strip()
    }
    if len(wanted) > MOST_FIELDS or any(len(name) > 60 for name in wanted):
        raise invalid("fields", N_("At most %(limit)s fields can be named."), limit=MOST_FIELDS)
    if not wanted and not text.strip():
        raise invalid("text", N_("Say what is to be changed."))
    words = _words(text, "") if text.strip() else ""

    def work(submission: Submission) -> None:
        remember_seen(submission)
        seen = bytes(submission.seen_body), submission.seen_files
        perform(SUBMISSION, submission, "ask_changes", actor, now, note=words or None)
        submission.seen_body, submission.seen_files = seen
        submission.due_on = None
        for name, said in wanted.items():
            remark(submission, said, actor, now, field=name)
        _save(submission, now)
        telling.depositor(submission, "deposit.changes_asked", now)

    asked = {"ask_changes": draft_id, "text": words, "fields": wanted}
    return _do(asked, draft_id, actor, now, key, work)


def decline(
    *,
    draft_id: str,
    reason: str,
    text: str,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> Submission:
    """Say no, with a reason. The depositor is told it, and how to appeal."""
    if reason not in DECLINE_REASONS:
        raise invalid("reason", N_("Choose a reason."))
    words = _words(text, N_("Say why, so that the depositor can do something about it."))

    def work(submission: Submission) -> None:
        if submission.state == "declined":
            permissions.demand(permissions.may_curate(actor, submission))
            return
        perform(SUBMISSION, submission, "decline", actor, now, note=words)
        decided(submission, actor, now)
        submission.decline_reason = reason
        _save(submission, now)
        telling.depositor(submission, "deposit.declined", now)

    asked = {"decline": draft_id, "reason": reason, "text": words}
    return _do(asked, draft_id, actor, now, key, work)


def reopen(
    *, draft_id: str, text: str, actor: Actor, now: datetime, key: str | None = None
) -> Submission:
    """Take a refusal back: it waits again, as if it had just been handed in."""
    words = _words(text, N_("Say why it is opened again."))
    return _open_again("reopen", draft_id, words, actor, now, key)


def decide_appeal(
    *, draft_id: str, grant: bool, text: str, actor: Actor, now: datetime, key: str | None = None
) -> Submission:
    """Decide on an appeal: another curator than the one who declined, where there is one."""
    words = _words(text, N_("Say why, so that the depositor understands the decision."))
    if grant:
        return _open_again("overturn", draft_id, words, actor, now, key)

    def work(submission: Submission) -> None:
        perform(SUBMISSION, submission, "uphold", actor, now, note=words)
        submission.due_on = None
        _save(submission, now)
        telling.depositor(submission, "deposit.appeal_decided", now)

    return _do({"uphold": draft_id, "text": words}, draft_id, actor, now, key, work)


def _open_again(
    event: str, draft_id: str, words: str, actor: Actor, now: datetime, key: str | None
) -> Submission:
    def work(submission: Submission) -> None:
        if event == "reopen" and submission.state == "submitted":
            permissions.demand(permissions.may_curate(actor, submission))
            return
        perform(SUBMISSION, submission, event, actor, now, note=words)
        submission.curator = submission.decline_reason = ""
        submission.handed_in_at, submission.due_on = now, promises.due_on(now)
        _save(submission, now)
        telling.depositor(submission, "deposit.reopened", now)

    return _do({event: draft_id, "text": words}, draft_id, actor, now, key, work)


# --- shared ------------------------------------------------------------------------------


def load(draft_id: str, actor: Actor) -> Submission:
    """A submission the actor may know of, for writing; hidden and absent are one answer."""
    submission = Submission.objects.select_related("draft__record").filter(id=draft_id).first()
    if submission is None or not permissions.may_read(actor, submission):
        raise NotFound
    return submission


def _do(
    asked: dict[str, Any],
    draft_id: str,
    actor: Actor,
    now: datetime,
    key: str | None,
    work: Callable[[Submission], None],
    *,
    with_siblings: bool = False,
) -> Submission:
    """One thing done to one submission, once for one key, with its row locked.

    with_siblings: the depositor's other submissions are locked too, where a guard counts them.
    """

    def locked() -> str:
        known = load(draft_id, actor)
        if with_siblings:
            # All in one order, so that two of them at once wait and never lock crosswise.
            rows = Submission.objects.filter(depositor=known.depositor).order_by("key")
            list(rows.select_for_update().values_list("key", flat=True))
        work(lock(draft_id))
        return draft_id

    once(actor, key, asked, now, locked)
    return _get(draft_id)


def lock(draft_id: str) -> Submission:
    """The row, locked until the transaction ends. Two actions at once follow each other."""
    return (
        Submission.objects.select_for_update(of=("self",))
        .select_related("draft__record")
        .get(id=draft_id)
    )


def _get(draft_id: str) -> Submission:
    return Submission.objects.select_related("draft__record").get(id=draft_id)


def _save(submission: Submission, now: datetime) -> None:
    """Everything but the state, which the machine alone writes."""
    submission.updated_at = now
    submission.save(
        update_fields=[
            "updated_at", "handed_in_at", "due_on", "newcomer", "curator", "decided_by",
            "decided_at", "decline_reason", "appeals", "seen_body", "seen_files", "sketch",
        ]
    )  # fmt: skip


def save(submission: Submission, now: datetime) -> None:
    _save(submission, now)


def decided(submission: Submission, actor: Actor, now: datetime) -> None:
    submission.decided_by, submission.decided_at = actor.id, now
    submission.due_on = None


def remember_seen(submission: Submission) -> None:
    """Keep what curators have seen, for "what changed since"."""
    submission.seen_body = bytes(submission.draft.body)
    submission.seen_files = [
        [name, sha256]
        for name, sha256 in submission.draft.files.order_by("position").values_list(
            "name", "sha256"
        )
    ]


def _sketch(submission: Submission) -> str:
    """What its words are like, in the words that search would find it by."""
    written = words_of(canonical.loads(bytes(submission.draft.body)))
    return sketch(search.word_texts(search.normalise(written)))


def forget(submission: Submission) -> None:
    """What a closed submission keeps of the words it carried: nothing."""
    submission.seen_body, submission.seen_files, submission.sketch = b"", [], ""


def remark(
    submission: Submission,
    words: str,
    actor: Actor,
    now: datetime,
    *,
    field: str = "",
    shown: bool = True,
) -> Remark:
    """Keep what somebody said, beside the audit chain. In the caller's transaction."""
    entry = audit.record(
        "deposit.remark",
        SUBMISSION.name,
        submission.id,
        actor,
        now,
        {"field": field, "shown": shown},
        personal={"text": words},
    )
    return Remark.objects.create(
        submission=submission,
        entry=entry,
        author=actor.id,
        at=now,
        field=field,
        seq=submission.state_seq,
        visible_to_depositor=shown,
    )


def _words(text: str, empty: str) -> str:
    """What somebody wrote, cut of blank ends. Raises Invalid where nothing is said."""
    words = text.replace("\r\n", "\n").strip()
    if not words and empty:
        raise Invalid([("text", empty)])
    if len(words) > LONGEST:
        raise invalid("text", N_("At most %(limit)s characters can be sent."), limit=LONGEST)
    return words


def closed(submission: Submission) -> bool:
    return submission.state in CLOSED


__all__ = [
    "Outcome", "appeal", "ask_changes", "claim", "comment", "decide_appeal", "decline",
    "discard", "hand_in", "release", "reopen", "start", "start_next", "take_back",
]  # fmt: skip
