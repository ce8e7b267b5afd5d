"""What other contexts use of people: actors, roles, organisations."""

from __future__ import annotations

from tonle.people.actors import actor_for_account, actor_for_request, actor_for_token
from tonle.people.models import Organisation
from tonle.people.rules.roles import RoleKind, register_role, roles
from tonle.people.rules.scopes import register_token_scope, token_scopes
from tonle.people.selectors import (
    account_by_email,
    holders,
    organisation,
    organisation_by_identifier,
    organisations,
)
from tonle.people.services import (
    add_organisation,
    add_person,
    change_organisation,
    create_account,
    create_token,
    first_signin_link,
    grant_role,
    revoke_role,
    revoke_token,
    steward_can_sign_in,
)

__all__ = [
    "Organisation",
    "RoleKind",
    "account_by_email",
    "actor_for_account",
    "actor_for_request",
    "actor_for_token",
    "add_organisation",
    "add_person",
    "change_organisation",
    "create_account",
    "create_token",
    "first_signin_link",
    "grant_role",
    "holders",
    "organisation",
    "organisation_by_identifier",
    "organisations",
    "register_role",
    "register_token_scope",
    "revoke_role",
    "revoke_token",
    "roles",
    "steward_can_sign_in",
    "token_scopes",
]
