"""The same request twice is carried out once, and answered twice alike.

A browser on a weak link sends a form again; a client retries after a time-out. Each
changing request carries a key (form field or `Idempotency-Key` header), and what it
came to is stored under it in the same transaction. Of two at once the second waits
for the first one's commit. What fails is not stored: it may be tried again.

Source: IETF draft "The Idempotency-Key HTTP Header Field" (draft-ietf-httpapi-
idempotency-key-header), which asks for 422 when a key comes with another body.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from django.db import connection, transaction

from tonle.infra.models import IdempotencyRecord
from tonle.kernel import canonical
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Invalid, TonleError

IdempotencyKey: TypeAlias = str

LONGEST_KEY = 255
KEPT = timedelta(days=7)  # A form left open over a long weekend may still be sent again.


class KeyReused(TonleError):
    """The key belongs to another request; nothing was done."""

    code = "idempotency_key_reused"
    http_status = 422
    message = N_(
        "This request carries the key of another request with different content. Nothing was "
        "done. Load the page again, or send a new key."
    )


def new_key() -> IdempotencyKey:
    """A fresh key for a form: 128 random bits."""
    return secrets.token_urlsafe(16)


def once(
    actor: Actor,
    key: IdempotencyKey | None,
    body: Any,
    now: datetime,
    work: Callable[[], Any],
) -> Any:
    """What `work` returned, doing it only if this key was not seen from this actor before.

    body: canonical JSON value that says what is asked for; work: returns a JSON value and
    runs in the same transaction. None as key only does the work. Raises KeyReused, and
    whatever work raises. Two queries beside the work; one for a repeated request more.
    """
    return once_or_again(actor, key, body, now, work)[0]


def once_or_again(
    actor: Actor,
    key: IdempotencyKey | None,
    body: Any,
    now: datetime,
    work: Callable[[], Any],
) -> tuple[Any, bool]:
    """As `once`, and whether the outcome is an earlier one."""
    with transaction.atomic():
        if key is None:
            return work(), False
        _check(key)
        body_sha256 = canonical.digest(body)
        mine = _claim(actor, key, body_sha256, now)
        if mine is None:
            before = IdempotencyRecord.objects.get(actor=actor.id, key=key)
            if before.body_sha256 != body_sha256:
                raise KeyReused
            return before.outcome, True
        outcome = work()
        IdempotencyRecord.objects.filter(pk=mine).update(outcome=outcome)
        # As it will be read next time: tuples become lists the first time, too.
        return json.loads(json.dumps(outcome)), False


def _claim(actor: Actor, key: str, body_sha256: str, now: datetime) -> int | None:
    """The new row's number, or None if the key is taken.

    ON CONFLICT waits for a transaction that holds the same key and has not committed;
    then this one is told of the conflict, or wins if that one rolled back.
    """
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO infra_idempotencyrecord (actor, key, body_sha256, at) "
            "VALUES (%s, %s, %s, %s) ON CONFLICT (actor, key) DO NOTHING RETURNING id",
            [actor.id, key, body_sha256, at],
        )
        made = cursor.fetchone()
    return made[0] if made else None


def _check(key: str) -> None:
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Invalid(
            [("Idempotency-Key", N_("The key must be 1 to 255 printable ASCII characters."))]
        )


def expire(now: datetime) -> int:
    """Forget keys older than seven days. Returns how many."""
    count, _ = IdempotencyRecord.objects.filter(at__lt=now - KEPT).delete()
    return count
