"""Who may see and change accounts, roles, tokens, persons and organisations.

Each rule comes twice: `may_…` answers for one object with a reason, its twin answers as
a filter for lists. tests/test_permissions.py holds them together for every role.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from tonle.kernel.actors import Actor, Scope
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_
from tonle.people.models import Account, ApiToken, Organisation, Person, RoleGrant
from tonle.people.rules.roles import gives, roles

NOBODY = Q(pk__in=())

_SIGN_IN = N_("Sign in first.")
_BY_TOKEN = N_("A token cannot be used for accounts and roles. Sign in with your password.")
_OWN_ONLY = N_("Only the account’s owner and the node’s stewards may do this.")
_GIVERS = N_("Only those who may give this role here, and the node’s stewards, may do this.")
_EDITORS = N_("Only the organisation’s managers, curators and the node’s stewards may do this.")


def running(now: datetime) -> Q:
    """Grants that hold at an instant."""
    return (
        Q(ended_at__isnull=True)
        & Q(valid_from__lte=now)
        & (Q(valid_until__isnull=True) | Q(valid_until__gt=now))
    )


def _bar(actor: Actor) -> str:
    """Why nobody in particular, and no token, ever touches accounts; "" for everybody else.

    A message and not a Decision: a refusal is false, and `refusal or …` would pass it over.
    """
    if actor.kind == "anonymous":
        return _SIGN_IN
    return _BY_TOKEN if actor.token_scopes is not None else ""


# --- accounts ----------------------------------------------------------------------------


def may_create_account(actor: Actor) -> Decision:
    """Open an account for somebody else. People open their own by signing up."""
    if bar := _bar(actor):
        return deny(bar)
    return allow() if actor.has("steward") else deny(_OWN_ONLY)


def may_read_account(actor: Actor, account: Account) -> Decision:
    """See an account: its owner and the stewards."""
    if bar := _bar(actor):
        return deny(bar)
    owner = account.actor_id == actor.id
    return allow() if owner or actor.has("steward") else deny(_OWN_ONLY)


def accounts_visible_to(actor: Actor) -> Q:
    """Twin of may_read_account."""
    if _bar(actor):
        return NOBODY
    return Q() if actor.has("steward") else Q(actor_id=actor.id)


# --- roles -------------------------------------------------------------------------------


def may_give_role(actor: Actor, role: str, scope: Scope) -> Decision:
    """Give a role in a scope, or take it back."""
    if bar := _bar(actor):
        return deny(bar)
    return allow() if gives(actor, role, scope) else deny(_GIVERS)


def may_read_grant(actor: Actor, grant: RoleGrant) -> Decision:
    """See who holds or held a role: its holder, and those who may give it there."""
    if bar := _bar(actor):
        return deny(bar)
    scope = Scope(grant.scope_kind, grant.scope_id)
    if grant.account_id == actor.id or gives(actor, grant.role, scope):
        return allow()
    return deny(_GIVERS)


def grants_visible_to(actor: Actor) -> Q:
    """Twin of may_read_grant."""
    if _bar(actor):
        return NOBODY
    if actor.has("steward"):
        return Q()
    seen = Q(account_id=actor.id)
    for kind in roles():
        for held in actor.roles:
            if held.name not in kind.given_by:
                continue
            if held.scope.kind == "node":
                # Held for the whole node, a role reaches every smaller scope, not the node's own.
                seen |= Q(role=kind.name) & ~Q(scope_kind="node")
            else:
                seen |= Q(role=kind.name, scope_kind=held.scope.kind, scope_id=held.scope.id)
    return seen


# --- tokens ------------------------------------------------------------------------------


def may_create_token(actor: Actor, account: Account) -> Decision:
    """Make a token that speaks for an account: its owner alone, or the node's own command line."""
    if bar := _bar(actor):
        return deny(bar)
    return allow() if actor.kind == "system" or account.actor_id == actor.id else deny(_OWN_ONLY)


def may_manage_token(actor: Actor, token: ApiToken) -> Decision:
    """See that a token exists, and revoke it. Nobody ever sees its secret again."""
    if bar := _bar(actor):
        return deny(bar)
    owner = token.account_id == actor.id
    return allow() if owner or actor.has("steward") else deny(_OWN_ONLY)


def tokens_visible_to(actor: Actor) -> Q:
    """Twin of may_manage_token."""
    if _bar(actor):
        return NOBODY
    return Q() if actor.has("steward") else Q(account_id=actor.id)


# --- persons -----------------------------------------------------------------------------


def may_read_person(actor: Actor, person: Person) -> Decision:
    """See a person's own row: themself, curators and stewards.

    What a public record says of its creators is public with the record, not through here.
    """
    if actor.kind == "anonymous":
        return deny(_SIGN_IN)
    own = bool(person.account_id) and person.account_id == actor.id
    return allow() if own or _curates(actor) else deny(_OWN_ONLY)


def persons_visible_to(actor: Actor) -> Q:
    """Twin of may_read_person."""
    if actor.kind == "anonymous":
        return NOBODY
    return Q() if _curates(actor) else Q(account_id=actor.id)


def _curates(actor: Actor) -> bool:
    return actor.has("steward") or actor.has("curator")


def may_add_person(actor: Actor) -> Decision:
    if bar := _bar(actor):
        return deny(bar)
    return allow() if _curates(actor) else deny(_EDITORS)


# --- organisations -----------------------------------------------------------------------


def may_add_organisation(actor: Actor) -> Decision:
    if bar := _bar(actor):
        return deny(bar)
    return allow() if _curates(actor) else deny(_EDITORS)


def may_edit_organisation(actor: Actor, organisation: Organisation) -> Decision:
    """Change an organisation's description: its managers, node curators, stewards."""
    if bar := _bar(actor):
        return deny(bar)
    manages = actor.has("manager", Scope("organisation", organisation.id))
    return allow() if manages or _curates(actor) else deny(_EDITORS)


def organisations_editable_by(actor: Actor) -> Q:
    """Twin of may_edit_organisation."""
    if _bar(actor):
        return NOBODY
    if _curates(actor) or actor.has("manager"):
        return Q()
    managed = [
        role.scope.id
        for role in actor.roles
        if role.name == "manager" and role.scope.kind == "organisation"
    ]
    return Q(id__in=managed)
