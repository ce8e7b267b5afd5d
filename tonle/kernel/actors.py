"""Who acts: a person, the node itself, or nobody in particular."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["person", "system", "anonymous"]


@dataclass(frozen=True, order=True)
class Scope:
    """Where a role holds: kind is node, organisation, community, call_party, facility or board.

    id is the public name of the thing, "" for the node itself.
    """

    kind: str
    id: str = ""


NODE = Scope("node")


@dataclass(frozen=True, order=True)
class Role:
    """A role held in a scope, such as steward of the node or curator of a community."""

    name: str
    scope: Scope = NODE


@dataclass(frozen=True)
class Actor:
    """Who acts, as every service receives it. It never sees a request or a row.

    id is random and says nothing about the person, so that audit chains hold no
    personal data; erasing the side row leaves the chain provable.
    """

    id: str
    kind: ActorKind = "person"
    roles: frozenset[Role] = frozenset()
    # Scopes of the token that speaks for the actor; None where a session speaks.
    token_scopes: frozenset[str] | None = None

    def has(self, role: str, scope: Scope = NODE) -> bool:
        """Whether the actor holds the role in this scope, or in the whole node."""
        return Role(role, scope) in self.roles or Role(role, NODE) in self.roles


ANONYMOUS = Actor("", "anonymous")
SYSTEM = Actor("system", "system", frozenset({Role("steward")}))
