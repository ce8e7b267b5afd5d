"""What speaks against a pair: found by the node, said by people, settled by officers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F, QuerySet

from tonle.funding.models import (
    Call,
    Conflict,
    Proposal,
    ProposalPerson,
    ProposalVersion,
    Review,
    Reviewer,
)
from tonle.funding.panels import permissions, works
from tonle.funding.panels.loading import JUDGED, run_panel
from tonle.funding.rules import conflicts
from tonle.funding.rules.conflicts import Applied, Found, Place, Somebody
from tonle.funding.rules.machines import REVIEW
from tonle.infra import audit
from tonle.infra.lifecycle import perform
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import N_, NotFound
from tonle.kernel.sentences import invalid

SUBJECT: Final = "call"
_MOST_REASON: Final = 2_000


def look(
    call: Call,
    now: datetime,
    *,
    reviewers: Iterable[Reviewer] | None = None,
    proposals: Collection[Proposal] | None = None,
) -> None:
    """Find what speaks against each pair of a call, anew; what people settled stays settled,
    unless more is found than they knew of. In the caller's transaction.

    Five queries for all proposals, and for each reviewer three and a search of their works.
    """
    rows = list(proposals) if proposals is not None else list(
        Proposal.objects.filter(call=call, state__in=JUDGED)
    )  # fmt: skip
    if not rows:
        return
    applied = _applied(rows)
    every = _applied(_of_call(call)) if proposals is not None else applied
    asked = (
        list(reviewers)
        if reviewers is not None
        else list(Reviewer.objects.filter(call=call, left_at=None))
    )
    by_id = {row.id: row for row in rows}
    for reviewer in asked:
        own = Somebody(reviewer.name, reviewer.account, reviewer.orcid)
        place = Place(reviewer.institution, reviewer.organisation, reviewer.ror)
        together = works.together(reviewer.orcid, now)
        mine = [
            one
            for one in every.values()
            if any(
                (p.account and p.account == own.account) or (p.orcid and p.orcid == own.orcid)
                for p in one.people
            )
        ]
        found = {
            id_: conflicts.found(own, place, one, own=mine, together=together)
            for id_, one in applied.items()
        }
        _keep(reviewer, by_id, found, now)


def add(
    *,
    reviewer_id: str,
    proposal_id: str,
    kind: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Conflict:
    """An officer knows of a conflict: it is confirmed. Raises NotFound, NotPermitted, Invalid."""
    if kind not in conflicts.KINDS:
        raise invalid("kind", N_("Choose what stands between them."))
    words = _reason(reason)
    with transaction.atomic():
        reviewer, proposal = _pair(reviewer_id, proposal_id, actor)
        return _say(reviewer, proposal, kind, "office", words, actor, now)


def declared(review: Review, kind: str, reason: str, actor: Actor, now: datetime) -> Conflict:
    """A reviewer says it of themselves. In the caller's transaction. Raises Invalid."""
    if kind not in conflicts.KINDS:
        raise invalid("kind", N_("Choose what stands between you."))
    words = reason.strip()[:_MOST_REASON]
    return _say(review.reviewer, review.proposal, kind, "reviewer", words, actor, now)


def settle(*, conflict: int, status: str, reason: str, actor: Actor, now: datetime) -> Conflict:
    """Confirm a conflict, or waive it with a reason. Twice is once.

    What the node found for the same reason at other proposals of the panel is answered alike: a
    house is the same house at each. What a reviewer said of themselves is not waived over their
    head. Raises NotFound, NotPermitted, Invalid.
    """
    if status not in {conflicts.CONFIRMED, conflicts.WAIVED}:
        raise invalid("status", N_("Confirm it, or waive it with a reason."))
    words = _reason(reason) if status == conflicts.WAIVED else reason.strip()[:_MOST_REASON]
    with transaction.atomic():
        row = (
            Conflict.objects.select_for_update(of=("self",))
            .select_related("reviewer__call", "proposal")
            .filter(pk=conflict)
            .first()
        )
        if row is None:
            raise NotFound
        panel = run_panel(row.reviewer.call.id, row.reviewer.panel, actor)
        if not panel.proposals_for(actor).filter(pk=row.proposal_id).exists():
            raise NotFound
        if row.source == "reviewer" and status == conflicts.WAIVED:
            raise invalid("status", N_("The reviewer said so themselves: it stands."))
        if row.kind == "self" and row.status == conflicts.CONFIRMED:
            raise invalid("status", N_("Nobody reviews their own proposal."))
        if (row.status, row.reason) == (status, words) and row.decided_by:
            return row
        for one in (row, *_alike(row, panel.proposals_for(actor))):
            one.status, one.reason = status, words
            one.decided_by, one.decided_at = actor.id, now
            one.save(update_fields=["status", "reason", "decided_by", "decided_at"])
            _recorded("settled", one, actor, now)
            if status == conflicts.CONFIRMED:
                _release(one.reviewer, one.proposal, now)
    return row


