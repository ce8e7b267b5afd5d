"""Signing, submitting and withdrawing a proposal, and what the machine reads for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Max

from tonle.funding.models import (
    Call,
    CallParty,
    Proposal,
    ProposalParty,
    ProposalSignature,
    ProposalVersion,
    Review,
)
from tonle.funding.models import Conflict as StandingConflict
from tonle.funding.proposals import permissions, telling
from tonle.funding.proposals.loading import (
    Whole,
    own_proposal,
    payers,
    standing,
    unendorsed,
    verdicts,
    whole,
)
from tonle.funding.proposals.services.writing import SUBJECT, writable
from tonle.funding.rules import call_text, proposals
from tonle.funding.rules.machines import PROPOSAL, REVIEW, not_whole
from tonle.infra import audit
from tonle.infra.idempotency import IdempotencyKey, once
from tonle.infra.lifecycle import Outcome, perform
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import N_, Conflict, NotFound, NotPermitted, Refusal, Refused

# Each is kept whole, for good.
MOST_VERSIONS: Final = 50


def sign(
    *,
    proposal_id: str,
    sha256: str,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> ProposalSignature:
    """An investigator confirms, for their side, what the proposal says. Twice is once.

    sha256: of what they had before them; Conflict where it says something else by now. Not by a
    token: a person reads and signs. Raises NotFound, NotPermitted, Refused.
    """

    def work() -> int:
        row = writable(proposal_id, actor, now)
        side = _side(actor, row)
        found = whole(row)
        if found.sha256 != sha256:
            raise Conflict
        if problems := found.problems(now):
            raise Refused([not_whole(problems)])
        signed, made = ProposalSignature.objects.get_or_create(
            proposal=row, account=actor.id, side=side, sha256=sha256, defaults={"signed_at": now}
        )
        if made:
            said = {"side": side, "sha256": sha256}
            audit.record("funding.proposal_signed", SUBJECT, row.id, actor, now, said)
            telling.of_signature(row, actor.id, sha256, now)
        return signed.pk

    asked = {"sign_proposal": proposal_id, "sha256": sha256}
    with transaction.atomic():
        return ProposalSignature.objects.get(pk=once(actor, key, asked, now, work))


def submit(
    *,
    proposal_id: str,
    sha256: str,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> ProposalVersion:
    """Freeze what the proposal says as its next version, which counts from now on.

    sha256: of what the lead had before them; Conflict where it says something else by now. The
    same words again are the version that is there. Raises NotFound, NotPermitted, Refused.
    """

    def work() -> int:
        row = writable(proposal_id, actor, now)
        found = whole(row)
        if found.sha256 != sha256:
            raise Conflict
        last = row.versions.order_by("-number").first()
        if last is not None and last.sha256 == sha256:
            if not permissions.is_lead(actor, row):
                raise NotPermitted(reason=N_("The lead of the proposal does this."))
            return last.pk
        if row.version >= MOST_VERSIONS:
            raise Refused(
                [
                    Refusal(
                        "too_many_versions",
                        N_("It was submitted %(most)s times. The last version counts."),
                        {"most": MOST_VERSIONS},
                    )
                ]
            )
        # First the version, which the state demands; a refusal takes both back.
        made = _freeze(row, found, actor, now)
        perform(PROPOSAL, row, "submit", actor, now)
        return made.pk

    asked = {"submit_proposal": proposal_id, "sha256": sha256}
    with transaction.atomic():
        return ProposalVersion.objects.get(pk=once(actor, key, asked, now, work))


def withdraw(
    *,
    proposal_id: str,
    reason: str = "",
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> Outcome:
    """End a proposal; what was submitted stays in the archive of the call.

    Raises NotFound, NotPermitted, Refused.
    """
    with transaction.atomic():
        row = own_proposal(proposal_id, actor)
        return perform(PROPOSAL, row, "withdraw", actor, now, key=key, note=reason.strip()[:2_000])


def facts(row: Proposal, now: datetime) -> dict[str, Any]:
    """What guards of a proposal read: about twelve queries."""
    found = whole(row)
    text = found.text.document
    said = verdicts([row]).get(row.id, {})
    deadline = "pre_proposals_at" if text["stages"] == 2 else "closes_at"
    return {
        "now": now,
        "call_state": standing(row.call, now),
        "problems": found.problems(now),
        "sides": proposals.sides(found.document),
        "signed": sorted(signed_sides(found)),
        "names": found.party_names(),
        "payers": list(payers(row)),
        "verdicts": {party: step.deed for party, step in said.items()},
        **_reviewing(row),
        "unendorsed": [one.name for one in unendorsed(found)],
        "deadline": call_text.instant(text, deadline),
    }


def after_move(row: Proposal, outcome: Outcome, actor: Actor, now: datetime) -> None:
    """What is true at the same instant as a move of a proposal."""
    if outcome.target == "withdrawn":
        asked = Review.objects.filter(proposal=row, state__in=("asked", "accepted"))
        for review in asked.order_by("key"):
            perform(REVIEW, review, "release", SYSTEM, now)
        row.links.filter(used_at=None, revoked_at=None).update(revoked_at=now)
    telling.of_move(row, outcome, actor, now)


def _reviewing(row: Proposal) -> dict[str, Any]:
    """Who is asked to review it, and who of them has a conflict with it. Two queries."""
    live = Review.objects.filter(proposal=row, state__in=("asked", "accepted", "submitted"))
    asked = dict(live.order_by("key").values_list("reviewer", "reviewer__name"))
    against = StandingConflict.objects.filter(proposal=row, reviewer__in=asked).exclude(
        status="waived"
    )
    between = set(against.values_list("reviewer", flat=True))
    return {
        "reviewers": list(asked.values()),
        "conflicted": [name for key, name in asked.items() if key in between],
    }


def signed_sides(found: Whole) -> set[str]:
    """The sides for which somebody who still answers for them has signed these very words."""
    answering = {
        (one.account, one.partner.party)
        for one in found.row.people.select_related("partner")
        if one.role in permissions.ANSWERING and one.partner is not None
    }
    signed = found.row.signatures.filter(sha256=found.sha256).values_list("account", "side")
    return {side for account, side in signed if (account, side) in answering}


def _side(actor: Actor, row: Proposal) -> str:
    """The side for which the actor signs."""
    if actor.token_scopes is not None:
        raise NotPermitted(reason=N_("Somebody signs on the page. No token does."))
    mine = permissions.person_of(actor, row)
    if mine is None:
        raise NotFound
    if mine.role not in permissions.ANSWERING:
        raise NotPermitted(reason=N_("Principal investigators sign."))
    if mine.partner is None or not mine.partner.party:
        raise Refused(
            [
                Refusal(
                    "no_side",
                    N_("You belong to no partner for which a party of the call pays."),
                )
            ]
        )
    return mine.partner.party


def _freeze(row: Proposal, found: Whole, actor: Actor, now: datetime) -> ProposalVersion:
    """The next version, who reads it, and the number by which everybody calls it."""
    if row.number is None:
        # Under the lock of the call: two who submit at once have two numbers.
        call = Call.objects.select_for_update().get(pk=row.call_id)
        given = Proposal.objects.filter(call=call).aggregate(last=Max("number"))["last"]
        row.number = (given or 0) + 1
    row.version += 1
    row.theme, row.submitted_at = found.document["theme"], now
    row.save(update_fields=["number", "version", "theme", "submitted_at"])
    made = ProposalVersion.objects.create(
        proposal=row,
        number=row.version,
        text=found.text.number,
        document=found.document,
        sha256=found.sha256,
        submitted_by=actor.id,
        submitted_at=now,
    )
    paying = set(proposals.sides(found.document))
    together = found.text.document["mode"] != "parallel"
    row.parties.all().delete()
    ProposalParty.objects.bulk_create(
        ProposalParty(proposal=row, party=party, pays=party.slug in paying)
        for party in CallParty.objects.filter(call=row.call_id).order_by("key")
        if together or party.slug in paying
    )
    said = {"version": made.number, "sha256": made.sha256, "text": made.text}
    audit.record("funding.proposal_submitted", SUBJECT, row.id, actor, now, said)
    return made
