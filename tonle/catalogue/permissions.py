"""Who may do what in the catalogue. Reading is ruled by `rules.access`.

Three stand behind a record: its owner, the curators of its communities, and the keepers
of the node. Each rule is asked with plain values, so that a record, a draft and a plan
are asked alike; where lists are filtered by it, its twin is beside it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from tonle.catalogue import gates
from tonle.catalogue.errors import KeptElsewhere
from tonle.catalogue.models import Draft, DraftEditor, Record
from tonle.catalogue.rules.access import curated, keeps, looks_after, owns
from tonle.catalogue.selectors import communities_of
from tonle.kernel import canonical
from tonle.kernel.actors import Actor
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_, NotPermitted


def may_draft(actor: Actor) -> Decision:
    """Anybody who is signed in may begin a draft."""
    if actor.kind == "anonymous":
        return deny(N_("Sign in first."))
    return allow()


def may_edit(actor: Actor, draft: Draft) -> Decision:
    """Whose a draft is: its depositors', and whoever's who looks after it. Up to one query.

    The record's owner writes its next version, whoever began the draft. What contexts above
    hide is not asked here; `may_read_draft` asks both.
    """
    if may_manage(actor, draft) or (
        actor.kind == "person"
        and DraftEditor.objects.filter(draft_id=draft.key, actor=actor.id).exists()
    ):
        return allow()
    return deny(N_("Only its depositor or a curator may change this draft."))


def editable(actor: Actor) -> Q:
    """The twin of `may_edit`: the drafts for which it answers yes."""
    if keeps(actor):
        return Q()
    found = Q(community__in=curated(actor)) & ~Q(community="")
    if actor.kind == "person" and actor.id:
        written = DraftEditor.objects.filter(draft=OuterRef("pk"), actor=actor.id)
        found |= Q(created_by=actor.id) | Q(record__created_by=actor.id) | Q(Exists(written))
    return found


def may_read_draft(actor: Actor, draft: Draft) -> Decision:
    """Know of a draft, read and write it: as `may_edit`, unless a context above hides it."""
    allowed = may_edit(actor, draft)
    if allowed and gates.hides(draft, actor):
        return deny(N_("Its depositor has not handed it in yet."))
    return allowed


def readable(actor: Actor) -> Q:
    """The twin of `may_read_draft`."""
    return editable(actor) & ~gates.hidden(actor)


def may_manage(actor: Actor, draft: Draft) -> Decision:
    """Say who writes along: the depositor, the record's owner, whoever looks after the draft."""
    if (
        looks_after(actor, [draft.community] if draft.community else [])
        or owns(actor, draft.created_by)
        or owns(actor, draft.record.created_by)
    ):
        return allow()
    return deny(N_("Only the depositor or a curator may say who writes this draft."))


def is_vouched_for(actor: Actor) -> bool:
    """Whether somebody has vouched for the actor: the role `contributor`, in any scope."""
    return any(role.name == "contributor" for role in actor.roles)


def may_publish(actor: Actor, *, owner: str = "", communities: Iterable[str] = ()) -> Decision:
    """Publish a record, its next version, or another access condition.

    owner: the actor that the record belongs to. communities: those that it belongs to. With
    neither, whether the actor may publish whatever it be.
    """
    if looks_after(actor, communities) or (owns(actor, owner) and is_vouched_for(actor)):
        return allow()
    return deny(
        N_("Only a curator, or a depositor somebody has vouched for, may publish or change this.")
    )


def may_succeed(actor: Actor, *, owner: str = "", communities: Iterable[str] = ()) -> Decision:
    """Begin the draft of a next version: an owner may always; his draft is then curated."""
    if owns(actor, owner):
        return allow()
    return may_publish(actor, owner=owner, communities=communities)


def may_withdraw(actor: Actor, *, communities: Iterable[str] = ()) -> Decision:
    """Take a record back, show it again, merge it: what was cited is not its author's alone."""
    if looks_after(actor, communities):
        return allow()
    return deny(N_("Only a curator or steward may withdraw a record. Ask them to."))


def may_burden(actor: Actor) -> Decision:
    """Attach what decisions elsewhere demand."""
    if keeps(actor):
        return allow()
    return deny(N_("Only a curator or steward may attach a decision to a record."))


def may_grant(actor: Actor, *, owner: str = "", communities: Iterable[str] = ()) -> Decision:
    """Let somebody in to restricted files, and withdraw it: the owner, and who looks after it."""
    if owns(actor, owner) or looks_after(actor, communities):
        return allow()
    return deny(N_("Only the record's owner or a curator may give access to its files."))


def may_purge(actor: Actor) -> Decision:
    """Bytes that the law forbids are removed by a steward alone."""
    if actor.has("steward"):
        return allow()
    return deny(N_("Only a steward may remove files for good."))


def may_publish_draft(actor: Actor, draft: Draft) -> Decision:
    """Whether the actor may publish this draft.

    Of a record that is public, its own communities count, not those that the draft would
    give it: nobody gains a record by writing their community into it.
    """
    if keeps(actor):
        return allow()
    record = draft.record
    communities = communities_of(record) if record.version else draft_communities(draft)
    return may_publish(actor, owner=record.created_by or draft.created_by, communities=communities)


def draft_communities(draft: Draft) -> tuple[str, ...]:
    """The communities that a draft is for: the one it was handed to, and those it names."""
    words = canonical.loads(bytes(draft.body)) if draft.body else {}
    handed = [draft.community] if draft.community else []
    return tuple(dict.fromkeys([*handed, *words.get("communities", ())]))


def may_change(actor: Actor, action: str, record: Record) -> Decision:
    """Whether the actor may do this with a published record; action is the log's word.

    One query for the record's communities, unless the actor keeps the node.
    """
    if action == "purge":
        return may_purge(actor)
    if action == "effects":
        return may_burden(actor)
    communities = () if keeps(actor) else communities_of(record)
    if action == "access":
        return may_publish(actor, owner=record.created_by, communities=communities)
    return may_withdraw(actor, communities=communities)


def demand_own(record: Record) -> None:
    """Raises KeptElsewhere for a record that another keeps: its home alone changes it."""
    if record.kept_in:
        raise KeptElsewhere(record=record.id)


def demand(decision: Decision) -> None:
    """Raises NotPermitted, with the decision's own reason, unless it is yes."""
    if not decision:
        raise NotPermitted(reason=decision)
