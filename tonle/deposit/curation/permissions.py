"""Who may do what with submissions: for one, and as a filter for lists.

The two are held together by tests/test_permissions.py, for every role. A token carries a
curator's roles only where it has the scope `curate`: with `deposit` alone, its owner is a
depositor among others.
"""

from __future__ import annotations

from django.db.models import Q

from tonle.deposit.curation.models import Submission, Withdrawal
from tonle.kernel.actors import NODE, SYSTEM, Actor, Role
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_, NotPermitted

NOBODY = Q(pk__in=())
KEEPERS = ("curator", "steward")

_DEPOSITORS = N_("Only its depositor may do this.")
_CURATORS = N_("Only a curator may do this.")
_NODE = N_("The node itself does this.")
_BY_WRITERS = {"hand_in", "publish_alone", "take_back"}
_BY_DEPOSITOR = {"appeal", "discard"}
_BY_NODE = {"publish", "give_back", "hand_back", "lapse"}


def keeps_node(actor: Actor) -> bool:
    """Curators and stewards of the whole node."""
    return _as_curator(actor) and any(Role(name, NODE) in actor.roles for name in KEEPERS)


def communities_of(actor: Actor) -> list[str]:
    """The communities whose deposits the actor curates, sorted."""
    if not _as_curator(actor):
        return []
    return sorted(
        role.scope.id
        for role in actor.roles
        if role.name == "curator" and role.scope.kind == "community"
    )


def _as_curator(actor: Actor) -> bool:
    return actor.token_scopes is None or "curate" in actor.token_scopes


def is_curator(actor: Actor) -> bool:
    """Whether there is a desk for this actor at all."""
    return keeps_node(actor) or bool(communities_of(actor))


def may_curate(actor: Actor, submission: Submission) -> Decision:
    """Decide about a submission: the node's curators, and those of the community it is for."""
    if keeps_node(actor):
        return allow()
    if submission.community and submission.community in communities_of(actor):
        return allow()
    return deny(_CURATORS)


def curated_by(actor: Actor) -> Q:
    """Twin of may_curate, for what was handed in at least once."""
    handed_in = Q(handed_in_at__isnull=False)
    if keeps_node(actor):
        return handed_in
    slugs = communities_of(actor)
    return handed_in & Q(community__in=slugs) if slugs else NOBODY


def deposits(actor: Actor, submission: Submission) -> bool:
    """Whether it is the actor's own deposit, or the next version of the actor's record."""
    if actor.kind != "person" or not actor.id:
        return False
    return actor.id in {submission.depositor, submission.draft.record.created_by}


def writes(actor: Actor, submission: Submission) -> bool:
    """Whether the actor writes it: its depositor, and those the depositor writes with.

    Up to one query.
    """
    if deposits(actor, submission):
        return True
    if actor.kind != "person" or not actor.id:
        return False
    return submission.draft.editors.filter(actor=actor.id).exists()


def may_read(actor: Actor, submission: Submission) -> Decision:
    """Those who write it always; curators once it was handed in: before, it is not theirs."""
    if submission.handed_in_at is not None and may_curate(actor, submission):
        return allow()
    return allow() if writes(actor, submission) else deny(_DEPOSITORS)


def written_by(actor: Actor) -> Q:
    """Twin of writes."""
    if actor.kind != "person" or not actor.id:
        return NOBODY
    along = Submission.objects.filter(draft__editors__actor=actor.id).values("pk")
    own = Q(depositor=actor.id) | Q(draft__record__created_by=actor.id)
    return own | Q(pk__in=along)


def visible_to(actor: Actor) -> Q:
    """Twin of may_read."""
    return written_by(actor) | curated_by(actor)


def may_move(event: str, actor: Actor, submission: Submission) -> Decision:
    """The permission of the machine `deposit.submission`."""
    if event in _BY_NODE:
        return allow() if actor == SYSTEM else deny(_NODE)
    if event in _BY_DEPOSITOR:
        return allow() if deposits(actor, submission) else deny(_DEPOSITORS)
    if event in _BY_WRITERS:
        return allow() if writes(actor, submission) else deny(_DEPOSITORS)
    return may_curate(actor, submission)


def may_move_withdrawal(event: str, actor: Actor, request: Withdrawal) -> Decision:
    """The permission of the machine `deposit.withdrawal`."""
    if event == "take_back":
        own = actor.kind == "person" and actor.id == request.asked_by
        return allow() if own else deny(_DEPOSITORS)
    return allow() if keeps_node(actor) else deny(_CURATORS)


def demand(decision: Decision) -> None:
    """Raises NotPermitted, with the decision's own reason, unless it is yes."""
    if not decision:
        raise NotPermitted(reason=decision)
