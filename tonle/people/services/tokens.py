"""Tokens by which programs act for an account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tonle.infra import audit
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Invalid, Refused
from tonle.kernel.sentences import Sentence
from tonle.people import errors, permissions
from tonle.people.models import ApiToken
from tonle.people.rules import secrets
from tonle.people.rules.scopes import token_scopes
from tonle.people.services.common import locked_account, require

MOST_TOKENS = 50  # Per account: more is a program that forgets its own.


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
    account = locked_account(account_id)
    require(permissions.may_create_token(actor, account))
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
    if account.is_demonstration:
        raise Refused([errors.DEMONSTRATION_TOKEN])
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
    require(permissions.may_manage_token(actor, token))
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        audit.record("token_revoked", "token", lookup, actor, now, subject=token.account_id)
    return token
