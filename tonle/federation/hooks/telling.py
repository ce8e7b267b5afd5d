"""Telling one receiver: message after message, in the order of the log, each noted.

The protocol, of which every step may be the last before a crash:

1. the message's row is stored, with its id;
2. it is sent;
3. one transaction notes what came of it and moves the position on.

Killed after 2, the same message is sent again under the same id, so that a receiver can drop
the double. Nothing is sent before its change was committed, since the log is where it comes
from; and nothing is missed, since the position moves only in 3.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from tonle.federation.hooks import lease, messages
from tonle.federation.hooks.machine import HOOK
from tonle.federation.hooks.models import Delivery, Hook
from tonle.federation.hooks.rules.retrying import is_given_up, wait_seconds
from tonle.federation.hooks.sending import Sender, Tried
from tonle.infra import crash, jobs
from tonle.infra.lifecycle import perform
from tonle.kernel.actors import NODE, SYSTEM
from tonle.kernel.errors import NotFound
from tonle.people import public as people

crash.declare("hooks.stored", "A message that was stored and not sent is sent under its id.")
crash.declare("hooks.sent", "A message that was sent and not noted is sent again under its id.")

TELL_JOB = "federation.tell_hook"
STOPPED_TOPIC = "federation.hook_stopped"

# What is kept of the messages of a hook; whoever missed more reads the feed.
KEPT = 100
KEPT_FOR = timedelta(days=30)
# How often is looked whether the node may ask others again.
CLOSED_SECONDS = 3600.0

_random = random.SystemRandom()


@dataclass(frozen=True)
class Standing:
    """Where telling stands. seconds: when to go on; None: everything was told."""

    seconds: float | None


LEVEL, MORE = Standing(None), Standing(0.0)


def ask_for_telling(hook_id: str, at: datetime) -> None:
    """Tell this receiver soon; asked for twice is once. In the caller's transaction."""
    jobs.enqueue(TELL_JOB, {"hook": hook_id}, run_at=at, unique_key=f"{TELL_JOB}:{hook_id}")


def tell(
    hook_id: str,
    clock: Callable[[], datetime],
    *,
    stop: Callable[[], bool] = lambda: False,
    budget_seconds: float = 30.0,
) -> Standing:
    """Send what is to be sent, until all is told, a try fails, or the time is over.

    Raises BeingTold where another worker does it, LeaseLost, NotFound.
    """
    ends = clock() + timedelta(seconds=budget_seconds)
    with lease.held(hook_id, clock) as hook, Sender() as sender:
        _send_asked(hook, sender, clock)
        standing = _send_coming(hook, sender, clock, lambda: stop() or clock() >= ends)
        prune(hook)
        return standing


def _send_asked(hook: Hook, sender: Sender, clock: Callable[[], datetime]) -> None:
    """What people want sent, once each, whether or not it is taken."""
    for delivery in Delivery.objects.filter(hook=hook, state="asked").order_by("key"):
        tried, now = sender.send(hook, delivery, clock()), clock()
        with transaction.atomic():
            lease.keep(hook, now)
            _note(delivery, tried, now, "delivered" if tried.is_taken else "failed")


def _send_coming(
    hook: Hook, sender: Sender, clock: Callable[[], datetime], stop: Callable[[], bool]
) -> Standing:
    """The log from the hook's position on."""
    while True:
        if hook.state != "active":
            return LEVEL
        if hook.next_at is not None and hook.next_at > clock():
            return Standing((hook.next_at - clock()).total_seconds())
        step = list(messages.coming(hook, clock()))
        if not step:
            return LEVEL
        for one in step:
            if stop():
                return MORE
            if isinstance(one, int):
                messages.pass_over(hook, one, clock())
            elif not _told(hook, one, sender, clock):
                break
        _look_again(hook)


def _look_again(hook: Hook) -> None:
    """Somebody may have paused or changed it meanwhile, or removed it: NotFound."""
    token = hook.token
    try:
        hook.refresh_from_db()
    except Hook.DoesNotExist:
        raise NotFound from None
    # Whoever took the lease over, this is not it.
    hook.token = token


def _told(
    hook: Hook, message: messages.Message, sender: Sender, clock: Callable[[], datetime]
) -> bool:
    """Send one message and note what came of it. Whether the next one may follow."""
    delivery = messages.on_its_way(hook, message, clock())
    crash.point("hooks.stored")
    tried, now = sender.send(hook, delivery, clock()), clock()
    crash.point("hooks.sent")
    if tried.is_taken:
        with transaction.atomic():
            lease.keep(
                hook, now, position=message.position, tries=0, failing_since=None, next_at=None,
                reason={},
            )  # fmt: skip
            _note(delivery, tried, now, "delivered")
        return True
    _failed(hook, delivery, tried, now)
    return False


def _failed(hook: Hook, delivery: Delivery, tried: Tried, now: datetime) -> None:
    """Wait, longer each time; or stop, and tell the stewards."""
    tries = hook.tries + (0 if tried.is_closed else 1)
    since = hook.failing_since or now
    wait = CLOSED_SECONDS
    if not tried.is_closed:
        wait = wait_seconds(tries, _random.random(), tried.retry_after)
    given_up = tried.is_final or (not tried.is_closed and is_given_up(tries, since, now))
    with transaction.atomic():
        lease.keep(
            hook, now, tries=tries, failing_since=None if tried.is_closed else since,
            next_at=now + timedelta(seconds=wait), reason=tried.reason,
        )  # fmt: skip
        _note(delivery, tried, now, "waiting")
        if given_up:
            _stop(hook, now)


def _stop(hook: Hook, now: datetime) -> None:
    """In the transaction of what it fails by. A steward who paused it was quicker."""
    hook.refresh_from_db(fields=["state"], from_queryset=Hook.objects.select_for_update())
    if hook.state != "active":
        return
    perform(HOOK, hook, "stop", SYSTEM, now)
    people.notify_holders(
        role="steward",
        scope=NODE,
        topic=STOPPED_TOPIC,
        link=reverse("federation:hook", args=[hook.id]),
        now=now,
        key=f"{hook.id}/{hook.state_seq}",
    )


def _note(delivery: Delivery, tried: Tried, now: datetime, state: str) -> None:
    Delivery.objects.filter(key=delivery.key).update(
        state=state,
        tries=delivery.tries + 1,
        sent_at=now,
        duration_ms=tried.duration_ms,
        status=tried.status,
        reason=tried.reason,
        answer=tried.answer,
    )


_ENDED = ~Q(state__in=["waiting", "asked"])


def prune(hook: Hook) -> None:
    """Forget all but the newest messages, never one that is on its way. Two queries."""
    rows = Delivery.objects.filter(hook=hook)
    oldest = rows.order_by("-key").values_list("key", flat=True)[KEPT : KEPT + 1].first()
    if oldest is not None:
        rows.filter(_ENDED, key__lte=oldest).delete()


def forget_old(now: datetime) -> None:
    """Forget old messages of all hooks. One query."""
    Delivery.objects.filter(_ENDED, created_at__lt=now - KEPT_FOR).delete()
