"""What can be done with accounts, roles, tokens, persons and organisations.

Each service is one transaction, one permission and one line in the audit trail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from tonle.infra import audit
from tonle.kernel import identifiers
from tonle.kernel.actors import NODE, SYSTEM, Actor, Role, Scope
from tonle.kernel.decisions import Decision
from tonle.kernel.errors import N_, Invalid, NotPermitted, Refused
from tonle.kernel.names import PersonName
from tonle.kernel.sentences import Sentence, invalid
from tonle.people import errors, permissions
from tonle.people.models import (
    Account,
    ApiToken,
    Organisation,
    OrgIdentifier,
    Person,
    RoleGrant,
    SignInLink,
)
from tonle.people.organisations import Description, clean
from tonle.people.permissions import running
from tonle.people.rules import secrets
from tonle.people.rules.roles import role_kind
from tonle.people.rules.scopes import token_scopes

LINK_LIFE = timedelta(minutes=15)
MOST_TOKENS = 50  # Per account: more is a program that forgets its own.


def _require(decision: Decision) -> None:
    if not decision:
        raise NotPermitted(reason=decision)


# --- accounts ----------------------------------------------------------------------------


@transaction.atomic
def create_account(
    *, email: str, password: str | None, actor: Actor, now: datetime, language: str = ""
) -> Account:
    """Open an account for somebody. Its address counts as verified: whoever opens it vouches.

    password: None leaves it without one, until its owner sets one by mail.
    Raises NotPermitted, EmailTaken, Invalid.
    """
    _require(permissions.may_create_account(actor))
    return _open_account(email, password, actor, now, language)


def _open_account(
    email: str, password: str | None, actor: Actor, now: datetime, language: str
) -> Account:
    address = _clean_email(email)
    if Account.objects.filter(email=address).exists():
        raise errors.EmailTaken
    account = Account(email=address, created_at=now, language=language)
    if password is None:
        account.set_unusable_password()
    else:
        _set_password(account, password)
    try:
        # A savepoint, so that losing a race for the address leaves the transaction usable.
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError:
        raise errors.EmailTaken from None
    EmailAddress.objects.create(user=account, email=address, verified=True, primary=True)
    audit.record(
        "account_created",
        "account",
        account.actor_id,
        actor,
        now,
        personal={"email": address},
        subject=account.actor_id,
    )
    return account


def _clean_email(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise invalid(
            "email", N_("This is not an e-mail address. One looks like name@example.org.")
        ) from None
    return address


def _set_password(account: Account, password: str) -> None:
    try:
        validate_password(password, account)
    except ValidationError as problem:
        raise Invalid([("password", text) for text in problem.messages]) from None
    account.set_password(password)


@transaction.atomic
def set_account_active(*, account_id: str, active: bool, actor: Actor, now: datetime) -> Account:
    """Close an account to sign-in and tokens, or open it again. The second call changes nothing.

    Raises NoSuchAccount, NotPermitted, Refused (the last steward).
    """
    _require(permissions.may_create_account(actor))
    account = _locked_account(account_id)
    if account.is_active == active:
        return account
    if not active:
        _refuse_last_steward(account, now)
    account.is_active = active
    account.save(update_fields=["is_active"])
    action = "account_opened" if active else "account_closed"
    audit.record(action, "account", account.actor_id, actor, now, subject=account.actor_id)
    return account


def _locked_account(account_id: str) -> Account:
    account = Account.objects.select_for_update().filter(pk=account_id).first()
    if account is None:
        raise errors.NoSuchAccount
    return account


# --- roles -------------------------------------------------------------------------------


@transaction.atomic
def grant_role(
    *,
    account_id: str,
    role: str,
    scope: Scope = NODE,
    actor: Actor,
    now: datetime,
    until: datetime | None = None,
    note: str = "",
) -> RoleGrant:
    """Give an account a role in a scope, until an instant or without end.

    Given again with the same end, nothing changes; with another end, the earlier grant is
    ended and stays in the history. Raises NoSuchAccount, NotPermitted, Invalid.
    """
    _check_role(role, scope, until, now)
    _require(permissions.may_give_role(actor, role, scope))
    account = _locked_account(account_id)
    held = _open_grant(account, role, scope)
    if held is not None:
        if held.valid_until == until:
            return held
        _end(held, actor, now)
    grant = RoleGrant.objects.create(
        account=account,
        role=role,
        scope_kind=scope.kind,
        scope_id=scope.id,
        granted_by=actor.id,
        valid_from=now,
        valid_until=until,
        note=note,
    )
    _tell("role_granted", grant, actor, now)
    return grant


@transaction.atomic
def revoke_role(
    *, account_id: str, role: str, scope: Scope = NODE, actor: Actor, now: datetime
) -> RoleGrant | None:
    """Take a role back; the grant stays in the history. None where it was not held any more.

    Raises NoSuchAccount, NotPermitted, Refused (the last steward).
    """
    _require(permissions.may_give_role(actor, role, scope))
    account = _locked_account(account_id)
    held = _open_grant(account, role, scope)
    if held is None:
        return None
    if Role(role, scope) == Role("steward"):
        _refuse_last_steward(account, now)
    _end(held, actor, now)
    _tell("role_revoked", held, actor, now)
    return held


def _check_role(role: str, scope: Scope, until: datetime | None, now: datetime) -> None:
    kind = role_kind(role)
    if kind is None:
        raise invalid("role", N_("There is no role called “%(role)s”."), role=role)
    if scope.kind not in kind.scope_kinds:
        raise invalid(
            "scope",
            N_("The role “%(role)s” cannot be held in a scope of the kind “%(kind)s”."),
            role=role,
            kind=scope.kind,
        )
    if (scope.kind == "node") != (scope.id == ""):
        raise invalid("scope", N_("Every scope but the node itself is named by its id."))
    if until is not None and until <= now:
        raise invalid("until", N_("The end lies in the past. Choose a later day."))


def _open_grant(account: Account, role: str, scope: Scope) -> RoleGrant | None:
    return RoleGrant.objects.filter(
        account=account,
        role=role,
        scope_kind=scope.kind,
        scope_id=scope.id,
        ended_at__isnull=True,
    ).first()


def _end(grant: RoleGrant, actor: Actor, now: datetime) -> None:
    grant.ended_at, grant.ended_by = now, actor.id
    grant.save(update_fields=["ended_at", "ended_by"])


def _tell(action: str, grant: RoleGrant, actor: Actor, now: datetime) -> None:
    data = {"role": grant.role, "scope_kind": grant.scope_kind, "scope_id": grant.scope_id}
    if grant.valid_until is not None:
        data["until"] = grant.valid_until.isoformat()
    audit.record(action, "account", grant.account_id, actor, now, data, subject=grant.account_id)


def _refuse_last_steward(account: Account, now: datetime) -> None:
    """Refuse where no other active account would be steward. Locks all steward grants first.

    Without the lock, two stewards who dismiss each other at once would both succeed.
    """
    grants = RoleGrant.objects.select_for_update().filter(
        running(now), role="steward", scope_kind="node", account__is_active=True
    )
    holders = {grant.account_id for grant in grants}
    if holders == {account.pk}:
        raise Refused([errors.LAST_STEWARD])


# --- tokens ------------------------------------------------------------------------------


@transaction.atomic
def create_token(
    *,
    account_id: str,
    label: str,
    scopes: Sequence[str],
    actor: Actor,
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Make a token. Returns its row and the token itself, which cannot be shown again.

    Raises NoSuchAccount, NotPermitted, Invalid, Refused (the name is taken, too many).
    """
    account = _locked_account(account_id)
    _require(permissions.may_create_token(actor, account))
    label = " ".join(label.split())[:100]
    problems: list[tuple[str, str]] = []
    if not label:
        problems.append(("label", Sentence(N_("Give the token a name that tells what uses it."))))
    wanted = [name for name in token_scopes() if name in set(scopes)]
    if not wanted or set(scopes) - set(wanted):
        problems.append(
            (
                "scopes",
                Sentence(
                    N_("Choose what the token may be used for: %(known)s."),
                    known=", ".join(token_scopes()),
                ),
            )
        )
    if expires_at is not None and expires_at <= now:
        problems.append(
            ("expires_at", Sentence(N_("The end lies in the past. Choose a later day.")))
        )
    if problems:
        raise Invalid(problems)
    living = ApiToken.objects.filter(account=account, revoked_at__isnull=True)
    refusals = []
    if living.filter(label=label).exists():
        refusals.append(errors.TOKEN_LABEL_TAKEN)
    if living.count() >= MOST_TOKENS:
        refusals.append(errors.TOO_MANY_TOKENS)
    if refusals:
        raise Refused(refusals)
    secret = secrets.new_token()
    token = ApiToken.objects.create(
        lookup=secret.lookup,
        account=account,
        label=label,
        secret_sha256=secrets.digest(secret.secret),
        scopes=wanted,
        created_at=now,
        expires_at=expires_at,
    )
    data = {"scopes": wanted}
    audit.record("token_created", "token", token.lookup, actor, now, data, subject=account.actor_id)
    return token, str(secret)


