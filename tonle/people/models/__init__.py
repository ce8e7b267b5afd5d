"""Accounts, persons, organisations, communities, and who may act in which scope."""

from __future__ import annotations

from tonle.people.models.accounts import Account, AccountManager, ApiToken, SignInLink
from tonle.people.models.common import ACTOR_ID_CHARS, ID_CHARS
from tonle.people.models.communities import Community
from tonle.people.models.invitations import Invitation
from tonle.people.models.organisations import Organisation, OrganisationVerification, OrgIdentifier
from tonle.people.models.persons import Person
from tonle.people.models.roles import RoleGrant
from tonle.people.models.suspensions import Suspension
from tonle.people.notices import models as notices

__all__ = [
    "ACTOR_ID_CHARS",
    "ID_CHARS",
    "Account",
    "AccountManager",
    "ApiToken",
    "Community",
    "Invitation",
    "OrgIdentifier",
    "Organisation",
    "OrganisationVerification",
    "Person",
    "RoleGrant",
    "SignInLink",
    "Suspension",
    "notices",
]
