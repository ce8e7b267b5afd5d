"""Which roles there are, where each may hold, and who may give it: data, not code.

Contexts above register theirs (a reviewer of a call, an operator of a facility).
"""

from __future__ import annotations

from dataclasses import dataclass

from tonle.kernel.actors import Actor, Scope
from tonle.kernel.errors import N_

SCOPE_KINDS = ("node", "organisation", "community", "call_party", "facility", "board")


@dataclass(frozen=True)
class RoleKind:
    """One role.

    label: gettext message. scope_kinds: where it may hold.
    given_by: roles that may give and take it back in the same scope; a steward of the node
    always may, and so it need not be named. given_node_wide_by: who else gives it for the
    whole node. needs_verified: in the scope of an organisation, only of a verified one.
    """

    name: str
    label: str
    scope_kinds: tuple[str, ...]
    given_by: tuple[str, ...] = ()
    given_node_wide_by: tuple[str, ...] = ()
    needs_verified: bool = False


_ROLES: dict[str, RoleKind] = {}


def register_role(role: RoleKind) -> None:
    """Make a role known. A second role of the same name is an error of the program."""
    if _ROLES.setdefault(role.name, role) != role:
        raise RuntimeError(f"Two contexts register the role {role.name!r}.")
    for kind in role.scope_kinds:
        if kind not in SCOPE_KINDS:
            raise RuntimeError(f"The role {role.name!r} names an unknown scope {kind!r}.")


def roles() -> tuple[RoleKind, ...]:
    """All roles, in the order of registration."""
    return tuple(_ROLES.values())


def role_kind(name: str) -> RoleKind | None:
    return _ROLES.get(name)


def gives(actor: Actor, role: str, scope: Scope) -> bool:
    """Whether the actor's own roles let them give this role there, or take it back."""
    kind = role_kind(role)
    if actor.has("steward"):
        return True
    if kind is None:
        return False
    # Who gives a role in smaller scopes does not thereby give it for the whole node.
    if scope.kind == "node":
        return any(actor.has(name) for name in kind.given_node_wide_by)
    return any(actor.has(name, scope) for name in kind.given_by)


def is_vouched(actor: Actor) -> bool:
    """Whether somebody who is known here has vouched for the actor, in any scope.

    The node's own curators and stewards are known by their office.
    """
    return (
        any(role.name == "contributor" for role in actor.roles)
        or actor.has("curator")
        or actor.has("steward")
    )


for _role in (
    RoleKind("steward", N_("Steward"), ("node",)),
    RoleKind("curator", N_("Curator"), ("node", "community"), ("manager",)),
    RoleKind("manager", N_("Manager"), ("organisation", "community"), ("manager",)),
    RoleKind("member", N_("Member"), ("organisation", "community"), ("manager", "curator")),
    # Somebody vouched for: a curator, or a verified organisation's manager, knows them.
    RoleKind(
        "contributor",
        N_("Contributor"),
        ("node", "organisation"),
        ("manager",),
        given_node_wide_by=("curator",),
        needs_verified=True,
    ),
):
    register_role(_role)
