"""What other contexts use of people: actors, roles, organisations."""

from __future__ import annotations

from tonle.people.actors import (
    acting,
    actor_by_id,
    actor_for_account,
    actor_for_request,
    actor_for_token,
)
from tonle.people.demonstration import shown_to_others
from tonle.people.models import Community, Organisation, Person
from tonle.people.notices.selectors import unread_count
from tonle.people.notices.services import end_notices, notify, notify_holders
from tonle.people.notices.topics import Topic, register_matter, register_topic
from tonle.people.permissions import curates
from tonle.people.proofs import proved_at, way_to_prove
from tonle.people.rules.rhythm import ZONES, zone_of
from tonle.people.rules.roles import RoleKind, is_vouched, register_role, roles
from tonle.people.rules.scopes import covers, register_token_scope, token_scopes
from tonle.people.selectors import (
    account_by_email,
    communities,
    community,
    has_verified_email,
    holders,
    is_invented_to,
    known,
    names_of,
    organisation,
    organisation_by_identifier,
    organisations,
    own_person,
    verified_organisations,
)
from tonle.people.services import (
    add_community,
    add_organisation,
    add_person,
    change_organisation,
    create_account,
    create_token,
    first_signin_link,
    grant_role,
    invite,
    may_appeal,
    register_eraser,
    restore_account,
    revoke_role,
    revoke_token,
    steward_can_sign_in,
    suspend_accounts,
    unverify_organisation,
    unvouch,
    verify_organisation,
    vouch,
)
from tonle.people.services.demonstration import Character, register_character
from tonle.people.tasks import StewardTask, register_steward_task

__all__ = [
    "ZONES",
    "Character",
    "Community",
    "Organisation",
    "Person",
    "RoleKind",
    "StewardTask",
    "Topic",
    "account_by_email",
    "acting",
    "actor_by_id",
    "actor_for_account",
    "actor_for_request",
    "actor_for_token",
    "add_community",
    "add_organisation",
    "add_person",
    "change_organisation",
    "communities",
    "community",
    "covers",
    "create_account",
    "create_token",
    "curates",
    "end_notices",
    "first_signin_link",
    "grant_role",
    "has_verified_email",
    "holders",
    "invite",
    "is_invented_to",
    "is_vouched",
    "known",
    "may_appeal",
    "names_of",
    "notify",
    "notify_holders",
    "organisation",
    "organisation_by_identifier",
    "organisations",
    "own_person",
    "proved_at",
    "register_character",
    "register_eraser",
    "register_matter",
    "register_role",
    "register_steward_task",
    "register_token_scope",
    "register_topic",
    "restore_account",
    "revoke_role",
    "revoke_token",
    "roles",
    "shown_to_others",
    "steward_can_sign_in",
    "suspend_accounts",
    "token_scopes",
    "unread_count",
    "unverify_organisation",
    "unvouch",
    "verified_organisations",
    "verify_organisation",
    "vouch",
    "way_to_prove",
    "zone_of",
]
