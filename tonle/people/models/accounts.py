"""Who may sign in, and the secrets by which they do."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from tonle.people.models.common import ACTOR_ID_CHARS
from tonle.people.rules.secrets import new_actor_id


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
    # Their era and digits, as a tag says it (`und-u-ca-buddhist-nu-latn`), for letters and for
    # every device; "" when never chosen.
    writing = models.CharField(max_length=40, blank=True, default="")
    # An invented person of `tonle demo`, who signs in only at the machine of the node.
    is_demonstration = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    # When everything personal was erased. The row stays: grants and the audit name its id.
    erased_at = models.DateTimeField(null=True, blank=True)

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
