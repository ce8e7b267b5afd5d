"""What curation forbids the catalogue: showing what was never handed in, changing what lies
with others, publishing past the curators.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from tonle.deposit.curation import permissions
from tonle.deposit.curation.cases import Case
from tonle.deposit.curation.machine import FROZEN, SUBMISSION, WITH_CURATORS
from tonle.deposit.curation.models import Submission
from tonle.deposit.kinds import deposited
from tonle.kernel.actors import SYSTEM, Actor, Role, Scope
from tonle.kernel.errors import N_, Refusal

EDITING, REVIEW, READING = "deposit.with_curators", "deposit.review", "deposit.handed_in"


def hides(draft: Any, actor: Actor) -> bool:
    """Hide a deposit from whoever may not read its submission: curators, before it is handed in.

    Up to two queries.
    """
    submission = Submission.objects.select_related("draft__record").filter(draft=draft.key).first()
    return submission is not None and not permissions.may_read(actor, submission)


def hidden(actor: Actor) -> Q:
    """The twin of `hides`."""
    shown = Submission.objects.filter(permissions.visible_to(actor)).values("pk")
    return Q(Exists(Submission.objects.filter(draft=OuterRef("pk")).exclude(pk__in=shown)))


def editing(draft: Any, actor: Actor, now: datetime) -> Iterable[Refusal]:
    """Keep hands off what lies with others.

    While the curators have it, they may mend it, and its depositor takes it back first; while
    its depositor has it, nobody else touches it, whatever role they hold.
    """
    del now
    if actor == SYSTEM:
        return  # The node itself forgets, where the law or its owner asks it to.
    submission = Submission.objects.select_related("draft__record").filter(draft=draft.key).first()
    if submission is None:
        return
    if submission.state in FROZEN:
        yield Refusal(
            "frozen",
            N_("Nothing can be changed here: the deposit is “%(state)s”."),
            {"state": SUBMISSION.label(submission.state)},
        )
    elif submission.state in WITH_CURATORS and not permissions.may_curate(actor, submission):
        yield Refusal(
            "with_curators",
            N_("The curators are looking at this deposit. Take it back first, then change it."),
        )
    elif submission.state not in WITH_CURATORS and not permissions.writes(actor, submission):
        yield Refusal(
            "with_depositor",
            N_("Its depositor has this deposit. Curators change it once it is handed in."),
        )


def review(document: dict[str, Any], actor: Actor, now: datetime) -> Iterable[Refusal]:
    """Let nobody publish a deposit past the curators, by whichever door.

    Curators of the node, or of a community it belongs to, may; whoever is vouched for may
    where the node's policy says so.
    """
    if actor.kind != "person" or permissions.keeps_node(actor):
        return
    if document["kind"] not in {kind.name for kind in deposited()}:
        return
    communities = document.get("communities", ())
    if any(Role("curator", Scope("community", name)) in actor.roles for name in communities):
        return
    submission = (
        Submission.objects.filter(record_id=document["id"])
        .exclude(state__in=("published", "discarded"))
        .select_related("draft")
        .first()
    )
    if submission is None or not Case(submission, now).may_publish_alone:
        yield Refusal(
            "curated_here",
            N_("A curator looks at every deposit here. Hand it in instead of publishing."),
        )
