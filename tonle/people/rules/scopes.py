"""What an API token may be used for. A token never does more than its account may."""

from __future__ import annotations

from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_

# Of this context. Each lets a program do one sort of what its owner may do, and nothing else;
# passwords, second factors, sessions and tokens themselves are no scope's (decision 0045).
PROFILE = "profile"
ROLES = "roles"
DIRECTORY = "directory"
ACCOUNTS = "accounts"

_SCOPES: dict[str, str] = {}


def register_token_scope(name: str, label: str) -> None:
    """Make a scope known. label: gettext message that says what it allows."""
    _SCOPES.setdefault(name, label)


def token_scopes() -> dict[str, str]:
    """Name to label (a gettext message), in the order of registration."""
    return dict(_SCOPES)


def covers(actor: Actor, scope: str) -> bool:
    """Whether the actor came without a token, or by one that has this scope; "" is no scope."""
    if actor.token_scopes is None:
        return True
    return scope != "" and scope in actor.token_scopes


register_token_scope("read", N_("Read what I may read"))
register_token_scope("deposit", N_("Make and change my drafts and records"))
register_token_scope("curate", N_("Do my work as a curator"))
register_token_scope(PROFILE, N_("Read and change my profile and how I am told"))
register_token_scope(ROLES, N_("Vouch, invite, give and take back roles for me"))
register_token_scope(DIRECTORY, N_("Keep communities and organisations for me"))
register_token_scope(ACCOUNTS, N_("Look after the accounts of others for me"))
