"""One sender to a receiver at a time, over all processes: a lease with a number.

Whoever notes what came of a message says with which lease; an older one notes nothing. Then
the newer one sends the message again, under the same id: twice at worst, never lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q

from tonle.federation.hooks.errors import BeingTold, LeaseLost
from tonle.federation.hooks.models import Hook
from tonle.kernel.errors import NotFound

# Longer than the slowest answer that is waited for, with room for a slow disk.
LEASE = timedelta(seconds=60)


@contextmanager
def held(hook_id: str, clock: Callable[[], datetime]) -> Iterator[Hook]:
    """The hook's row, ours until the block ends. Raises BeingTold, NotFound."""
    now = clock()
    free = Q(held_until__isnull=True) | Q(held_until__lte=now)
    taken = Hook.objects.filter(free, id=hook_id).update(
        token=F("token") + 1, held_until=now + LEASE
    )
    hook = Hook.objects.filter(id=hook_id).first()
    if hook is None:
        raise NotFound
    if not taken:
        raise BeingTold
    try:
        yield hook
    finally:
        # Not where the database itself went away: then the lease ends by its time.
        with suppress(Exception):
            _mine(hook).update(held_until=None)


def keep(hook: Hook, now: datetime, **changes: Any) -> None:
    """Write to the held hook and begin the lease anew, in the caller's transaction.

    Raises LeaseLost where another worker has it by now, or it was removed.
    """
    if not _mine(hook).update(held_until=now + LEASE, **changes):
        raise LeaseLost
    for name, value in changes.items():
        setattr(hook, name, value)


def _mine(hook: Hook) -> Any:
    return Hook.objects.filter(key=hook.key, token=hook.token)
