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
from tonle.people.selectors.organisations import (
    organisation,
    organisation_by_identifier,
    organisations,
)
from tonle.people.selectors.persons import names_of, own_person

__all__ = [
    "AccountSummary",
    "Known",
    "TokenSummary",
    "account_by_email",
    "accounts",
    "communities",
    "communities_kept_by",
    "community",
    "has_verified_email",
    "holders",
    "known",
    "names_of",
    "organisation",
    "organisation_by_identifier",
    "organisations",
    "own_grants",
    "own_person",
    "tokens",
]
