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
    always may, and so it need not be named.
    """

    name: str
    label: str
    scope_kinds: tuple[str, ...]
    given_by: tuple[str, ...] = ()


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
    # A node-wide role is the steward's to give, whoever else gives it in smaller scopes.
    if kind is None or scope.kind == "node":
        return False
    return any(actor.has(name, scope) for name in kind.given_by)


for _role in (
    RoleKind("steward", N_("Steward"), ("node",)),
    RoleKind("curator", N_("Curator"), ("node", "community"), ("manager",)),
    RoleKind("manager", N_("Manager"), ("organisation", "community"), ("manager",)),
    RoleKind("member", N_("Member"), ("organisation", "community"), ("manager", "curator")),
):
    register_role(_role)
