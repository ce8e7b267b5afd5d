"""The bounded pool."""

from __future__ import annotations

import threading

import pytest

from tonle.infra.server.pool import Pool, Saturated

WAIT = 30


@pytest.mark.parametrize(("threads", "queue"), [(1, 0), (1, 3), (3, 2)])
def test_what_runs_and_waits_is_bounded(threads: int, queue: int) -> None:
    pool = Pool(threads, queue, name="t")
    release = threading.Event()
    futures = [pool.submit(lambda: release.wait(WAIT)) for _ in range(threads + queue)]

    with pytest.raises(Saturated):
        pool.submit(lambda: None)
    urgent = pool.submit(lambda: "first", urgent=True)

    release.set()
    assert all(future.result(WAIT) for future in futures)
    assert urgent.result(WAIT) == "first"
    assert pool.close(WAIT)


def test_many_turns_of_answers_neither_refuse_a_page_nor_keep_it_out() -> None:
    pool = Pool(1, 1, name="t")
    begun, release = threading.Event(), threading.Event()
    order: list[str] = []

    def hold() -> None:
        begun.set()
        release.wait(WAIT)

    pool.submit(hold)
    assert begun.wait(WAIT)
    turns = [pool.submit(lambda: order.append("turn"), urgent=True) for _ in range(20)]
    page = pool.submit(lambda: order.append("page"))

    release.set()
    page.result(WAIT)
    for turn in turns:
        turn.result(WAIT)
    assert order.index("page") <= 1
    assert pool.close(WAIT)


def test_a_withdrawn_call_never_runs() -> None:
    pool = Pool(1, 2, name="t")
    begun, release, ran = threading.Event(), threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        release.wait(WAIT)

    running = pool.submit(hold)
    assert begun.wait(WAIT)
    waiting = pool.submit(ran.set)

    assert pool.withdraw(waiting)
    assert pool.waiting == 0
    release.set()
    running.result(WAIT)
    assert pool.submit(lambda: 1).result(WAIT) == 1
    assert not ran.is_set()
    assert not pool.withdraw(running)
    assert pool.close(WAIT)


def test_an_error_belongs_to_its_caller_and_the_thread_lives_on() -> None:
    ended = threading.Event()
    pool = Pool(1, 2, name="t", at_end=ended.set)

    with pytest.raises(ZeroDivisionError):
        pool.submit(lambda: 1 / 0).result(WAIT)

    assert pool.submit(lambda: 2).result(WAIT) == 2
    assert pool.close(WAIT)
    assert ended.is_set()


def test_closing_finishes_what_was_accepted() -> None:
    pool = Pool(1, 5, name="t")
    futures = [pool.submit(lambda n=n: n) for n in range(5)]  # type: ignore[misc]  # The default is typed Any.

    assert pool.close(WAIT)

    assert [future.result(0) for future in futures] == list(range(5))
    with pytest.raises(Saturated):
        pool.submit(lambda: None)
