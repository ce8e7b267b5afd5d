"""A bounded pool of threads for pages.

`concurrent.futures.ThreadPoolExecutor` queues without bound and tells nobody
when a thread ends; a node must refuse work it cannot do in time, drop work whose
client has gone, and close each thread's database connections.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")
_Call = tuple[Future[Any], Callable[[], Any]]


class Saturated(Exception):
    """All threads are at work and the queue is full."""


class Pool:
    """Runs calls on at most `threads` threads; at most `queue` calls wait.

    Threads are started when first needed. at_end is called in each thread
    before it ends. A returned future may be cancelled while it waits.
    """

    def __init__(
        self, threads: int, queue: int, *, name: str, at_end: Callable[[], None] = lambda: None
    ) -> None:
        self._limit = max(1, threads)
        self._queue = queue
        self._name = name
        self._at_end = at_end
        self._calls: deque[_Call] = deque()
        # Turns of answers that were begun: they have a queue of their own.
        self._turns: deque[_Call] = deque()
        self._page_next = False
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._busy = 0
        self._closed = False

    @property
    def busy(self) -> int:
        """Threads that run a call now."""
        return self._busy

    @property
    def waiting(self) -> int:
        """Calls that wait for a thread, turns of answers that were begun left out."""
        return len(self._calls)

    def submit(self, call: Callable[[], T], *, urgent: bool = False) -> Future[T]:
        """Run call() soon. Raises Saturated.

        urgent: continue something already begun (a streamed answer, a finished
        upload): it is never refused. It waits for its turn among its like; pages that
        wait are let in between, so that two hundred downloads at once keep no page out.
        """
        future: Future[T] = Future()
        with self._changed:
            if self._closed:
                raise Saturated("the server is stopping")
            idle = len(self._threads) - self._busy
            if not urgent and len(self._calls) >= self._queue + max(idle, 0) + (
                self._limit - len(self._threads)
            ):
                raise Saturated(f"{self._busy} calls run and {len(self._calls)} wait")
            (self._turns if urgent else self._calls).append((future, call))
            if idle < len(self._calls) + len(self._turns) and len(self._threads) < self._limit:
                thread = threading.Thread(
                    target=self._work, name=f"{self._name}-{len(self._threads) + 1}", daemon=True
                )
                self._threads.append(thread)
                thread.start()
            self._changed.notify()
        return future

    def withdraw(self, future: Future[Any]) -> bool:
        """Take a waiting call out of the queue. Returns False where it already runs."""
        if not future.cancel():
            return False
        with self._changed:
            self._calls = deque(item for item in self._calls if item[0] is not future)
        return True

    def _work(self) -> None:
        while True:
            with self._changed:
                while not (self._calls or self._turns or self._closed):
                    self._changed.wait()
                if not (self._calls or self._turns):
                    break
                future, call = self._next().popleft()
                self._busy += 1
            try:
                if future.set_running_or_notify_cancel():
                    try:
                        result = call()
                    except BaseException as error:
                        # Whatever it is, it belongs to the caller; the thread lives on.
                        future.set_exception(error)
                    else:
                        future.set_result(result)
            finally:
                # A thread that waits keeps nothing of the last request alive.
                del future, call
                result = None
                with self._changed:
                    self._busy -= 1
        self._at_end()

    def _next(self) -> deque[_Call]:
        """The queue to take from: by turns where both have something."""
        if self._calls and self._turns:
            self._page_next = not self._page_next
            return self._calls if self._page_next else self._turns
        return self._calls or self._turns

    def close(self, seconds: float) -> bool:
        """Take no more calls, let the begun and waiting ones finish, end the threads.

        Returns whether all threads ended within that time.
        """
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)
