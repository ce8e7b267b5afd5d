"""Questions about people, roles, organisations and communities. Each starts from the actor."""

from __future__ import annotations

from tonle.people.selectors.accounts import (
    AccountSummary,
    Known,
    TokenSummary,
    account_by_email,
    accounts,
    has_verified_email,
    holders,
    known,
    own_grants,
    tokens,
)
from tonle.people.selectors.communities import communities, communities_kept_by, community
from tonle.people.selectors.desk import (
    AccountPage,
    account,
    account_page,
    find_organisations,
    organisations_to_verify,
    suspensions,
    waiting_appeals,
)
from tonle.people.selectors.organisations import (
    organisation,
    organisation_by_identifier,
    organisations,
    organisations_kept_by,
    verified_organisations,
)
from tonle.people.selectors.persons import names_of, own_person
from tonle.people.selectors.roles import (
    RoleRow,
    givable_roles,
    open_invitations,
    own_roles,
    role_history,
    roles_in,
    roles_of,
    roles_of_many,
    scope_names,
    scope_of,
    scopes_to_give_in,
)

__all__ = [
    "AccountPage",
    "AccountSummary",
    "Known",
    "RoleRow",
    "TokenSummary",
    "account",
    "account_by_email",
    "account_page",
    "accounts",
    "communities",
    "communities_kept_by",
    "community",
    "find_organisations",
    "givable_roles",
    "has_verified_email",
    "holders",
    "known",
    "names_of",
    "open_invitations",
    "organisation",
    "organisation_by_identifier",
    "organisations",
    "organisations_kept_by",
    "organisations_to_verify",
    "own_grants",
    "own_person",
    "own_roles",
    "role_history",
    "roles_in",
    "roles_of",
    "roles_of_many",
    "scope_names",
    "scope_of",
    "scopes_to_give_in",
    "suspensions",
    "tokens",
    "verified_organisations",
    "waiting_appeals",
]
