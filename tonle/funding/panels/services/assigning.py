"""Who is asked to review what: officers' wishes, a run that says the best, and its adoption."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Max

from tonle.funding.models import (
    AssignmentRun,
    Call,
    PairWish,
    Proposal,
    ProposalVersion,
    Review,
    Reviewer,
)
from tonle.funding.panels import permissions, telling, works
from tonle.funding.panels.loading import Panel, between, run_panel, standing_conflicts
from tonle.funding.panels.services.conflicts import look
from tonle.funding.rules import assign, flow, panels, similarity
from tonle.funding.rules.machines import PROPOSAL, REVIEW
from tonle.funding.rules.similarity import Text
from tonle.infra import audit
from tonle.infra.idempotency import IdempotencyKey, once
from tonle.infra.lifecycle import Outcome, perform
from tonle.kernel import identifiers
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import N_, NotFound, Refusal, Refused
from tonle.kernel.names import fold
from tonle.kernel.sentences import Sentence, invalid
from tonle.kernel.text import one_line
from tonle.search import public as search

SUBJECT: Final = "call"
MOST_PER_PROPOSAL: Final = 20
# Characters of a proposal, and of what a reviewer wrote, that are compared.
_CHARACTERS: Final = 40_000
# Words of a pair that are kept to say why.
_TOLD: Final = 5


def wish(
    *, reviewer_id: str, proposal_id: str, must: bool, reason: str, actor: Actor, now: datetime
) -> PairWish:
    """Say before an assignment that somebody shall review a proposal, or shall not.

    Said again, the last word counts. Raises NotFound, NotPermitted, Invalid.
    """
    words = one_line(reason)[:500]
    if not words:
        raise invalid("reason", N_("Say why, in up to 500 characters."))
    with transaction.atomic():
        reviewer, proposal, _panel = _pair(reviewer_id, proposal_id, actor, now)
        row, _made = PairWish.objects.update_or_create(
            reviewer=reviewer,
            proposal=proposal,
            defaults={"must": must, "reason": words, "made_by": actor.id, "made_at": now},
        )
        said = {"reviewer": reviewer.id, "proposal": proposal.id, "must": must}
        _recorded("funding.pair_wished", reviewer.call, actor, now, said, words)
    return row


def unwish(*, wish: int, actor: Actor, now: datetime) -> None:
    """Take such a word back. Twice is once. Raises NotFound, NotPermitted."""
    with transaction.atomic():
        row = PairWish.objects.select_related("reviewer__call", "proposal").filter(pk=wish).first()
        if row is None:
            return
        run_panel(row.reviewer.call.id, row.reviewer.panel, actor)
        said = {"reviewer": row.reviewer.id, "proposal": row.proposal.id}
        row.delete()
        _recorded("funding.pair_unwished", row.reviewer.call, actor, now, said)


def propose(
    *,
    call_id: str,
    panel: str,
    per_proposal: int,
    actor: Actor,
    now: datetime,
    key: IdempotencyKey | None = None,
) -> AssignmentRun:
    """Work out the best assignment of a panel, and keep it with all that it was decided by.

    Nobody is asked by it yet. Whoever reviews already stays; who declined is not asked again.
    A run that cannot keep every rule is kept, too, and says what is short. Raises NotFound,
    NotPermitted, Invalid, Refused, and what the engine raises.
    """
    if not 1 <= per_proposal <= MOST_PER_PROPOSAL:
        raise invalid("per_proposal", N_("Write how many reviewers each proposal gets: 1 to 20."))

    def work() -> str:
        found = run_panel(call_id, panel, actor, now)
        # One at a time: what a run reads is not changed below it.
        Call.objects.select_for_update().get(pk=found.call.pk)
        rows = list(found.proposals())
        reviewers = list(found.reviewers().filter(left_at=None))
        if not rows or not reviewers:
            raise Refused(
                [Refusal("nothing_to_assign", N_("There are no eligible proposals, or no "
                                                 "reviewers."))]
            )  # fmt: skip
        look(found.call, now, reviewers=reviewers)
        inputs, why = _inputs(found, rows, reviewers, per_proposal, now)
        answer = panels.run(inputs)
        last = AssignmentRun.objects.filter(call=found.call, panel=panel).aggregate(
            last=Max("number")
        )["last"]
        made = AssignmentRun.objects.create(
            id=identifiers.mint(),
            call=found.call,
            panel=panel,
            number=(last or 0) + 1,
            inputs=inputs,
            sha256=panels.digest(inputs),
            solver=flow.ORTOOLS if flow.has_ortools() else flow.OWN,
            answer=_answer(answer),
            why={
                f"{proposal}|{reviewer}": list(why.get((proposal, reviewer), ())[:_TOLD])
                for proposal, names in answer.reviewers.items()
                for reviewer in names
            },
            made_by=actor.id,
            made_at=now,
        )
        said = {"run": made.id, "sha256": made.sha256, "feasible": answer.feasible}
        _recorded("funding.assignment_run", found.call, actor, now, said)
        return made.id

    asked = {"assignment": call_id, "panel": panel, "per_proposal": per_proposal}
    with transaction.atomic():
        return AssignmentRun.objects.get(id=once(actor, key, asked, now, work))


def replay(run: AssignmentRun) -> bool:
    """Whether the kept input still gives the kept answer."""
    return panels.digest(run.inputs) == run.sha256 and _answer(panels.run(run.inputs)) == run.answer


def adopt(*, run_id: str, actor: Actor, now: datetime) -> list[Review]:
    """Ask everybody whom a run names, and open the review of its proposals. Twice is once.

    All or none: where a conflict has come up since, a reviewer or a proposal has gone, or
    another run has been adopted, the run is out of date and a new one is needed. Raises
    NotFound, NotPermitted, Refused.
    """
    with transaction.atomic():
        run = AssignmentRun.objects.select_related("call").filter(id=run_id).first()
        if run is None:
            raise NotFound
        panel = run_panel(run.call.id, run.panel, actor, now)
        Call.objects.select_for_update().get(pk=run.call_id)
        done = list(run.reviews.order_by("key"))
        if done:
            return done
        if not run.answer["feasible"]:
            raise Refused([Refusal("run_short", N_("This run is short of reviewers."))])
        proposals = {one.id: one for one in panel.proposals()}
        reviewers = {one.id: one for one in panel.reviewers().filter(left_at=None)}
        pairs = {
            (proposal, reviewer)
            for proposal, names in run.answer["assignment"].items()
            for reviewer in names
        }
        live = _live(panel)
        if (
            set(run.answer["assignment"]) - set(proposals)
            or {reviewer for _, reviewer in pairs} - set(reviewers)
            or pairs & standing_conflicts(panel)
            or live - pairs
            or pairs & _ended(panel)
        ):
            raise Refused(
                [
                    Refusal(
                        "run_out_of_date",
                        N_("Something has changed since this run: a conflict, a reviewer, a "
                           "proposal, or another run. Make a new one."),
                    )
                ]
            )  # fmt: skip
        made = [
            _ask(
                proposals[proposal], reviewers[reviewer], run,
                ", ".join(run.why.get(f"{proposal}|{reviewer}", ()))[:500], actor, now,
            )
            for proposal, reviewer in sorted(pairs - live)
        ]  # fmt: skip
        for id_ in run.answer["assignment"]:
            if proposals[id_].state == "eligible":
                perform(PROPOSAL, proposals[id_], "open_review", SYSTEM, now)
        said = {"run": run.id, "asked": len(made)}
        _recorded("funding.assignment_adopted", run.call, actor, now, said)
    return made


def ask(*, proposal_id: str, reviewer_id: str, reason: str, actor: Actor, now: datetime) -> Review:
    """Ask one more by hand, with the reason. Asked already, nothing happens.

    Raises NotFound, NotPermitted, Invalid, Refused.
    """
    words = one_line(reason)[:500]
    if not words:
        raise invalid("reason", N_("Say why, in up to 500 characters."))
    with transaction.atomic():
        reviewer, proposal, panel = _pair(reviewer_id, proposal_id, actor, now)
        Call.objects.select_for_update().get(pk=panel.call.pk)
        before = Review.objects.filter(proposal=proposal, reviewer=reviewer).first()
        if before is not None and before.state in permissions.LIVE:
            return before
        refusals = []
        if before is not None:
            refusals.append(Refusal("ended", N_("They were asked, and it came to an end.")))
        if reviewer.left_at is not None:
            refusals.append(Refusal("left", N_("They review no more in this call.")))
        look(panel.call, now, reviewers=[reviewer], proposals=[proposal])
        if between(reviewer, proposal).exists():
            refusals.append(
                Refusal("conflict", N_("Something stands between the two: settle it first."))
            )
        load = reviewer.reviews.filter(state__in=permissions.LIVE).count()
        if load >= reviewer.most:
            refusals.append(
                Refusal(
                    "load", N_("They take %(most)s proposals at most."), {"most": reviewer.most}
                )
            )
        if refusals:
            raise Refused(refusals)
        row = _ask(proposal, reviewer, None, words, actor, now)
        if proposal.state == "eligible":
            perform(PROPOSAL, proposal, "open_review", SYSTEM, now)
        said = {"review": row.id, "reviewer": reviewer.id, "proposal": proposal.id}
        _recorded("funding.reviewer_asked", panel.call, actor, now, said, words)
    return row


def release(*, review_id: str, reason: str, actor: Actor, now: datetime) -> Outcome:
    """Ask somebody no more. Raises NotFound, NotPermitted, Refused."""
    return _moved(review_id, "release", reason, actor, now)


def reopen(*, review_id: str, reason: str, actor: Actor, now: datetime) -> Outcome:
    """Give a review back to be mended. Raises NotFound, NotPermitted, Refused."""
    return _moved(review_id, "reopen", reason, actor, now)


def _moved(review_id: str, event: str, reason: str, actor: Actor, now: datetime) -> Outcome:
    with transaction.atomic():
        row = (
            Review.objects.select_related("proposal", "reviewer__call").filter(id=review_id).first()
        )
        if row is None:
            raise NotFound
        # Whoever may not look into the panel does not learn that there is such a review.
        panel = run_panel(row.reviewer.call.id, row.reviewer.panel, actor)
        if not panel.proposals_for(actor).filter(pk=row.proposal_id).exists():
            raise NotFound
        return perform(REVIEW, row, event, actor, now, note=reason.strip()[:2_000])


def _ask(
    proposal: Proposal,
    reviewer: Reviewer,
    run: AssignmentRun | None,
    why: str,
    actor: Actor,
    now: datetime,
) -> Review:
    row = Review.objects.create(
        id=identifiers.mint(),
        proposal=proposal,
        reviewer=reviewer,
        run=run,
        why=why,
        asked_by=actor.id,
        asked_at=now,
    )
    telling.of_asking(row, now)
    return row


def _inputs(
    panel: Panel,
    proposals: Sequence[Proposal],
    reviewers: Sequence[Reviewer],
    per_proposal: int,
    now: datetime,
) -> tuple[dict[str, Any], Mapping[tuple[str, str], tuple[str, ...]]]:
    fits = similarity.fits(_of_proposals(proposals), {one.id: _of_reviewer(one, now) for one in
                                                      reviewers})  # fmt: skip
    ids, known = {one.id for one in proposals}, {one.id for one in reviewers}
    wishes = PairWish.objects.filter(reviewer__in=reviewers, proposal__in=proposals)
    wished = {
        (proposal, reviewer): must
        for proposal, reviewer, must in wishes.values_list("proposal__id", "reviewer__id", "must")
    }
    live = {pair for pair in _live(panel) if pair[0] in ids and pair[1] in known}
    ended = _ended(panel)
    inputs = panels.inputs(
        proposals=dict.fromkeys((one.id for one in proposals), per_proposal),
        reviewers=[
            {
                "id": one.id,
                "side": one.side,
                "institution": one.ror or one.organisation or fold(one.institution),
                "most": one.most,
            }
            for one in reviewers
        ],
        scores={pair: fit.score for pair, fit in fits.items()},
        conflicts={
            pair for pair in standing_conflicts(panel) if pair[0] in ids and pair[1] in known
        },
        # Who declined is not brought back by a wish.
        forced=live | {pair for pair, must in wished.items() if must and pair not in ended},
        barred={pair for pair, must in wished.items() if not must} | ended,
        sides=panels.sides(panel.text),
    )
    return inputs, {pair: fit.why for pair, fit in fits.items()}


def _of_proposals(rows: Sequence[Proposal]) -> dict[str, Text]:
    """What proposals are about: every word of the submitted version, in every language."""
    versions = ProposalVersion.objects.filter(proposal__in=rows, number=F("proposal__version"))
    made = {}
    for id_, document in versions.values_list("proposal__id", "document"):
        texts = [*document["title"].values(), *document["summary"].values()]
        for one in document["answers"].values():
            texts += one.get("texts", {}).values()
        made[id_] = Text(_words(texts), (document["theme"],))
    return made


def _of_reviewer(row: Reviewer, now: datetime) -> Text:
    """What a reviewer knows: their own words, the themes they chose, and what they published."""
    texts, codes = [row.knows], list(row.themes)
    for document in works.documents(row.orcid, now).values():
        texts += [*document["titles"].values(), *document.get("descriptions", {}).values()]
    return Text(_words(texts), tuple(codes))


def _words(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(search.word_texts(search.normalise("\n".join(texts)[:_CHARACTERS])))


def _answer(found: assign.Assignment) -> dict[str, Any]:
    return {
        "feasible": found.feasible,
        "assignment": {id_: list(names) for id_, names in found.reviewers.items()},
        "objective": found.objective,
        "worst_proposal": found.worst_proposal,
        "worst_score": found.worst_score,
        "shortage": [
            {
                "rule": one.rule,
                "message": one.words.message if isinstance(one.words, Sentence) else one.words,
                "data": dict(one.data),
            }
            for one in found.shortage
        ],
    }


def _live(panel: Panel) -> set[tuple[str, str]]:
    rows = Review.objects.filter(
        reviewer__call=panel.call, reviewer__panel=panel.slug, state__in=permissions.LIVE
    )
    return set(rows.values_list("proposal__id", "reviewer__id"))


def _ended(panel: Panel) -> set[tuple[str, str]]:
    rows = Review.objects.filter(reviewer__call=panel.call, reviewer__panel=panel.slug)
    return set(rows.exclude(state__in=permissions.LIVE).values_list("proposal__id", "reviewer__id"))


def _pair(
    reviewer_id: str, proposal_id: str, actor: Actor, now: datetime
) -> tuple[Reviewer, Proposal, Panel]:
    reviewer = Reviewer.objects.select_related("call").filter(id=reviewer_id).first()
    if reviewer is None:
        raise NotFound
    panel = run_panel(reviewer.call.id, reviewer.panel, actor, now)
    proposal = panel.proposals_for(actor).filter(id=proposal_id).first()
    if proposal is None:
        raise NotFound
    return reviewer, proposal, panel


def _recorded(
    what: str, call: Call, actor: Actor, now: datetime, said: Mapping[str, Any], reason: str = ""
) -> None:
    personal = {"reason": reason} if reason else None
    audit.record(what, SUBJECT, call.id, actor, now, dict(said), personal=personal)
