"""Accounts, persons, organisations, and who may act in which scope."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from tonle.people.rules.secrets import new_actor_id

ID_CHARS = 15  # A NOID with its check character, as records have.
ACTOR_ID_CHARS = 24


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts by e-mail address. Use cases call `services.create_account` instead."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Account:
        """A stored account; without a password nobody can sign in to it yet."""
        account = self.model(email=email.strip().lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """Somebody who may sign in. What they are called is in Person; what they may do, in RoleGrant.

    The random actor_id is the key, so that sessions, links, tokens and the audit trail
    never carry a countable number or anything personal.
    """

    actor_id = models.CharField(
        primary_key=True, max_length=ACTOR_ID_CHARS, default=new_actor_id, editable=False
    )
    # Always lower case: two accounts must not differ by a capital letter that mail ignores.
    email = models.EmailField(unique=True, max_length=254)
    is_active = models.BooleanField(default=True)
    # The reader's choice of interface language, so that a mail comes in it; "" when never chosen.
    language = models.CharField(max_length=16, blank=True, default="")
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="account_email_is_lower_case", condition=Q(email=Lower("email"))
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        """The name the sign-in library greets with: there is none before Person is asked."""
        return self.email


class Person(models.Model):
    """A human being as research knows them, with or without an account here.

    names: list of name documents as `tonle.kernel.names` writes them, one per script;
    the first is the one the person prefers. A name may have one part.
    """

    id = models.CharField(primary_key=True, max_length=ID_CHARS, editable=False)
    account = models.OneToOneField(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="person"
    )
    names = models.JSONField(default=list)
    # The preferred name as one line: what lists show and sort by.
    name = models.CharField(max_length=300)
    orcid = models.CharField(max_length=19, blank=True, default="")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            # One ORCID iD is one human being; the same name is never taken as the same person.
            models.UniqueConstraint(
                name="one_person_per_orcid", fields=["orcid"], condition=~Q(orcid="")
            ),
        ]
        indexes = [models.Index(fields=["name"], name="person_by_name")]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A ministry, university, laboratory, funder, firm or network.

    names, descriptions: {bcp47: text}. translations: {bcp47: "node" | "machine"} marks the
    languages whose text is ours and not the source's, as in the record document.
    """

    id = models.CharField(primary_key=True, max_length=ID_CHARS, editable=False)
    names = models.JSONField(default=dict)
    descriptions = models.JSONField(default=dict)
    translations = models.JSONField(default=dict)
    acronym = models.CharField(max_length=40, blank=True, default="")
    country = models.CharField(max_length=3, blank=True, default="")  # ISO 3166-1 alpha-3
    member = models.CharField(max_length=8, blank=True, default="")  # KHM … CHN-YN, "" if none
    province = models.CharField(max_length=8, blank=True, default="")  # ISO 3166-2
    types = models.JSONField(default=list)  # ROR's words: education, government, facility…
    website = models.CharField(max_length=500, blank=True, default="")
    source = models.JSONField(default=dict)  # {uri?, citation?, retrieved_on?, note?}
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        # Lists of a member's organisations are read in the order they were added.
        indexes = [models.Index(fields=["member", "id"], name="organisation_by_member")]

    def __str__(self) -> str:
        return str(self.names.get("en") or next(iter(self.names.values()), self.id))


class OrgIdentifier(models.Model):
    """A name that others gave an organisation: ror, isni, wikidata, crossref_funder…"""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="identifiers"
    )
    scheme = models.CharField(max_length=32)
    value = models.CharField(max_length=200)

    class Meta:
        constraints = [
            # One ROR id is one organisation: a second import must find the first, not double it.
            models.UniqueConstraint(
                name="one_organisation_per_identifier", fields=["scheme", "value"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


class RoleGrant(models.Model):
    """A role an account holds, or held, in a scope. Rows are ended, never deleted."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=32)
    scope_kind = models.CharField(max_length=16, default="node")
    scope_id = models.CharField(max_length=64, blank=True, default="")
    granted_by = models.CharField(max_length=ACTOR_ID_CHARS)
    valid_from = models.DateTimeField()
    # The instant it lapses by itself; null when it has no end.
    valid_until = models.DateTimeField(null=True, blank=True)
    # When somebody took it back; null while nobody did.
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=ACTOR_ID_CHARS, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            # Two stewards granting at once must not leave a grant that survives its revocation.
            models.UniqueConstraint(
                name="one_open_grant_per_role_and_scope",
                fields=["account", "role", "scope_kind", "scope_id"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="grant_ends_after_it_begins",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
            ),
        ]
        # "Who are the curators of this community?"
        indexes = [models.Index(fields=["scope_kind", "scope_id", "role"], name="grant_by_scope")]

    def __str__(self) -> str:
        return f"{self.role}@{self.scope_kind}:{self.scope_id}"


class ApiToken(models.Model):
    """A secret by which a program acts for an account, within scopes. Only its digest is kept."""

    lookup = models.CharField(primary_key=True, max_length=16, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=100)
    secret_sha256 = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    # A day, not an instant: enough to find unused tokens, and one write a day per token.
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "created_at"], name="token_by_account")]

    def __str__(self) -> str:
        return self.label


class SignInLink(models.Model):
    """A link that makes the first steward of a node. Only the digest of its secret is kept."""

    secret_sha256 = models.CharField(primary_key=True, max_length=64)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"sign-in link of {self.issued_at:%Y-%m-%d %H:%M}"

    def is_open(self, now: datetime) -> bool:
        return self.spent_at is None and now < self.expires_at
