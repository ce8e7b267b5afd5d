"""What a record allows: one rule for the object, whose twin filter is in `selectors`.

An access level says what its depositor chose; effects say what a decision elsewhere
demands. The strictest answer wins, and a rule nobody here understands denies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from tonle.kernel.actors import NODE, Actor, Role, Scope
from tonle.kernel.errors import N_

Outcome = Literal["allow", "ask", "deny"]

READ_METADATA = "read_metadata"
READ_FILES = "read_files"
# Who may look after any record of the node.
KEEPERS = ("steward", "curator")
# What a token must be for, one of them, to carry its owner's care for the records of others:
# to act in it, and to see what it lets one see. For anything else its owner is one of many.
CARE = frozenset({"curate"})
SIGHT = frozenset({"curate", "read"})


@dataclass(frozen=True)
class EffectFacts:
    """One effect as far as the rule needs it; instants are UTC, None is without end."""

    action: str
    rule: str
    params: Mapping[str, Any]
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def in_force(self, now: datetime) -> bool:
        """Half-open: in force at valid_from, no longer at valid_until."""
        return (self.valid_from is None or self.valid_from <= now) and (
            self.valid_until is None or now < self.valid_until
        )


@dataclass(frozen=True)
class GrantFacts:
    """Leave that somebody was given to read restricted files; instants are UTC."""

    grantee: str
    valid_from: datetime
    valid_until: datetime
    withdrawn_at: datetime | None = None

    def holds(self, actor: Actor, now: datetime) -> bool:
        """Half-open, as effects are; withdrawn at an instant, it holds no more at that instant."""
        return (
            owns(actor, self.grantee)
            and self.valid_from <= now < self.valid_until
            and (self.withdrawn_at is None or now < self.withdrawn_at)
        )


@dataclass(frozen=True)
class RecordFacts:
    """A record as far as the rule needs it.

    grants: those that concern the actor are enough, and only of restricted records.
    """

    state: str
    access_level: str
    embargo_until: datetime | None = None
    owner: str = ""
    effects: Sequence[EffectFacts] = ()
    communities: Sequence[str] = ()
    grants: Sequence[GrantFacts] = ()


@dataclass(frozen=True)
class Ruling:
    """allow, ask (a request can lead to yes) or deny, with every reason."""

    outcome: Outcome
    reasons: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.outcome == "allow"


def needed_role(params: Mapping[str, Any]) -> tuple[str, Scope] | None:
    """The role that a `role` effect demands, or None where its parameters are malformed."""
    name = params.get("role")
    kind = params.get("scope_kind", "node")
    scope_id = params.get("scope_id", "")
    if not (isinstance(name, str) and name and isinstance(kind, str) and isinstance(scope_id, str)):
        return None
    return name, Scope(kind, scope_id)


def role_key(params: Mapping[str, Any]) -> str:
    """The demanded role as one word, for the filter; empty where nobody can satisfy it."""
    needed = needed_role(params)
    return f"{needed[0]}@{needed[1].kind}:{needed[1].id}" if needed else ""


def keeps(actor: Actor, scopes: frozenset[str] = CARE) -> bool:
    """Whether the actor looks after all records of the node. scopes: CARE or SIGHT."""
    return _carries(actor, scopes) and any(Role(name, NODE) in actor.roles for name in KEEPERS)


def curated(actor: Actor, scopes: frozenset[str] = CARE) -> list[str]:
    """The communities that the actor is curator of, sorted."""
    if not _carries(actor, scopes):
        return []
    return sorted(
        role.scope.id
        for role in actor.roles
        if role.name == "curator" and role.scope.kind == "community"
    )


def looks_after(actor: Actor, communities: Iterable[str], scopes: frozenset[str] = CARE) -> bool:
    """Whether a thing of these communities is in the actor's care."""
    return keeps(actor, scopes) or not set(curated(actor, scopes)).isdisjoint(communities)


def _carries(actor: Actor, scopes: frozenset[str]) -> bool:
    return actor.token_scopes is None or not scopes.isdisjoint(actor.token_scopes)


def owns(actor: Actor, owner: str) -> bool:
    return actor.kind == "person" and owner != "" and actor.id == owner


def rule(actor: Actor, action: str, facts: RecordFacts, now: datetime) -> Ruling:
    """May the actor do this with the record at this instant?

    An action without a rule of its own is denied.
    """
    rulings = [_by_state(actor, action, facts)]
    if action == READ_FILES:
        rulings.append(_by_level(actor, facts, now))
    rulings += [
        _by_effect(actor, effect)
        for effect in facts.effects
        if effect.action == action and effect.in_force(now)
    ]
    return _strictest(rulings)


def _by_state(actor: Actor, action: str, facts: RecordFacts) -> Ruling:
    if action not in {READ_METADATA, READ_FILES}:
        return Ruling("deny", (N_("Nothing here says who may do this."),))
    if facts.state == "reserved":
        if _cares(actor, facts):
            return Ruling("allow")
        return Ruling("deny", (N_("There is nothing here under this name."),))
    if facts.state in {"withdrawn", "purged"} and action == READ_FILES:
        return Ruling("deny", (N_("The record was withdrawn."),))
    return Ruling("allow")


def _by_level(actor: Actor, facts: RecordFacts, now: datetime) -> Ruling:
    if facts.access_level == "open":
        return Ruling("allow")
    if facts.access_level == "metadata_only":
        return Ruling("deny", (N_("Only the description is public; no files are given out."),))
    if _cares(actor, facts):
        return Ruling("allow")
    if facts.access_level == "embargoed":
        if facts.embargo_until is not None and facts.embargo_until <= now:
            return Ruling("allow")
        return Ruling("deny", (N_("The files are under embargo."),))
    if facts.access_level == "restricted":
        if any(grant.holds(actor, now) for grant in facts.grants):
            return Ruling("allow")
        return Ruling("ask", (N_("The files are given out on request."),))
    return Ruling("deny", (N_("The access condition is not known here."),))


def _cares(actor: Actor, facts: RecordFacts) -> bool:
    return looks_after(actor, facts.communities, SIGHT) or owns(actor, facts.owner)


def _by_effect(actor: Actor, effect: EffectFacts) -> Ruling:
    if effect.rule == "ask":
        return Ruling("ask", (N_("A decision demands a request first."),))
    if effect.rule == "role":
        needed = needed_role(effect.params)
        if needed is not None and actor.has(*needed):
            return Ruling("allow")
        return Ruling("deny", (N_("A decision keeps this to people with a certain role."),))
    if effect.rule == "deny":
        return Ruling("deny", (N_("A decision forbids this."),))
    return Ruling("deny", (N_("A decision attaches a rule that this node does not know."),))


def _strictest(rulings: Sequence[Ruling]) -> Ruling:
    reasons = tuple(reason for ruling in rulings for reason in ruling.reasons)
    outcomes = {ruling.outcome for ruling in rulings}
    if "deny" in outcomes:
        return Ruling("deny", reasons)
    return Ruling("ask" if "ask" in outcomes else "allow", reasons)


def next_change(facts: RecordFacts, now: datetime) -> datetime | None:
    """The next instant after now at which the answer for everybody may differ.

    Grants are left out: they are one person's, and caches hold only what nobody in
    particular sees.
    """
    instants = [
        instant
        for effect in facts.effects
        for instant in (effect.valid_from, effect.valid_until)
        if instant is not None
    ]
    if facts.access_level == "embargoed" and facts.embargo_until is not None:
        instants.append(facts.embargo_until)
    return min((instant for instant in instants if instant > now), default=None)
