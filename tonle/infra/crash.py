"""Places where a test kills the process, to prove that nothing acknowledged is lost.

A module declares its points at import and passes them in its code:

    crash.declare("publish.staged", "files are staged, nothing is decided")
    ...
    crash.point("publish.staged")

`TONLE_CRASH_AT=publish.staged` kills the process the first time it passes there,
`publish.staged:3` the third. The kill is SIGKILL: no handler, no flush, no goodbye,
as when the power fails. Without the variable a point costs one comparison.
"""

from __future__ import annotations

import os
import signal
import threading

POINTS: dict[str, str] = {}
"""Every declared point and what it proves."""


def _parse(text: str) -> tuple[str, int] | None:
    """ "name" or "name:n" to (name, n); "" to None. Raises ValueError for n below 1."""
    if not text:
        return None
    name, _, count = text.partition(":")
    nth = int(count or "1")
    if nth < 1:
        raise ValueError(f"TONLE_CRASH_AT={text}: the count starts at 1")
    return name, nth


_target = _parse(os.environ.get("TONLE_CRASH_AT", ""))
_passed = 0
_lock = threading.Lock()


def arm(text: str) -> None:
    """Set the target in a process that is running: for tests that fork instead of starting anew."""
    global _target, _passed
    _target, _passed = _parse(text), 0


def declare(name: str, proves: str) -> None:
    """Add a point to the list. proves: the state in which the crash leaves the node."""
    if POINTS.setdefault(name, proves) != proves:
        raise ValueError(f"the crash point {name} is declared twice")


def point(name: str) -> None:
    """Die here if the environment says so. Raises KeyError for an undeclared name, then only."""
    global _passed
    if _target is None:
        return
    POINTS[name]
    if name != _target[0]:
        return
    with _lock:
        _passed += 1
        if _passed == _target[1]:
            os.kill(os.getpid(), signal.SIGKILL)
