"""One run of a source at a time, over all processes: a lease with a number.

The number is what makes it exact: whoever writes says with which lease, and an older one
writes nothing. A process that was killed on this machine is noticed at once.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from tonle.federation.harvest.errors import BeingHarvested, LeaseLost, SourceStopped
from tonle.federation.harvest.models import Source
from tonle.kernel.errors import NotFound

# How long a silent run is waited for: longer than the slowest answer and page take.
LEASE = timedelta(minutes=5)


@contextmanager
def held(source_id: str, clock: Callable[[], datetime]) -> Iterator[Source]:
    """The source's row, ours until the block ends. Raises BeingHarvested, NotFound."""
    now = clock()
    row = Source.objects.filter(id=source_id).first()
    if row is None:
        raise NotFound
    if row.held_until is not None and row.held_until > now and not _is_dead(row.holder):
        raise BeingHarvested(source=row.id)
    taken = Source.objects.filter(key=row.key, token=row.token).update(
        token=F("token") + 1, holder=_me(), held_until=now + LEASE
    )
    if not taken:
        raise BeingHarvested(source=row.id)
    source = Source.objects.get(key=row.key)
    try:
        yield source
    finally:
        # Not where the database itself went away: then the lease ends by its time.
        with suppress(Exception):
            Source.objects.filter(key=source.key, token=source.token).update(
                holder="", held_until=None
            )


def keep(source: Source, now: datetime, **changes: Any) -> None:
    """Write to the held source and begin the lease anew, in the caller's transaction.

    Raises LeaseLost where another run has it by now.
    """
    for name, value in changes.items():
        setattr(source, name, value)
    mine = Source.objects.filter(key=source.key, token=source.token)
    if not mine.update(held_until=now + LEASE, **changes):
        raise LeaseLost


def refuse_stopped(source: Source) -> None:
    if source.state == "stopped":
        raise SourceStopped


def is_held(source: Source, now: datetime) -> bool:
    """Whether somebody works on it now."""
    return source.held_until is not None and source.held_until > now and not _is_dead(source.holder)


def _me() -> str:
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{threading.get_native_id()}"


def _is_dead(holder: str) -> bool:
    """Whether it was a process of this machine that is no more."""
    host, _, rest = holder.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname()[:60] or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
