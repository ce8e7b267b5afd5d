"""Questions about submissions. Each starts from the actor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language

from tonle.api import public as api
from tonle.catalogue import public as catalogue
from tonle.deposit.curation import permissions
from tonle.deposit.curation.machine import DECLINE_REASONS, HAPPENED, SUBMISSION
from tonle.deposit.curation.models import Remark, ShareLink, Submission
from tonle.deposit.curation.rules.differences import Difference, differences
from tonle.infra import audit, days
from tonle.infra.lifecycle import history, prospects
from tonle.kernel import canonical
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import N_, NotFound, Refusal
from tonle.people import public as people
from tonle.web.public import language_tag, said_code

DEPOSITOR, CURATOR = N_("the depositor"), N_("a curator")

# Which states each tab of the desk shows, and in which order.
TABS: dict[str, tuple[str, ...]] = {
    "waiting": ("submitted", "in_review"),
    "mine": ("in_review", "changes_asked"),
    "newcomers": ("submitted", "in_review"),
    "changes": ("changes_asked",),
    "appeals": ("appealed",),
    "done": ("published", "declined", "discarded"),
}
TAB_LABELS: dict[str, str] = {
    "waiting": N_("Waiting"),
    "mine": N_("Mine"),
    "newcomers": N_("Newcomers"),
    "changes": N_("Changes asked"),
    "appeals": N_("Appeals"),
    "done": N_("Done"),
}
# What is done is read from its newest end.
ORDER = {"done": ("-updated_at", "id")}
PAGE = 20


@dataclass(frozen=True)
class Row:
    """A submission as lists show it. titles: language map; days: whole days it has waited."""

    id: str
    record_id: str
    kind: str
    brings: str
    titles: dict[str, str]
    state: str
    state_label: str
    community: str
    depositor: str
    curator: str
    newcomer: bool
    updated_at: datetime
    handed_in_at: datetime | None
    days: int
    due_on: date | None
    late: bool


@dataclass(frozen=True)
class Moment:
    """One entry of a timeline: a step, or a comment.

    event: the machine's word, or "comment". label: a message that says what happened.
    who: a name, or a message such as "a curator". private: among curators only.
    """

    at: datetime
    event: str
    label: str
    who: str
    text: str
    private: bool = False
    asked: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class SubmissionView:
    """A submission as its depositor or a curator sees it.

    document, files: as they stand now (`catalogue.DraftView`). asked: field to what a curator
    wants changed there, while that is open; said: what they said of the whole, or why they
    declined. can: events that this actor may bring about now. refusals: event to what stands
    in its way. changes: since curators saw it last; against: compared with what is published,
    where this comes after it. next_step: for this reader.
    """

    row: Row
    draft: Any
    timeline: tuple[Moment, ...]
    asked: dict[str, list[str]]
    said: str
    can: frozenset[str]
    refusals: dict[str, tuple[Refusal, ...]]
    changes: tuple[Difference, ...]
    against: tuple[Difference, ...]
    links: tuple[ShareLink, ...]
    decline_reason: str
    is_mine: bool
    curates: bool
    depositor_id: str
    vouched: bool
    claimed_by_me: bool
    next_step: str
    who_acts: str

    @property
    def id(self) -> str:
        return self.row.id

    @property
    def declined_for(self) -> str:
        """The message of the reason for which it was declined; "" where it was not."""
        return DECLINE_REASONS.get(self.decline_reason, "")

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = self.draft.document
        return document

    @property
    def state(self) -> str:
        return self.row.state


def my_submissions(
    actor: Actor, now: datetime, *, cursor: str | None = None, limit: int = PAGE
) -> tuple[list[Row], str | None]:
    """One page of what the actor writes, alone or with others, in every state: the last touched
    first, and the next page's cursor. Three queries. Raises BadCursor.
    """
    rows = Submission.objects.filter(permissions.written_by(actor))
    found, following = api.Keyset("-updated_at", "id").page(
        rows.select_related("draft__record__document"),
        scope=api.scope_of("deposits", {}),
        cursor=cursor,
        limit=limit,
    )
    return rows_of(found, actor, now), following


def submission_of(draft_id: str, actor: Actor) -> Submission:
    """The row behind a submission that the actor may read. Raises NotFound alike for both."""
    submission = Submission.objects.select_related("draft__record").filter(id=draft_id).first()
    if submission is None or not permissions.may_read(actor, submission):
        raise NotFound
    return submission


def submission_view(draft_id: str, actor: Actor, now: datetime) -> SubmissionView:
    """One submission with its timeline. Raises NotFound, alike for hidden and absent.

    About twenty queries: it is a page of its own, for people who are signed in.
    """
    submission = submission_of(draft_id, actor)
    draft = catalogue.draft_view(draft_id=draft_id, actor=actor, now=now)
    curates = bool(permissions.may_curate(actor, submission)) and (
        submission.handed_in_at is not None
    )
    events = prospects(SUBMISSION, submission, actor, now)
    mine = permissions.writes(actor, submission)
    next_step, who_acts = NEXT[submission.state]
    if not mine:
        next_step = NEXT_OF_OTHERS.get(submission.state, next_step)
    files = [[file.name, file.sha256] for file in draft.files]
    seen = bytes(submission.seen_body)
    remarks = _remarks(submission, curates=curates)
    timeline = tuple(_timeline(submission, remarks, actor))
    return SubmissionView(
        row=rows_of([submission], actor, now)[0],
        draft=draft,
        timeline=timeline,
        asked=_asked(submission, remarks),
        said=_said(submission, timeline),
        can=frozenset(p.transition.event for p in events if p.possible),
        refusals={
            p.transition.event: p.refusals for p in events if p.decision and p.refusals
        },
        changes=_since_seen(canonical.loads(seen), submission, draft, files) if seen else (),
        against=_against_published(submission, draft, files),
        links=tuple(submission.share_links.filter(revoked_at=None, expires_at__gt=now)
                    .order_by("key")),
        decline_reason=submission.decline_reason,
        is_mine=mine,
        curates=curates,
        depositor_id=submission.depositor,
        vouched=people.is_vouched(people.actor_by_id(submission.depositor, now)),
        claimed_by_me=submission.curator == actor.id,
        next_step=next_step,
        who_acts=who_acts,
    )  # fmt: skip


# What happens next, and who acts: every state says so.
NEXT: dict[str, tuple[str, str]] = {
    "preparing": (N_("Complete it and hand it in."), DEPOSITOR),
    "submitted": (N_("A curator takes it on."), CURATOR),
    "in_review": (N_("The curator reads it, and accepts it or asks for changes."), CURATOR),
    "changes_asked": (N_("Change what was asked, then hand it in again."), DEPOSITOR),
    "accepted": (N_("It is being published."), N_("the node")),
    "published": (N_("It is public and can be cited."), ""),
    "declined": (N_("You can appeal: another curator then decides."), DEPOSITOR),
    "appealed": (N_("Another curator decides about the appeal."), CURATOR),
    "discarded": (N_("Nothing: it was given up."), ""),
}


# The same for whoever does not write it, where that is another sentence.
NEXT_OF_OTHERS: dict[str, str] = {
    "preparing": N_("Its depositor goes on writing."),
    "changes_asked": N_("The depositor changes what was asked, and hands it in again."),
    "declined": N_("The depositor can appeal: another curator then decides."),
}

# Whose words say what a state is about.
_SAID_BY: dict[str, tuple[str, ...]] = {
    "changes_asked": ("ask_changes",),
    "declined": ("decline", "uphold"),
}


def queue(
    actor: Actor,
    tab: str,
    cursor: str | None,
    now: datetime,
    *,
    community: str = "",
    limit: int = PAGE,
) -> tuple[list[Row], str | None]:
    """One page of the desk, what waits longest first, and the cursor of the next page.

    Raises NotFound for somebody without a desk, or for an unknown tab.
    """
    if tab not in TABS or not permissions.is_curator(actor):
        raise NotFound
    rows = Submission.objects.filter(_of_tab(actor, tab)).select_related("draft__record__document")
    if community:
        rows = rows.filter(community=community)
    order = api.Keyset(*ORDER.get(tab, ("handed_in_at", "id")))
    scope = api.scope_of("deposit.queue", {"tab": tab, "community": community})
    found, following = order.page(rows, scope=scope, cursor=cursor, limit=limit)
    return rows_of(found, actor, now), following


def waiting_counts(actor: Actor) -> dict[str, int]:
    """How many lie in each tab but the last, for this actor. Five queries; {} without a desk."""
    if not permissions.is_curator(actor):
        return {}
    return {
        tab: Submission.objects.filter(_of_tab(actor, tab)).count() for tab in TABS if tab != "done"
    }


def _of_tab(actor: Actor, tab: str) -> Q:
    rows = permissions.curated_by(actor) & Q(state__in=TABS[tab])
    if tab == "mine":
        rows &= Q(curator=actor.id)
    if tab == "newcomers":
        rows &= Q(newcomer=True)
    # What a clearing is about to decline needs nobody's attention.
    return rows if tab == "done" else rows & Q(clearing=None)


# --- how it is put together --------------------------------------------------------------


def rows_of(submissions: Iterable[Submission], actor: Actor, now: datetime) -> list[Row]:
    """These submissions as a list shows them, in their order; the caller chose what is seen."""
    found = list(submissions)
    names = _names([s.depositor for s in found] + [s.curator for s in found], actor)
    return [
        Row(
            id=s.id,
            record_id=s.record_id,
            kind=s.kind,
            brings=s.brings,
            titles=titles_of(s),
            state=s.state,
            state_label=SUBMISSION.label(s.state),
            community=s.community,
            depositor=names.get(s.depositor, ""),
            curator=names.get(s.curator, CURATOR) if s.curator else "",
            newcomer=s.newcomer,
            updated_at=s.updated_at,
            handed_in_at=s.handed_in_at,
            days=max(0, (now - s.handed_in_at).days) if s.handed_in_at else 0,
            due_on=s.due_on,
            late=s.due_on is not None and s.due_on < days.day_of(now),
        )
        for s in found
    ]


def titles_of(submission: Submission) -> dict[str, str]:
    """Its titles: of the draft, or of the record once the draft is emptied."""
    draft = submission.draft
    row = draft.record.document
    body = bytes(draft.body) or (bytes(row.body) if row is not None else b"")
    titles: dict[str, str] = canonical.loads(body).get("titles", {}) if body else {}
    return titles


def _names(account_ids: Sequence[str], actor: Actor) -> dict[str, str]:
    """What people are called: curators may read an address where no name is given."""
    known = people.known(name for name in account_ids if name)
    curator = permissions.is_curator(actor)
    names = {name: who.name or (who.email if curator else "") for name, who in known.items()}
    return {name: text for name, text in names.items() if text}


def _remarks(submission: Submission, *, curates: bool) -> list[tuple[Remark, str]]:
    rows = submission.remarks.order_by("at", "key")
    if not curates:
        rows = rows.filter(visible_to_depositor=True)
    found = list(rows)
    texts = audit.personal([row.entry_id for row in found])
    return [(row, texts.get(row.entry_id, {}).get("text", "")) for row in found]


def _timeline(
    submission: Submission, remarks: list[tuple[Remark, str]], actor: Actor
) -> list[Moment]:
    """Steps and comments by time, the oldest first."""
    steps = history(SUBMISSION, submission.id)
    names = _names([s.actor for s in steps] + [row.author for row, _ in remarks], actor)

    def who(account_id: str) -> str:
        if account_id == SYSTEM.id:
            return N_("the node")
        fallback = DEPOSITOR if account_id == submission.depositor else CURATOR
        return names.get(account_id, fallback)

    asked: dict[int, list[tuple[str, str]]] = {}
    for row, text in remarks:
        if row.field:
            asked.setdefault(row.seq, []).append((row.field, text))
    moments = [
        Moment(
            step.at, step.event, HAPPENED[step.event], who(step.actor), step.note,
            asked=tuple(asked.get(step.seq, ())) if step.event == "ask_changes" else (),
        )
        for step in steps
    ]  # fmt: skip
    moments += [
        Moment(
            row.at, "comment", N_("Comment"), who(row.author), text, not row.visible_to_depositor
        )
        for row, text in remarks
        if not row.field
    ]
    return sorted(moments, key=lambda moment: moment.at)


def _said(submission: Submission, timeline: Sequence[Moment]) -> str:
    """What curators said of the whole when they gave it back or declined it; "" for nothing."""
    events = _SAID_BY.get(submission.state, ())
    return next((one.text for one in reversed(timeline) if one.event in events), "")


def _against_published(
    submission: Submission, draft: Any, files: Sequence[Sequence[str]]
) -> tuple[Difference, ...]:
    """What publishing it would change; nothing for a new record, and once it is public."""
    row = submission.draft.record.document
    if submission.brings == "new" or draft.state != "open" or row is None:
        return ()
    published = canonical.loads(bytes(row.body))
    before = [[file["name"], file["sha256"]] for file in published.get("files", ())]
    described = catalogue.descriptive(published)
    return tuple(differences(described, draft.document, before, files, _said_to))


def _since_seen(
    seen: dict[str, Any], submission: Submission, draft: Any, files: Sequence[Sequence[str]]
) -> tuple[Difference, ...]:
    """What changed since curators saw it last."""
    return tuple(differences(seen, draft.document, submission.seen_files, files, _said_to))


def _said_to(text: str, field: str) -> str:
    """What a reader is told of a text that is a code."""
    return said_code(text, field, language_tag(get_language() or "en"))


def _asked(submission: Submission, remarks: list[tuple[Remark, str]]) -> dict[str, list[str]]:
    """What is to change, by field: of the last round only, until it is handed in again."""
    if submission.state != "changes_asked":
        return {}
    found: dict[str, list[str]] = {}
    for row, text in remarks:
        if row.field and row.seq == submission.state_seq:
            found.setdefault(row.field, []).append(text)
    return found
