"""Human beings as research knows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from tonle.infra import audit
from tonle.kernel import identifiers
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.names import PersonName
from tonle.kernel.sentences import invalid
from tonle.kernel.text import one_line
from tonle.people import errors, permissions
from tonle.people.models import Organisation, Person
from tonle.people.services.common import locked_account, require

MOST_NAMES = 12  # forms of one person's name: scripts, spellings, a name before marriage
MOST_AFFILIATIONS = 8


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
        require(permissions.may_add_person(actor))
    value = identifiers.normalise("orcid", orcid) if orcid else ""
    known = Person.objects.filter(orcid=value).first() if value else None
    if known is not None:
        raise errors.PersonExists(orcid=value, id=known.id)
    person = Person.objects.create(
        id=identifiers.mint(),
        account=locked_account(account_id) if account_id else None,
        names=[asdict(name)],
        name=name.whole,
        orcid=value,
        created_at=now,
        updated_at=now,
    )
    audit.record(
        "person_added",
        "person",
        person.id,
        actor,
        now,
        personal={"name": name.whole},
        subject=account_id or person.id,
    )
    return person


@transaction.atomic
def change_profile(
    *,
    account_id: str,
    names: Sequence[PersonName],
    affiliations: Sequence[Mapping[str, Any]],
    language: str,
    actor: Actor,
    now: datetime,
) -> Person:
    """Say what one is called, where one works, and in which language to be written to.

    names: the preferred form first, at least one. affiliations: {name, identifier?: {scheme,
    value}, organisation?: id}, the present one first. The same again changes nothing.
    Raises NoSuchAccount, NotPermitted, Invalid.
    """
    account = locked_account(account_id)
    require(permissions.may_edit_profile(actor, account))
    if language not in {"", *dict(settings.LANGUAGES)}:
        raise invalid("language", N_("Choose a language of this node."))
    if not names:
        raise invalid("names", N_("A name is missing. One part is enough."))
    if len(names) > MOST_NAMES:
        raise invalid("names", N_("At most %(limit)s forms of a name are kept."), limit=MOST_NAMES)
    told = {
        "names": _forms(names),
        "name": names[0].whole,
        "affiliations": _affiliations(affiliations),
    }
    if account.language != language:
        account.language = language
        account.save(update_fields=["language"])
    person = Person.objects.select_for_update().filter(account=account).first()
    if person is None:
        person = Person(id=identifiers.mint(), account=account, created_at=now)
    elif told == {field: getattr(person, field) for field in told}:
        return person
    for field, value in told.items():
        setattr(person, field, value)
    person.updated_at = now
    person.save()
    audit.record(
        "person_changed",
        "person",
        person.id,
        actor,
        now,
        personal={"name": person.name},
        subject=account.pk,
    )
    return person


def _forms(names: Sequence[PersonName]) -> list[dict[str, Any]]:
    """As documents, each form once."""
    found: list[dict[str, Any]] = []
    for name in map(asdict, names):
        if name not in found:
            found.append(name)
    return found


def _affiliations(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Cleaned; a ROR id that names an organisation here links to it."""
    found: list[dict[str, Any]] = []
    problems: list[tuple[str, str]] = []
    for number, one in enumerate(given[:MOST_AFFILIATIONS]):
        entry: dict[str, Any] = {}
        ror = str((one.get("identifier") or {}).get("value") or "").strip()
        name = one_line(str(one.get("name") or ""))[:300]
        if ror:
            try:
                value = identifiers.normalise("ror", ror)
            except Invalid as error:
                problems += [(f"affiliations/{number}", what) for _, what in error.problems]
                continue
            entry["identifier"] = {"scheme": "ror", "value": value}
            known = Organisation.objects.filter(
                identifiers__scheme="ror", identifiers__value=value
            ).first()
            if known is not None:
                entry["organisation"] = known.id
                name = name or str(known)
        if name:
            found.append({"name": name, **entry})
        elif ror:
            problems.append((f"affiliations/{number}", N_("Give the organisation’s name, too.")))
    if problems:
        raise Invalid(problems)
    return found


@transaction.atomic
def link_orcid(*, account_id: str, orcid: str, actor: Actor, now: datetime) -> Person:
    """Note the iD with which somebody has just signed in at ORCID as their own.

    A person whom a curator added with this iD and who has no account becomes theirs. Called
    after authentication only. The second call changes nothing.
    Raises NoSuchAccount, NotPermitted, Invalid, PersonExists (it is another account's).
    """
    account = locked_account(account_id)
    require(permissions.may_link_orcid(actor, account))
    value = identifiers.normalise("orcid", orcid)
    own = Person.objects.select_for_update().filter(account=account).first()
    known = Person.objects.select_for_update().filter(orcid=value).first()
    if known is not None and known.account_id not in (None, account.pk):
        raise errors.PersonExists(orcid=value, id=known.id)
    if own is not None and own == known and own.orcid_authenticated_at is not None:
        return own
    if known is not None and own is not None and known != own:
        # Two rows of one human being: the one with the iD stays, and takes the own names first.
        known.names = [*own.names, *(name for name in known.names if name not in own.names)]
        known.name = own.name
        known.affiliations = own.affiliations or known.affiliations
        own.delete()
    person = known or own or Person(id=identifiers.mint(), created_at=now, name=value)
    person.account, person.orcid = account, value
    person.orcid_authenticated_at = person.updated_at = now
    person.save()
    audit.record(
        "orcid_linked",
        "person",
        person.id,
        actor,
        now,
        personal={"orcid": value},
        subject=account.pk,
    )
    return person


@transaction.atomic
def unlink_orcid(*, account_id: str, actor: Actor, now: datetime) -> Person | None:
    """Forget the iD. None where there was none."""
    account = locked_account(account_id)
    require(permissions.may_link_orcid(actor, account))
    person = Person.objects.select_for_update().filter(account=account).exclude(orcid="").first()
    if person is None:
        return None
    person.orcid, person.orcid_authenticated_at, person.updated_at = "", None, now
    person.save(update_fields=["orcid", "orcid_authenticated_at", "updated_at"])
    audit.record("orcid_unlinked", "person", person.id, actor, now, subject=account.pk)
    return person