def _alike(row: Conflict, among: QuerySet[Proposal]) -> list[Conflict]:
    """What waits of the same reviewer, of the same kind, for the same reason."""
    if row.source != "node" or row.status != conflicts.POSSIBLE:
        return []
    rows = Conflict.objects.select_for_update(of=("self",)).select_related(
        "reviewer__call", "proposal"
    )
    rows = rows.filter(
        reviewer=row.reviewer, kind=row.kind, source="node", status=row.status, proposal__in=among
    )
    waiting = rows.exclude(pk=row.pk).order_by("key")
    return [one for one in waiting if one.evidence == row.evidence]


def _say(
    reviewer: Reviewer,
    proposal: Proposal,
    kind: str,
    source: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Conflict:
    row, _made = Conflict.objects.update_or_create(
        reviewer=reviewer, proposal=proposal, kind=kind,
        defaults={
            "source": source, "status": conflicts.CONFIRMED, "reason": reason, "made_at": now,
            "decided_by": actor.id, "decided_at": now,
        },
    )  # fmt: skip
    _recorded("said", row, actor, now)
    if source != "reviewer":
        _release(reviewer, proposal, now)
    return row


def _recorded(what: str, row: Conflict, actor: Actor, now: datetime) -> None:
    audit.record(
        f"funding.conflict_{what}", SUBJECT, row.reviewer.call.id, actor, now,
        {
            "reviewer": row.reviewer.id, "proposal": row.proposal.id, "kind": row.kind,
            "status": row.status,
        },
        personal={"reason": row.reason} if row.reason else None,
    )  # fmt: skip


def _release(reviewer: Reviewer, proposal: Proposal, now: datetime) -> None:
    """Whoever has a confirmed conflict is asked no more; what they handed in does not count."""
    rows = Review.objects.filter(
        reviewer=reviewer, proposal=proposal, state__in=permissions.LIVE
    ).select_related("reviewer__call", "proposal")
    for review in rows:
        perform(REVIEW, review, "release", SYSTEM, now)


def _keep(
    reviewer: Reviewer,
    proposals: Mapping[str, Proposal],
    found: Mapping[str, tuple[Found, ...]],
    now: datetime,
) -> None:
    """Write down what was found; take back what is not found any more and nobody settled."""
    rows = {
        (row.proposal.id, row.kind): row
        for row in Conflict.objects.filter(
            reviewer=reviewer, proposal__in=proposals.values()
        ).select_related("proposal")
    }
    new = []
    for id_, kinds in found.items():
        for one in kinds:
            evidence: dict[str, Any] = {"names": list(one.names), "records": list(one.records)}
            row = rows.pop((id_, one.kind), None)
            if row is None:
                new.append(
                    Conflict(
                        reviewer=reviewer, proposal=proposals[id_], kind=one.kind, source="node",
                        status=one.status, evidence=evidence, made_at=now,
                    )
                )  # fmt: skip
            elif row.source == "node" and row.evidence != evidence:
                # Another evidence than the one that somebody looked at: they look again.
                row.evidence, row.status, row.made_at = evidence, one.status, now
                row.reason, row.decided_by, row.decided_at = "", "", None
                row.save()
    Conflict.objects.bulk_create(new)
    gone = [row.pk for row in rows.values() if row.source == "node" and not row.decided_by]
    Conflict.objects.filter(pk__in=gone).delete()


def _of_call(call: Call) -> list[Proposal]:
    return list(Proposal.objects.filter(call=call, state__in=JUDGED))


def _applied(rows: Collection[Proposal]) -> dict[str, Applied]:
    """What proposals say of who stands behind them, by id: the submitted version, with the
    accounts of its people. Two queries."""
    versions = ProposalVersion.objects.filter(proposal__in=rows, number=F("proposal__version"))
    accounts: dict[int, list[ProposalPerson]] = {}
    for one in ProposalPerson.objects.filter(proposal__in=rows).exclude(account=""):
        accounts.setdefault(one.proposal_id, []).append(one)
    return {
        version.proposal.id: Applied(
            version.proposal.id,
            (
                *(
                    Somebody(one["name"], "", one.get("orcid", ""))
                    for one in version.document["people"]
                ),
                *(
                    Somebody(one.name, one.account, one.orcid)
                    for one in accounts.get(version.proposal_id, ())
                ),
            ),
            tuple(
                Place(one["name"], one.get("organisation", ""), one.get("ror", ""))
                for one in version.document["partners"]
            ),
            version.document["theme"],
        )
        for version in versions.select_related("proposal").order_by("proposal__number")
    }


def _pair(reviewer_id: str, proposal_id: str, actor: Actor) -> tuple[Reviewer, Proposal]:
    """A reviewer and a proposal of one panel that the actor runs."""
    reviewer = Reviewer.objects.select_related("call").filter(id=reviewer_id).first()
    if reviewer is None:
        raise NotFound
    panel = run_panel(reviewer.call.id, reviewer.panel, actor)
    proposal = panel.proposals_for(actor).filter(id=proposal_id).first()
    if proposal is None:
        raise NotFound
    return reviewer, proposal


def _reason(text: str) -> str:
    words = text.strip()
    if not 1 <= len(words) <= _MOST_REASON:
        raise invalid("reason", N_("Say why, in up to 2,000 characters."))
    return words
