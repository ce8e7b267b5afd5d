"""Making a community, saying what it is, closing it and opening it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from tonle.infra import audit
from tonle.infra.idempotency import IdempotencyKey, once
from tonle.kernel import identifiers
from tonle.kernel.actors import Actor
from tonle.people import errors, permissions
from tonle.people.models import Community
from tonle.people.rules.communities import clean
from tonle.people.services.common import require


@transaction.atomic
def add_community(
    *,
    description: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    demonstration: bool = False,
    key: IdempotencyKey | None = None,
) -> Community:
    """Make a community: the stewards'. The same key again makes it once.

    description: see `rules.communities.Told`; slug and names are required.
    Raises NotPermitted, Invalid, SlugTaken.
    """
    require(permissions.may_add_community(actor))
    told = clean(description).fields()

    def work() -> str:
        made = Community(
            id=identifiers.mint(), created_at=now, updated_at=now, is_demonstration=demonstration
        )
        _write(made, told, new=True)
        audit.record("community_added", "community", made.id, actor, now, {"slug": made.slug})
        return made.id

    return Community.objects.get(pk=once(actor, key, {"add_community": told}, now, work))


@transaction.atomic
def change_community(
    *, id: str, description: Mapping[str, Any], actor: Actor, now: datetime
) -> Community:
    """Replace what a community says of itself. The same again changes nothing.

    Its short name is the stewards' to change: addresses are promises.
    Raises NoSuchCommunity, NotPermitted, Invalid, SlugTaken.
    """
    community = _locked(id)
    require(permissions.may_edit_community(actor, community))
    told = clean(description).fields()
    if told == {name: getattr(community, name) for name in told}:
        return community
    if told["slug"] != community.slug:
        require(permissions.may_add_community(actor))
    community.updated_at = now
    changed = sorted(name for name in told if told[name] != getattr(community, name))
    _write(community, told, new=False)
    audit.record("community_changed", "community", community.id, actor, now, {"fields": changed})
    return community


@transaction.atomic
def close_community(*, id: str, actor: Actor, now: datetime) -> Community:
    """Let nothing more be handed in; what is there stays. The second call changes nothing."""
    return _set_closed(id, now, actor, now)


@transaction.atomic
def reopen_community(*, id: str, actor: Actor, now: datetime) -> Community:
    """Open a closed community again. The second call changes nothing."""
    return _set_closed(id, None, actor, now)


def _set_closed(id: str, closed_at: datetime | None, actor: Actor, now: datetime) -> Community:
    community = _locked(id)
    require(permissions.may_add_community(actor))
    if community.is_open == (closed_at is None):
        return community
    community.closed_at, community.updated_at = closed_at, now
    community.save(update_fields=["closed_at", "updated_at"])
    action = "community_closed" if closed_at else "community_reopened"
    audit.record(action, "community", community.id, actor, now)
    return community


def _locked(id: str) -> Community:
    community = Community.objects.select_for_update().filter(pk=id).first()
    if community is None:
        raise errors.NoSuchCommunity
    return community


def _write(community: Community, fields: Mapping[str, Any], *, new: bool) -> None:
    for name, value in fields.items():
        setattr(community, name, value)
    try:
        # A savepoint, so that losing a race for the name leaves the transaction usable.
        with transaction.atomic():
            community.save(force_insert=new)
    except IntegrityError:
        raise errors.SlugTaken(slug=community.slug) from None
