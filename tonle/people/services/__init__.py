"""What can be done with accounts, roles, tokens, persons, organisations and communities.

One room per subject. Each service is one transaction, one permission and one line in the
audit trail.
"""

from __future__ import annotations

from tonle.people.services.accounts import create_account, set_account_active
from tonle.people.services.communities import (
    add_community,
    change_community,
    close_community,
    reopen_community,
)
from tonle.people.services.first_steward import (
    LINK_LIFE,
    first_signin_link,
    issue_signin_link,
    signin_address,
    signin_link_is_open,
    spend_signin_link,
    steward_can_sign_in,
)
from tonle.people.services.organisations import add_organisation, change_organisation
from tonle.people.services.persons import add_person
from tonle.people.services.roles import grant_role, revoke_role
from tonle.people.services.tokens import MOST_TOKENS, create_token, revoke_token
from tonle.people.services.verification import unverify_organisation, verify_organisation
from tonle.people.services.vouching import unvouch, vouch

__all__ = [
    "LINK_LIFE",
    "MOST_TOKENS",
    "add_community",
    "add_organisation",
    "add_person",
    "change_community",
    "change_organisation",
    "close_community",
    "create_account",
    "create_token",
    "first_signin_link",
    "grant_role",
    "issue_signin_link",
    "reopen_community",
    "revoke_role",
    "revoke_token",
    "set_account_active",
    "signin_address",
    "signin_link_is_open",
    "spend_signin_link",
    "steward_can_sign_in",
    "unverify_organisation",
    "unvouch",
    "verify_organisation",
    "vouch",
]
