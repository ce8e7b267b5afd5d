"""Telling one receiver: message after message, in the order of the log.

A message is sent; then one transaction notes what came of it and moves the position on. To
be quick, what was taken is noted once a second and not each time. Killed in between, the
messages are sent again under the same ids, which follow from what they say, so that a
receiver can drop the doubles. Nothing is sent before its change was committed, since the log
is where it comes from; and nothing is missed, since the position moves last.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

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

crash.declare("hooks.sent", "A message that was sent and not noted is sent again under its id.")

TELL_JOB = "federation.tell_hook"
STOPPED_TOPIC = "federation.hook_stopped"

# What is kept of the messages of a hook; whoever missed more reads the feed.
KEPT = 100
KEPT_FOR = timedelta(days=30)
# How long is sent before it is noted, and before the log and the hook are looked at again: what
# a crash sends twice, what a steward who presses Pause waits for, and how old a message may be.
STEP_LASTS = timedelta(seconds=1)
# How long one receiver has its turn while others wait for theirs: a slow one is as late as it is
# slow, and the rest are not.
TURN_SECONDS = 5.0
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
    budget_seconds: float = TURN_SECONDS,
) -> Standing:
    """Send what is to be sent, until all is told, a try fails, or the time is over.

    Raises BeingTold where another worker does it, LeaseLost, NotFound.
    """
    ends = clock() + timedelta(seconds=budget_seconds)
    with lease.held(hook_id, clock) as hook, Sender() as sender:

        def is_over() -> bool:
            return stop() or clock() >= ends

        standing = MORE
        if _send_asked(hook, sender, clock, is_over):
            standing = _send_coming(hook, sender, clock, is_over)
        prune(hook)
        return standing


def _send_asked(
    hook: Hook, sender: Sender, clock: Callable[[], datetime], stop: Callable[[], bool]
) -> bool:
    """What people want sent, once each, whether or not it is taken; one at least, however little
    time there is. Whether that is all."""
    for number, delivery in enumerate(
        Delivery.objects.filter(hook=hook, state="asked").order_by("key")
    ):
        if number and stop():
            return False
        tried, now = sender.send(hook, delivery, clock()), clock()
        with transaction.atomic():
            lease.keep(hook, now)
            _store([_tried(delivery, tried, now, "delivered" if tried.is_taken else "failed")])
    return True


def _send_coming(
    hook: Hook, sender: Sender, clock: Callable[[], datetime], stop: Callable[[], bool]
) -> Standing:
    """The log from the hook's position on."""
    while True:
        if hook.state != "active":
            return LEVEL
        if hook.next_at is not None and hook.next_at > clock():
            return Standing((hook.next_at - clock()).total_seconds())
        if stop():
            return MORE
        found, end = messages.coming(hook, clock())
        if end == hook.position:
            return LEVEL
        _send_step(hook, found, end, sender, clock, stop)
        _look_again(hook)


def _send_step(
    hook: Hook,
    found: Sequence[messages.Message],
    end: int,
    sender: Sender,
    clock: Callable[[], datetime],
    stop: Callable[[], bool],
) -> None:
    """Send these for a second or so, as far as they are taken, and note it."""
    tries = _tries_of_waiting(hook)
    taken: list[Delivery] = []
    ends = clock() + STEP_LASTS
    for message in found:
        if stop() or clock() > ends:
            break
        delivery = messages.delivery_of(hook, message, clock())
        delivery.tries = tries.get(delivery.id, 0)
        tried, now = sender.send(hook, delivery, clock()), clock()
        crash.point("hooks.sent")
        if not tried.is_taken:
            _note_taken(hook, taken, now)
            _note_failed(hook, _tried(delivery, tried, now, "waiting"), tried, now)
            return
        taken.append(_tried(delivery, tried, now, "delivered"))
    _note_taken(hook, taken, clock(), end if len(taken) == len(found) else 0)


def _look_again(hook: Hook) -> None:
    """Somebody may have paused or changed it meanwhile, or removed it: NotFound."""
    token = hook.token
    try:
        hook.refresh_from_db()
    except Hook.DoesNotExist:
        raise NotFound from None
    # Whoever took the lease over, this is not it.
    hook.token = token


def _tries_of_waiting(hook: Hook) -> dict[str, int]:
    """Id to tries of the message that was not taken the last time, if there is one."""
    return dict(Delivery.objects.filter(hook=hook, state="waiting").values_list("id", "tries"))


def _note_taken(hook: Hook, taken: Sequence[Delivery], now: datetime, end: int = 0) -> None:
    """Move the position on: to the last that was taken, or to the end of a step.

    Raises LeaseLost: another worker sends these, too, and will note them.
    """
    position = end or (taken[-1].position if taken else 0)
    if not position:
        return
    changes: dict[str, Any] = {"position": position}
    if taken:
        changes |= {"tries": 0, "failing_since": None, "next_at": None, "reason": {}}
    with transaction.atomic():
        lease.keep(hook, now, **changes)
        _store(taken)
        messages.drop_waiting(hook)


def _note_failed(hook: Hook, delivery: Delivery, tried: Tried, now: datetime) -> None:
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
        # One that says what is not so any more gives way.
        messages.drop_waiting(hook)
        _store([delivery])
        if given_up:
            _stop(hook, now)


def matter(hook: Hook) -> str:
    """What a notice of it is about, so that it goes when the hook goes on."""
    return f"hook/{hook.id}"


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
        about=matter(hook),
    )


def _tried(delivery: Delivery, tried: Tried, now: datetime, state: str) -> Delivery:
    """The row with what came of a try."""
    delivery.state, delivery.sent_at = state, now
    delivery.tries += 1
    delivery.duration_ms, delivery.status = tried.duration_ms, tried.status
    delivery.reason, delivery.answer = tried.reason, tried.answer
    return delivery


_OF_A_TRY = ("state", "sent_at", "tries", "duration_ms", "status", "reason", "answer")


def _store(deliveries: Sequence[Delivery]) -> None:
    """Rows of messages, those known by their id anew. One query."""
    for delivery in deliveries:
        delivery.pk = None
    Delivery.objects.bulk_create(
        deliveries, update_conflicts=True, unique_fields=["id"], update_fields=_OF_A_TRY
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
