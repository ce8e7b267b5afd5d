"""Hooks: adding one, changing, trying, pausing and removing it. Page, API and command."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from tonle.catalogue.public import kinds, newest_position
from tonle.federation.hooks import messages
from tonle.federation.hooks.errors import BeingTold, TooManyHooks
from tonle.federation.hooks.machine import HOOK
from tonle.federation.hooks.models import Delivery, Hook
from tonle.federation.hooks.permissions import demand, may_keep_hooks
from tonle.federation.hooks.rules import events
from tonle.federation.hooks.rules.signing import new_secret
from tonle.federation.hooks.sealing import seal
from tonle.federation.hooks.telling import STOPPED_TOPIC, ask_for_telling, matter
from tonle.infra import audit, outbound
from tonle.infra.idempotency import IdempotencyKey, once
from tonle.infra.lifecycle import perform
from tonle.kernel import codes, identifiers
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Invalid, NotFound
from tonle.kernel.sentences import Sentence
from tonle.kernel.text import one_line
from tonle.people import public as people

MOST_HOOKS = 100
LONGEST_LABEL, LONGEST_URL = 100, 1000
# How long the secret before goes on signing beside the new one.
BOTH_SECRETS = timedelta(days=1)
# What a hook is that has not failed.
_AFRESH: dict[str, Any] = {"tries": 0, "failing_since": None, "next_at": None, "reason": {}}
ACCESS = ("open", "embargoed", "restricted", "metadata_only")


@dataclass(frozen=True)
class Wanted:
    """What a steward says of a hook; what is None stays as it is, or takes its default.

    events: none is all. kind, member, community (its id or short name), access: "" is any.
    """

    label: str | None = None
    url: str | None = None
    events: Sequence[str] | None = None
    kind: str | None = None
    member: str | None = None
    community: str | None = None
    access: str | None = None
    own_only: bool | None = None


@sensitive_variables("secret")
def add_hook(
    *, wanted: Wanted, actor: Actor, now: datetime, key: IdempotencyKey | None = None
) -> tuple[Hook, str]:
    """A new hook and its secret, which nobody is shown again. Told from now on; a test is sent.

    The same key again: the same hook, and "" for the secret.
    Raises NotPermitted, Invalid, TooManyHooks.
    """
    demand(may_keep_hooks(actor))
    fields = _fields(Wanted(**{**wanted.__dict__, "url": wanted.url or ""}))
    secret = new_secret(secrets.token_bytes)
    made: list[Hook] = []

    def work() -> str:
        if Hook.objects.count() >= MOST_HOOKS:
            raise TooManyHooks(most=MOST_HOOKS)
        hook = Hook.objects.create(
            id=identifiers.mint(),
            **{**fields, "label": fields.get("label") or outbound.host_of(fields["url"])[:100]},
            secret=seal(secret),
            created_at=now,
            created_by=actor.id,
            position=newest_position(),
        )
        audit.record("federation.hook_added", "hook", hook.id, actor, now, _said(hook))
        _ask(hook, events.PING, messages.ping_body(hook, now), now)
        made.append(hook)
        return hook.id

    name = once(actor, key, {"hook": _plain(fields)}, now, work)
    return Hook.objects.get(id=name), secret if made else ""


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """As canonical JSON takes them."""
    return {name: list(v) if isinstance(v, list | tuple) else v for name, v in fields.items()}


def _said(hook: Hook) -> dict[str, Any]:
    """For the audit: the host alone, since an address may hold a key."""
    return {"host": outbound.host_of(hook.url), "events": sorted(hook.events)}


def _fields(wanted: Wanted) -> dict[str, Any]:
    """The columns that were said. Raises Invalid with every fault."""
    faults: list[tuple[str, str]] = []
    fields: dict[str, Any] = {}
    if wanted.label is not None:
        fields["label"] = one_line(wanted.label)[:LONGEST_LABEL]
    if wanted.url is not None:
        fields["url"] = wanted.url.strip()
        faults += [("url", fault) for fault in _url_faults(fields["url"])]
    if wanted.events is not None:
        fields["events"] = [name for name in events.EVENTS if name in wanted.events]
        unknown = sorted(set(wanted.events) - set(events.EVENTS))
        if unknown:
            known = ", ".join(events.EVENTS)
            faults.append(("events", Sentence(N_("Choose from: %(known)s."), known=known)))
    for name, known_values in (
        ("kind", [kind.name for kind in kinds()]),
        ("member", list(codes.members())),
        ("access", list(ACCESS)),
    ):
        value = getattr(wanted, name)
        if value is None:
            continue
        fields[name] = value
        if value and value not in known_values:
            said = Sentence(N_("Choose from: %(known)s."), known=", ".join(known_values))
            faults.append((name, said))
    if wanted.community is not None:
        found = people.community(wanted.community) if wanted.community else None
        fields["community"] = found.pk if found else ""
        if wanted.community and found is None:
            faults.append(("community", Sentence(N_("This is no community of this node."))))
    if wanted.own_only is not None:
        fields["own_only"] = wanted.own_only
    if faults:
        raise Invalid(faults)
    return fields


def _url_faults(url: str) -> list[str]:
    if not url or len(url) > LONGEST_URL or "#" in url:
        return [Sentence(N_("Give the address that takes the messages, such as "
                            "https://example.org/hooks/tonle."))]  # fmt: skip
    try:
        outbound.check_url(url)
    except outbound.AddressRefused as refused:
        return [Sentence(refused.message, **refused.data)]
    return []


def load(hook_id: str, actor: Actor) -> Hook:
    """A hook that the actor keeps. Raises NotFound alike for absent and not permitted."""
    hook = Hook.objects.filter(id=hook_id).first()
    if hook is None or not may_keep_hooks(actor):
        raise NotFound
    return hook


def change_hook(*, hook_id: str, wanted: Wanted, actor: Actor, now: datetime) -> Hook:
    """Say something else of it; what is told from now on follows it.

    Another address is tried at once. Raises NotFound, Invalid.
    """
    with transaction.atomic():
        hook = load(hook_id, actor)
        fields = _fields(wanted)
        if not fields.get("label", "label"):
            fields.pop("label")
        afresh = _AFRESH if fields.get("url", hook.url) != hook.url else {}
        Hook.objects.filter(key=hook.key).update(**fields, **afresh)
        ask_for_telling(hook.id, now)
        audit.record("federation.hook_changed", "hook", hook.id, actor, now,
                     {"fields": sorted(fields)})  # fmt: skip
    return load(hook_id, actor)


def pause_hook(*, hook_id: str, actor: Actor, now: datetime) -> Hook:
    """Not now. What happens meanwhile is told later. Twice is once."""
    with transaction.atomic():
        hook = load(hook_id, actor)
        if hook.state != "paused":
            perform(HOOK, hook, "pause", actor, now)
    return load(hook_id, actor)


def resume_hook(*, hook_id: str, actor: Actor, now: datetime) -> Hook:
    """Go on where it stood, at once. Twice is once; it also ends a wait for the next try."""
    with transaction.atomic():
        hook = load(hook_id, actor)
        if hook.state != "active":
            perform(HOOK, hook, "resume", actor, now)
            people.end_notices(about=matter(hook), now=now, topics=[STOPPED_TOPIC])
        Hook.objects.filter(key=hook.key).update(**_AFRESH)
        ask_for_telling(hook.id, now)
    return load(hook_id, actor)


def skip_to_now(*, hook_id: str, actor: Actor, now: datetime) -> Hook:
    """Tell nothing of what has happened until now: the receiver reads the feed instead.

    Raises BeingTold while a message is being sent.
    """
    with transaction.atomic():
        hook = load(hook_id, actor)
        free = Hook.objects.filter(key=hook.key).exclude(held_until__gt=now)
        moved = free.update(position=newest_position(), **_AFRESH)
        if not moved:
            raise BeingTold
        messages.drop_waiting(hook)
        audit.record("federation.hook_skipped", "hook", hook.id, actor, now,
                     {"from": hook.position})  # fmt: skip
    return load(hook_id, actor)


def skip_message(*, hook_id: str, delivery_id: str, actor: Actor, now: datetime) -> Hook:
    """Give up the one message that its receiver does not take, and go on with the next, at once.

    Twice is once. Raises NotFound for one that nothing waits for, BeingTold while it is sent.
    """
    with transaction.atomic():
        hook = load(hook_id, actor)
        row = Delivery.objects.filter(
            hook=hook, id=delivery_id, state__in=["waiting", "dropped"]
        ).first()
        if row is None:
            raise NotFound
        if row.state == "waiting":
            free = Hook.objects.filter(key=hook.key).exclude(held_until__gt=now)
            if not free.update(position=row.position, **_AFRESH):
                raise BeingTold
            messages.drop_waiting(hook)
            audit.record("federation.hook_message_skipped", "hook", hook.id, actor, now,
                         {"message": row.id, "record": row.record})  # fmt: skip
            ask_for_telling(hook.id, now)
    return load(hook_id, actor)


@sensitive_variables("secret")
def rotate_secret(*, hook_id: str, actor: Actor, now: datetime) -> tuple[Hook, str]:
    """A new secret, shown this once; the one before signs beside it for another day."""
    secret = new_secret(secrets.token_bytes)
    with transaction.atomic():
        hook = load(hook_id, actor)
        Hook.objects.filter(key=hook.key).update(
            secret=seal(secret), old_secret=hook.secret, old_until=now + BOTH_SECRETS
        )
        audit.record("federation.hook_secret_changed", "hook", hook.id, actor, now)
    return load(hook_id, actor), secret


def remove_hook(*, hook_id: str, actor: Actor, now: datetime) -> None:
    """Tell it nothing more, and forget its secret and messages. Twice is once, for a steward."""
    demand(may_keep_hooks(actor))
    with transaction.atomic():
        hook = Hook.objects.filter(id=hook_id).first()
        if hook is not None:
            audit.record("federation.hook_removed", "hook", hook.id, actor, now, _said(hook))
            hook.delete()


def ask_test(*, hook_id: str, actor: Actor, now: datetime) -> Delivery:
    """Send a message of the type `ping`, soon and once, whatever the hook's state."""
    with transaction.atomic():
        hook = load(hook_id, actor)
        return _ask(hook, events.PING, messages.ping_body(hook, now), now)


def ask_again(*, hook_id: str, delivery_id: str, actor: Actor, now: datetime) -> Delivery:
    """Send a message once more, under its id. Twice is once. Raises NotFound."""
    with transaction.atomic():
        hook = load(hook_id, actor)
        row = Delivery.objects.filter(hook=hook, id=delivery_id).first()
        if row is None:
            raise NotFound
        if row.state == "waiting":
            # Its turn already: only the wait is cut short.
            Hook.objects.filter(key=hook.key).update(next_at=None)
        else:
            Delivery.objects.filter(key=row.key).update(state="asked")
        ask_for_telling(hook.id, now)
        return Delivery.objects.get(key=row.key)


def _ask(hook: Hook, type: str, body: bytes, now: datetime) -> Delivery:
    """A message beside the order of the log."""
    found, _made = Delivery.objects.update_or_create(
        id=messages.id_of(hook, body),
        defaults={"state": "asked"},
        create_defaults={
            "hook": hook, "type": type, "body": body.decode(), "state": "asked", "created_at": now,
        },
    )  # fmt: skip
    ask_for_telling(hook.id, now)
    return found
