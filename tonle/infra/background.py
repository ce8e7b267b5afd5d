"""What runs beside the pages: the index follower, the job worker, the clock.

Contexts register loops at start-up; `tonle serve` runs them in one process, each
in a thread of its own, and starts a loop that failed again after a pause.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connections

logger = logging.getLogger(__name__)

# A loop runs until its event is set, and then returns within a second or two.
Loop = Callable[[threading.Event], None]

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60.0


@dataclass(frozen=True)
class Registered:
    name: str
    loop: Loop


_loops: dict[str, Registered] = {}


def register(name: str, loop: Loop) -> None:
    """Add a loop. Raises ValueError where another loop has the name."""
    if name in _loops and _loops[name].loop is not loop:
        raise ValueError(f"Two background loops are called {name!r}.")
    _loops[name] = Registered(name, loop)


def registered() -> tuple[Registered, ...]:
    return tuple(_loops.values())


def start(stop: threading.Event) -> list[threading.Thread]:
    """Start every registered loop. Set stop and join the threads to end them."""
    threads = [
        threading.Thread(target=_keep_running, args=(entry, stop), name=entry.name)
        for entry in registered()
    ]
    for thread in threads:
        thread.start()
    return threads


def _keep_running(entry: Registered, stop: threading.Event) -> None:
    pause = _FIRST_PAUSE_SECONDS
    while not stop.is_set():
        began = time.monotonic()
        try:
            entry.loop(stop)
        except Exception:
            logger.exception("The background loop %s failed; it starts again soon.", entry.name)
        finally:
            connections.close_all()
        if time.monotonic() - began > _LONGEST_PAUSE_SECONDS:
            # It did well until now; what happened long ago no longer counts.
            pause = _FIRST_PAUSE_SECONDS
        if stop.wait(pause):
            break
        pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