@transaction.atomic
def revoke_token(*, lookup: str, actor: Actor, now: datetime) -> ApiToken:
    """End a token at once. The second call changes nothing.

    Raises NoSuchToken, also for a token that is not the actor's to see.
    """
    token = (
        ApiToken.objects.select_for_update()
        .filter(permissions.tokens_visible_to(actor), lookup=lookup)
        .first()
    )
    if token is None:
        raise errors.NoSuchToken
    _require(permissions.may_manage_token(actor, token))
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        audit.record("token_revoked", "token", lookup, actor, now, subject=token.account_id)
    return token


# --- the first steward -------------------------------------------------------------------


def steward_can_sign_in(now: datetime) -> bool:
    """Whether some steward has a credential, so that no sign-in link may exist."""
    grants = RoleGrant.objects.filter(
        running(now), role="steward", scope_kind="node", account__is_active=True
    ).select_related("account")
    return any(grant.account.has_usable_password() for grant in grants)


@transaction.atomic
def issue_signin_link(*, now: datetime) -> str:
    """A new link for the first steward: its secret, 64 hexadecimal characters.

    Called by the node itself, at its own console. Earlier links end. Raises Refused once a
    steward can sign in.
    """
    if steward_can_sign_in(now):
        raise Refused([errors.STEWARD_EXISTS])
    SignInLink.objects.filter(spent_at__isnull=True).delete()
    secret = secrets.new_link_secret()
    SignInLink.objects.create(
        secret_sha256=secrets.digest(secret), issued_at=now, expires_at=now + LINK_LIFE
    )
    audit.record("signin_link_issued", "node", "node", SYSTEM, now)
    return secret


