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
from tonle.people.services.demonstration import (
    add_demonstration,
    demonstration_accounts,
    remove_demonstration,
)
from tonle.people.services.erasure import (
    erase_account,
    register_eraser,
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
from tonle.people.services.invitations import (
    accept_invitation,
    invite,
    open_invitation,
    withdraw_invitation,
)
from tonle.people.services.organisations import add_organisation, change_organisation
from tonle.people.services.persons import (
    add_person,
    change_profile,
    link_orcid,
    unlink_orcid,
)
from tonle.people.services.roles import grant_role, revoke_role
from tonle.people.services.suspension import (
    appeal,
    appeal_link,
    decide_appeal,
    may_appeal,
    restore_account,
    suspend_accounts,
    suspension_behind,
)
from tonle.people.services.tokens import MOST_TOKENS, create_token, revoke_token
from tonle.people.services.verification import unverify_organisation, verify_organisation
from tonle.people.services.vouching import unvouch, vouch

__all__ = [
    "LINK_LIFE",
    "MOST_TOKENS",
    "accept_invitation",
    "add_community",
    "add_demonstration",
    "add_organisation",
    "add_person",
    "appeal",
    "appeal_link",
    "change_community",
    "change_organisation",
    "change_profile",
    "close_community",
    "create_account",
    "create_token",
    "decide_appeal",
    "demonstration_accounts",
    "erase_account",
    "first_signin_link",
    "grant_role",
    "invite",
    "issue_signin_link",
    "link_orcid",
    "may_appeal",
    "open_invitation",
    "register_eraser",
    "remove_demonstration",
    "reopen_community",
    "restore_account",
    "revoke_role",
    "revoke_token",
    "set_account_active",
    "signin_address",
    "signin_link_is_open",
    "spend_signin_link",
    "steward_can_sign_in",
    "suspend_accounts",
    "suspension_behind",
    "unlink_orcid",
    "unverify_organisation",
    "unvouch",
    "verify_organisation",
    "vouch",
    "withdraw_invitation",
]
