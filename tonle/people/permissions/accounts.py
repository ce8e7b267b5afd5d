"""Who may see and open accounts, and handle their tokens."""

from __future__ import annotations

from django.db.models import Q

from tonle.kernel.actors import Actor
from tonle.kernel.decisions import Decision, allow, deny
from tonle.kernel.errors import N_
from tonle.people.models import Account, ApiToken
from tonle.people.permissions.common import NOBODY, OWN_ONLY, bar
from tonle.people.rules.scopes import ACCOUNTS, PROFILE

_SELF = N_("Only the account’s owner may do this.")


def may_create_account(actor: Actor) -> Decision:
    """Open an account for somebody else. People open their own by signing up."""
    if reason := bar(actor):
        return deny(reason)
    return allow() if actor.has("steward") else deny(OWN_ONLY)


def may_read_account(actor: Actor, account: Account) -> Decision:
    """See an account: its owner and the stewards."""
    if reason := bar(actor, ACCOUNTS):
        return deny(reason)
    return _owner_or_steward(actor, account)


def _owner_or_steward(actor: Actor, account: Account) -> Decision:
    owner = account.actor_id == actor.id
    return allow() if owner or actor.has("steward") else deny(OWN_ONLY)


def accounts_visible_to(actor: Actor) -> Q:
    """Twin of may_read_account."""
    if bar(actor, ACCOUNTS):
        return NOBODY
    return Q() if actor.has("steward") else Q(actor_id=actor.id)


def may_erase_account(actor: Actor, account: Account) -> Decision:
    """Erase what is personal of an account: its owner, and a steward on their behalf."""
    if reason := bar(actor):
        return deny(reason)
    return _owner_or_steward(actor, account)


def may_edit_profile(actor: Actor, account: Account) -> Decision:
    """Say what somebody is called: they themselves, and nobody for them."""
    if reason := bar(actor, PROFILE):
        return deny(reason)
    return allow() if account.pk == actor.id else deny(_SELF)


def may_link_orcid(actor: Actor, account: Account) -> Decision:
    """Note or forget the iD that one signed in with at ORCID: never by a token."""
    if reason := bar(actor):
        return deny(reason)
    return allow() if account.pk == actor.id else deny(_SELF)


def may_create_token(actor: Actor, account: Account) -> Decision:
    """Make a token that speaks for an account: its owner alone, or the node's own command line."""
    if reason := bar(actor):
        return deny(reason)
    return allow() if actor.kind == "system" or account.actor_id == actor.id else deny(OWN_ONLY)


def may_manage_token(actor: Actor, token: ApiToken) -> Decision:
    """See that a token exists, and revoke it. Nobody ever sees its secret again."""
    if reason := bar(actor):
        return deny(reason)
    owner = token.account_id == actor.id
    return allow() if owner or actor.has("steward") else deny(OWN_ONLY)


def tokens_visible_to(actor: Actor) -> Q:
    """Twin of may_manage_token."""
    if bar(actor):
        return NOBODY
    return Q() if actor.has("steward") else Q(account_id=actor.id)