def first_signin_link(now: datetime) -> str | None:
    """The address that makes the first steward, or None once there is one."""
    if steward_can_sign_in(now):
        return None
    return signin_address(issue_signin_link(now=now), settings.TONLE_PORT)


def signin_address(secret: str, port: int) -> str:
    """Always loopback, whatever the node's public address is: nowhere else is it accepted."""
    return f"http://localhost:{port}/welcome/{secret}"


def signin_link_is_open(secret: str, now: datetime) -> bool:
    """Whether a link may be spent; changes nothing, so that a preview of it spends nothing."""
    link = SignInLink.objects.filter(pk=secrets.digest(secret)).first()
    return link is not None and link.is_open(now) and not steward_can_sign_in(now)


@transaction.atomic
def spend_signin_link(
    *,
    secret: str,
    email: str,
    password: str,
    from_loopback: bool,
    now: datetime,
    language: str = "",
) -> Account:
    """Make the first steward: an account with this address and password, steward of the node.

    An account that was prepared for the address and never had a password becomes it.
    Raises LinkSpent, EmailTaken, Invalid; a failure leaves the link as it was.
    """
    link = SignInLink.objects.select_for_update().filter(pk=secrets.digest(secret)).first()
    if not from_loopback or link is None or not link.is_open(now) or steward_can_sign_in(now):
        raise errors.LinkSpent
    prepared = Account.objects.select_for_update().filter(email=_clean_email(email)).first()
    if prepared is None:
        account = _open_account(email, password, SYSTEM, now, language)
    elif prepared.has_usable_password() or not prepared.is_active:
        raise errors.EmailTaken
    else:
        account = prepared
        _set_password(account, password)
        account.save(update_fields=["password"])
    link.spent_at = now
    link.save(update_fields=["spent_at"])
    grant_role(account_id=account.pk, role="steward", actor=SYSTEM, now=now)
    audit.record("signin_link_spent", "node", "node", SYSTEM, now, subject=account.actor_id)
    return account


