"""The process tree of `tonle serve`: web processes and one for background work.

The first process imports everything, starts no thread, and forks the others, so
that they share what was imported. It starts again what dies, and stops all when
it is asked to. If it is killed itself, the others notice by a pipe that closes.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from tonle.infra.server import limits

logger = logging.getLogger(__name__)

# A process that dies so often in so long a time will not get better by itself.
_DEATHS = 5
_DEATH_SECONDS = 60.0
# After SIGTERM, before SIGKILL. A web process gives a grace three times, one after the other:
# to answers on their way, to those that it then cuts off, and to its threads.
_STOP_SECONDS = 5 * limits.GRACE_SECONDS


@dataclass(frozen=True)
class Role:
    """One process to keep running. run() blocks until SIGTERM and then returns."""

    name: str
    run: Callable[[], None]


class Supervisor:
    """Keeps one process for each role."""

    def __init__(self, roles: list[Role]) -> None:
        self._roles = roles
        self._running: dict[int, Role] = {}
        self._deaths: deque[float] = deque(maxlen=_DEATHS)
        self._stopping = False
        self._read_end, self._write_end = os.pipe()

    def run(self) -> int:
        """Start all, and keep them until SIGTERM or SIGINT. Returns the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        # What is there now stays shared: the collector would touch, and so copy, every page.
        gc.collect()
        gc.freeze()
        # Held back until all are started, so that none is forgotten.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
        try:
            for role in self._roles:
                self._start(role)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
        failed = False
        give_up_at: float | None = None
        while self._running:
            if self._stopping and give_up_at is None:
                give_up_at = time.monotonic() + _STOP_SECONDS
                self._signal_all(signal.SIGTERM)
            if give_up_at is not None and time.monotonic() > give_up_at:
                self._signal_all(signal.SIGKILL)
                failed = True
            failed = self._reap() or failed
            if not self._stopping:
                time.sleep(0.2)
            else:
                time.sleep(0.02)
        return 1 if failed else 0

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _signal_all(self, number: signal.Signals) -> None:
        for pid in self._running:
            os.kill(pid, number)

    def _reap(self) -> bool:
        """Take note of processes that ended. Returns whether the node must give up."""
        while self._running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return False
            role = self._running.pop(pid, None)
            if role is None or self._stopping:
                continue
            logger.error(
                "The %s process ended (%s); it starts again.",
                role.name,
                os.waitstatus_to_exitcode(status),
            )
            self._deaths.append(time.monotonic())
            if len(self._deaths) == _DEATHS and self._deaths[-1] - self._deaths[0] < _DEATH_SECONDS:
                logger.critical("Processes keep ending; the node stops.")
                self._stopping = True
                return True
            self._start(role)
        return False

    def _start(self, role: Role) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid:
            self._running[pid] = role
            return
        code = 1
        try:
            os.close(self._write_end)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            # Ctrl-C reaches every process of the terminal; the first one passes on the word.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
            threading.Thread(target=self._end_with_parent, name="parent", daemon=True).start()
            role.run()
            code = 0
        except BaseException:
            logger.exception("The %s process failed.", role.name)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            # Not sys.exit: the first process's own cleaning up is not ours to do.
            os._exit(code)

    def _end_with_parent(self) -> None:
        os.read(self._read_end, 1)
        os.kill(os.getpid(), signal.SIGTERM)
