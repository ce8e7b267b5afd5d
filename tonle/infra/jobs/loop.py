"""The loop in which a process does its jobs, and several of them as threads."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time

from django.db import Error as DatabaseError
from django.db import connections

from tonle.infra import clock
from tonle.infra.jobs.keeping import tick
from tonle.infra.jobs.running import run_once
from tonle.infra.jobs.waking import heard, sleep, wake

log = logging.getLogger(__name__)


def work(stop: threading.Event, *, poll_seconds: float = 0.5, clerk: bool = True) -> None:
    """Lease and run jobs in this thread until `stop` is set; then end after the present one.

    Any number of threads and processes may do so at once. poll_seconds: how soon work
    asked for by another process is seen (work asked for in this one wakes it at once).
    clerk: whether this loop also asks for repeated jobs; one a process is enough.
    A job that is cut off is not lost: its lease ends and it is delivered again.
    """
    worker = f"{socket.gethostname()[:30]}:{os.getpid()}:{threading.get_native_id()}"
    try:
        while not stop.is_set():
            # Counted before looking: what comes while we look is not slept through.
            seen = heard()
            try:
                now = clock.now()
                if clerk:
                    tick(now)
                if run_once(now, worker, stop) is not None:
                    continue
            except DatabaseError:
                # The database went away; it may come back. Nothing is lost meanwhile.
                log.exception("The job loop could not reach the database")
                connections.close_all()
            sleep(seen, stop, poll_seconds)
    finally:
        connections.close_all()


class Worker:
    """Several loops of `work` as threads: what `tonle worker` runs, and tests stop."""

    def __init__(self, threads: int = 1, poll_seconds: float = 0.5) -> None:
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(
                target=work,
                args=(self._stop,),
                kwargs={"poll_seconds": poll_seconds, "clerk": number == 0},
                name=f"jobs-{number}",
                daemon=True,
            )
            for number in range(threads)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_seconds: float = 10) -> bool:
        """Take no new job, let running ones end or pause. False when one is still running."""
        self._stop.set()
        wake()
        ends = time.monotonic() + timeout_seconds
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)
