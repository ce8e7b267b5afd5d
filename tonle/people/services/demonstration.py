"""Invented people, an invented organisation and community, to try a node with.

Their names say that they are invented. They sign in only at the machine of the node, have
neither password nor token, and a node that shows itself to the public does not start while
they exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tonle.infra import audit, days
from tonle.kernel.actors import NODE, SYSTEM, Actor, Scope
from tonle.kernel.errors import N_
from tonle.kernel.names import PersonName
from tonle.people import permissions
from tonle.people.models import Account, Community, Invitation, Organisation, RoleGrant
from tonle.people.permissions import running
from tonle.people.services.accounts import open_account
from tonle.people.services.common import require
from tonle.people.services.communities import add_community
from tonle.people.services.erasure import erase_account
from tonle.people.services.organisations import add_organisation
from tonle.people.services.persons import add_person
from tonle.people.services.roles import end_grant, grant_role, tell_grant
from tonle.people.services.verification import unverify_organisation, verify_organisation

SLUG = "demonstration"
_HOST = "demonstration.invalid"  # RFC 2606: no letter can ever go there.


@dataclass(frozen=True)
class Character:
    """One invented person. label: who they are; does: what to try as them (gettext messages).

    role: what they hold, "" for nothing; where: the kind of scope of it, in the node itself or in
    what was invented with them.
    """

    key: str
    name: PersonName
    label: str
    does: str
    role: str = ""
    where: str = "node"


_OURS = (
    Character(
        "newcomer",
        PersonName.of("Sokha the Invented", others={"km": "សុខា (គ្មានពិត)"}, language="en"),
        N_("Newcomer"),
        N_("Has just opened an account. Nobody knows them yet, so a curator reads what they give."),
    ),
    Character(
        "depositor",
        PersonName.of("Bopha the Invented", others={"km": "បុប្ផា (គ្មានពិត)"}, language="en"),
        N_("Depositor"),
        N_("Gives data and software. Somebody here has vouched for them."),
        role="contributor",
        where="organisation",
    ),
    Character(
        "curator",
        PersonName.of("Dara the Invented", others={"km": "ដារា (គ្មានពិត)"}, language="en"),
        N_("Curator"),
        N_("Reads what is handed in, helps, publishes, and vouches for people."),
        role="curator",
    ),
    Character(
        "community-curator",
        PersonName.of("Vanna the Invented", others={"km": "វណ្ណា (គ្មានពិត)"}, language="en"),
        N_("Curator of a community"),
        N_("Looks after one community’s records, and not after others."),
        role="curator",
        where="community",
    ),
    Character(
        "manager",
        PersonName.of("Chan the Invented", others={"km": "ចាន់ (គ្មានពិត)"}, language="en"),
        N_("Manager of an organisation"),
        N_("Describes a verified organisation, gives roles in it, vouches for its people."),
        role="manager",
        where="organisation",
    ),
    Character(
        "steward",
        PersonName.of("Rith the Invented", others={"km": "រិទ្ធ (គ្មានពិត)"}, language="en"),
        N_("Steward"),
        N_("Keeps the node: accounts, roles, communities, appeals."),
        role="steward",
    ),
    Character(
        "outsider",
        PersonName.of("Nary the Invented", others={"km": "ណារី (គ្មានពិត)"}, language="en"),
        N_("Outsider"),
        N_("Has an account and nothing to do with any of this: sees what everybody sees."),
    ),
)


_of_others: dict[str, Character] = {}


def register_character(character: Character) -> None:
    """Invent somebody who holds a role of another context. Called once, when its app is ready."""
    _of_others[character.key] = character


def characters() -> tuple[Character, ...]:
    """Everybody who is invented: ours, then those of other contexts."""
    return (*_OURS, *_of_others.values())


def demonstration_accounts() -> dict[str, Account]:
    """The invented accounts of this node, by the key of their character. One query."""
    rows = Account.objects.filter(is_demonstration=True, erased_at__isnull=True)
    return {row.email.partition("@")[0]: row for row in rows}


@transaction.atomic
def add_demonstration(*, actor: Actor, now: datetime) -> dict[str, Account]:
    """Make the invented people with their organisation and community. Those there stay.

    Returns account by character key. Raises NotPermitted.
    """
    require(permissions.may_add_community(actor))
    there = demonstration_accounts()
    organisation, community = _organisation(now), _community(now)
    scopes = {
        "node": NODE,
        "organisation": Scope("organisation", organisation.id),
        "community": Scope("community", community.id),
    }
    for character in characters():
        if character.key in there:
            continue
        account = open_account(f"{character.key}@{_HOST}", None, SYSTEM, now, "")
        account.is_demonstration = True
        account.save(update_fields=["is_demonstration"])
        add_person(name=character.name, actor=SYSTEM, now=now, account_id=account.pk)
        if character.role:
            scope = scopes[character.where]
            grant_role(
                account_id=account.pk, role=character.role, scope=scope, actor=SYSTEM, now=now
            )
        there[character.key] = account
    audit.record("demonstration_added", "node", "node", actor, now)
    return there


@transaction.atomic
def remove_demonstration(*, actor: Actor, now: datetime) -> int:
    """Close everything invented: people are erased, the community closed. Returns how many.

    What they published stays until it is withdrawn. The organisation, which records may
    name, keeps its mark and loses its verification. Raises NotPermitted.
    """
    require(permissions.may_add_community(actor))
    rows = list(demonstration_accounts().values())
    for account in rows:
        _take_back_what_they_gave(account, now)
        erase_account(account_id=account.pk, actor=actor, now=now)
        Account.objects.filter(pk=account.pk).update(is_demonstration=False)
    for community in Community.objects.filter(is_demonstration=True, closed_at__isnull=True):
        Community.objects.filter(pk=community.pk).update(closed_at=now, updated_at=now)
    for organisation in Organisation.objects.filter(
        is_demonstration=True, verified_at__isnull=False
    ):
        unverify_organisation(
            id=organisation.id, reason="The demonstration is over.", actor=actor, now=now
        )
    if rows:
        audit.record("demonstration_removed", "node", "node", actor, now)
    return len(rows)


def _take_back_what_they_gave(account: Account, now: datetime) -> None:
    """Roles and invitations of an invented person's, whoever has them: of earlier releases, where
    they could still give them to the real."""
    for grant in RoleGrant.objects.filter(running(now), granted_by=account.actor_id):
        end_grant(grant, SYSTEM, now)
        tell_grant("role_revoked", grant, SYSTEM, now)
    Invitation.objects.filter(
        invited_by=account.actor_id, accepted_at__isnull=True, withdrawn_at__isnull=True
    ).update(withdrawn_at=now)


def _organisation(now: datetime) -> Organisation:
    found = Organisation.objects.filter(is_demonstration=True).first()
    if found is None:
        found = add_organisation(
            description={
                "names": {
                    "en": "Invented Institute of Rivers (demonstration)",
                    "km": "វិទ្យាស្ថានទន្លេ (សាកល្បង)",
                },
                "types": ["education"],
            },
            actor=SYSTEM,
            now=now,
        )
        Organisation.objects.filter(pk=found.pk).update(is_demonstration=True)
    return verify_organisation(
        id=found.id,
        evidence="Invented for the demonstration.",
        checked_on=days.day_of(now),
        actor=SYSTEM,
        now=now,
    )


def _community(now: datetime) -> Community:
    found = Community.objects.filter(is_demonstration=True).first()
    if found is None:
        return add_community(
            description={
                "slug": SLUG,
                "names": {"en": "Demonstration of rivers", "km": "ទន្លេ (សាកល្បង)"},
                "descriptions": {
                    "en": "An invented community, to try deposit and curation with.",
                    "km": "សហគមន៍សាកល្បង សម្រាប់សាកដាក់ និងត្រួតពិនិត្យទិន្នន័យ។",
                },
                "policy": {"en": "Anybody may hand in; everything is read by its curator."},
                "accent": "lotus",
            },
            actor=SYSTEM,
            now=now,
            demonstration=True,
        )
    Community.objects.filter(pk=found.pk).update(closed_at=None)
    return found