# --- persons -----------------------------------------------------------------------------


@transaction.atomic
def add_person(
    *,
    name: PersonName,
    actor: Actor,
    now: datetime,
    orcid: str = "",
    account_id: str | None = None,
) -> Person:
    """Add a human being of research; account_id links the account they sign in with.

    One's own person anybody with an account may add; others' are the curators'.
    Raises NotPermitted, Invalid, NoSuchAccount, PersonExists (the ORCID iD is taken).
    """
    own = account_id is not None and account_id == actor.id and actor.token_scopes is None
    if not own:
        _require(permissions.may_add_person(actor))
    value = identifiers.normalise("orcid", orcid) if orcid else ""
    known = Person.objects.filter(orcid=value).first() if value else None
    if known is not None:
        raise errors.PersonExists(orcid=value, id=known.id)
    person = Person.objects.create(
        id=identifiers.mint(),
        account=_locked_account(account_id) if account_id else None,
        names=[asdict(name)],
        name=name.whole,
        orcid=value,
        created_at=now,
        updated_at=now,
    )
    audit.record("person_added", "person", person.id, actor, now, personal={"name": name.whole})
    return person


# --- organisations -----------------------------------------------------------------------


@transaction.atomic
def add_organisation(
    *, description: Mapping[str, Any], actor: Actor, now: datetime, id: str | None = None
) -> Organisation:
    """Add an organisation. Returns it with its id, new or as given.

    description: see `organisations.Description`; only names are required.
    Raises NotPermitted, Invalid, OrganisationExists (one of its identifiers is taken).
    """
    _require(permissions.may_add_organisation(actor))
    told = clean(description)
    organisation = Organisation(id=id or identifiers.mint(), created_at=now)
    if id is not None and not identifiers.is_valid(id):
        raise invalid("id", N_("“%(id)s” is not an id of this commons."), id=id)
    if id is not None and Organisation.objects.filter(pk=id).exists():
        raise errors.OrganisationExists(scheme="tonle", value=id, id=id)
    _write(organisation, told, now, new=True)
    audit.record("organisation_added", "organisation", organisation.id, actor, now)
    return organisation


@transaction.atomic
def change_organisation(
    *, id: str, description: Mapping[str, Any], actor: Actor, now: datetime
) -> Organisation:
    """Replace what is said of an organisation. The same description again changes nothing.

    Raises NoSuchOrganisation, NotPermitted, Invalid, OrganisationExists.
    """
    told = clean(description)
    organisation = Organisation.objects.select_for_update().filter(pk=id).first()
    if organisation is None:
        raise errors.NoSuchOrganisation
    _require(permissions.may_edit_organisation(actor, organisation))
    held = sorted(organisation.identifiers.values_list("scheme", "value"))
    if told.fields() == {name: getattr(organisation, name) for name in told.fields()} and (
        held == list(told.identifiers)
    ):
        return organisation
    _write(organisation, told, now, new=False)
    audit.record("organisation_changed", "organisation", organisation.id, actor, now)
    return organisation


def _write(organisation: Organisation, told: Description, now: datetime, *, new: bool) -> None:
    for name, value in told.fields().items():
        setattr(organisation, name, value)
    organisation.updated_at = now
    organisation.save(force_insert=new)
    for scheme, value in told.identifiers:
        other = OrgIdentifier.objects.filter(scheme=scheme, value=value).first()
        if other is not None and other.organisation_id != organisation.id:
            raise errors.OrganisationExists(scheme=scheme, value=value, id=other.organisation_id)
    held = {(i.scheme, i.value): i for i in organisation.identifiers.all()}
    for pair, row in held.items():
        if pair not in told.identifiers:
            row.delete()
    missing = [pair for pair in told.identifiers if pair not in held]
    OrgIdentifier.objects.bulk_create(
        OrgIdentifier(organisation=organisation, scheme=s, value=v) for s, v in missing
    )
