"""Jobs: asked for once, delivered at least once, closed exactly once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from config import wiring
from tests.constants import NOW
from tonle.infra import crash, jobs
from tonle.infra.jobs.running import put_back
from tonle.infra.models import Cron, Job
from tonle.infra.tests import child

LEASE = timedelta(seconds=60)


@pytest.fixture
def calls() -> Iterator[list[Any]]:
    """What the handlers of these tests were called with; they are gone afterwards."""
    registries: list[dict[str, Any]] = [jobs.HANDLERS, jobs.SCHEDULES, jobs.LIMITS]
    before = [dict(registry) for registry in registries]
    seen: list[Any] = []

    @jobs.handler("test.note", max_attempts=3)
    def note(run: jobs.Run, _now: datetime) -> None:
        seen.append(run.payload)

    @jobs.handler("test.fails", max_attempts=3)
    def fails(run: jobs.Run, _now: datetime) -> None:
        seen.append(run.attempt)
        raise ValueError("no luck")

    @jobs.handler("test.child")
    def from_child(run: jobs.Run, _now: datetime) -> None:
        seen.append((run.attempt, run.progress))

    yield seen
    for registry, entries in zip(registries, before, strict=True):
        registry.clear()
        registry.update(entries)


def in_threads(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run work(n) in threads that start together; returns what each returned or raised."""
    barrier = threading.Barrier(count)
    results: list[Any] = [None] * count

    def one(number: int) -> None:
        barrier.wait()
        try:
            results[number] = work(number)
        except Exception as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


# Asking ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_job_asked_for_in_a_transaction_that_fails_was_never_asked_for(calls: list[Any]) -> None:
    with transaction.atomic():
        jobs.enqueue("test.note", {"n": 1}, run_at=NOW)
        transaction.set_rollback(True)

    assert jobs.run_all_due(NOW) == 0
    assert calls == []


@pytest.mark.django_db
def test_a_job_waits_for_its_instant(calls: list[Any]) -> None:
    jobs.enqueue("test.note", {"n": 1}, run_at=NOW + LEASE)

    assert jobs.run_once(NOW) is None
    assert jobs.run_once(NOW + LEASE) == "done"
    assert calls == [{"n": 1}]


@pytest.mark.django_db
def test_asking_ten_times_for_what_has_not_begun_is_asking_once(calls: list[Any]) -> None:
    for later in range(9, -1, -1):
        jobs.enqueue("test.note", {"n": later}, run_at=NOW + later * LEASE, unique_key="index")

    assert Job.objects.count() == 1
    assert jobs.run_all_due(NOW) == 1, "the earliest instant holds"
    jobs.enqueue("test.note", {"n": 11}, run_at=NOW, unique_key="index")
    assert jobs.run_all_due(NOW) == 1, "what is over does not stand in the way"


@pytest.mark.django_db
def test_a_failed_job_gives_way_to_its_twin(calls: list[Any]) -> None:
    jobs.enqueue("test.note", {}, run_at=NOW, unique_key="index")
    first = jobs.lease(NOW, "a")
    assert first is not None
    jobs.enqueue("test.note", {}, run_at=NOW, unique_key="index")

    assert put_back(first, NOW) == Job.DONE
    assert Job.objects.filter(state=Job.PENDING).count() == 1


@dataclass(frozen=True)
class RequestSubmitted:
    request_id: str
    parties: tuple[str, ...]
    occurred_at: datetime


@pytest.mark.django_db
def test_an_event_becomes_one_job_for_each_handler(
    calls: list[Any], outbox: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(wiring.EVENTS, "RequestSubmitted", ("test.note", "test.note"))
    event = RequestSubmitted("r1", ("khm", "tha"), NOW)

    jobs.emit(event, NOW)

    assert outbox == [event]
    assert jobs.run_all_due(NOW) == 2
    assert calls[0]["event"] == "RequestSubmitted"
    assert calls[0]["data"] == {
        "request_id": "r1",
        "parties": ["khm", "tha"],
        "occurred_at": NOW.isoformat(),
    }


@pytest.mark.django_db
def test_who_is_not_concerned_is_not_told(
    calls: list[Any], outbox: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def of_cambodia(happened: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        asked.append(len(happened))
        return [one for one in happened if "khm" in one["parties"]]

    monkeypatch.setitem(wiring.EVENTS, "RequestSubmitted", ("test.some",))
    jobs.handler("test.some", concerned=of_cambodia)(lambda run, _now: calls.append(run.payload))
    events = [RequestSubmitted(f"r{n}", ("khm",) if n == 1 else ("tha",), NOW) for n in range(3)]

    jobs.emit_all(events, NOW)
    jobs.emit_all(events[2:], NOW)

    assert outbox == [*events, events[2]]
    assert asked == [3, 1], "all events of a batch are asked about together"
    assert jobs.run_all_due(NOW) == 1
    assert calls[0]["data"]["request_id"] == "r1"


def test_a_wired_name_without_a_handler_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(wiring.EVENTS, "Nothing", ("nobody.hears",))

    assert any("nobody.hears" in fault for fault in jobs.wiring_faults())


def test_everything_that_is_wired_has_a_handler() -> None:
    assert jobs.wiring_faults() == []


def test_a_queue_that_nobody_works_on_is_refused() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        jobs.enqueue("test.note", {}, run_at=NOW, queue="nowhere")


# Failing ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_failing_job_is_tried_again_later_and_then_dead_with_its_error(calls: list[Any]) -> None:
    number = jobs.enqueue("test.fails", {}, run_at=NOW)

    assert jobs.run_once(NOW) == Job.PENDING
    assert jobs.run_once(NOW) is None, "it waits"
    assert jobs.run_once(NOW + timedelta(hours=1)) == Job.PENDING
    assert jobs.run_once(NOW + timedelta(hours=3)) == Job.DEAD
    job = Job.objects.get(pk=number)
    assert calls == [1, 2, 3]
    assert "ValueError: no luck" in job.error

    assert jobs.revive(number, NOW)
    assert jobs.run_once(NOW) == Job.PENDING
    assert calls[-1] == 1


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_waits_grow_and_have_a_bound(attempt: int, jitter: float) -> None:
    wait = jobs.backoff_seconds(attempt, jitter)

    assert 1 <= wait <= 3600
    assert wait <= jobs.backoff_seconds(attempt + 1, 0.0) or wait > 1800 or jitter > 0
    assert jobs.backoff_seconds(attempt, 0) <= jobs.backoff_seconds(attempt + 1, 0)


@pytest.mark.django_db
def test_a_job_nobody_knows_is_kept_and_dies_with_a_reason() -> None:
    Job.objects.create(name="gone", queue="default", payload={}, due_at=NOW, created_at=NOW)

    assert jobs.run_once(NOW) == Job.PENDING
    assert "No handler is registered for gone" in Job.objects.get().error


@pytest.mark.django_db
def test_a_paused_job_goes_on_from_its_checkpoint_and_loses_no_attempt(calls: list[Any]) -> None:
    @jobs.handler("test.long", max_attempts=1)
    def long(run: jobs.Run, _now: datetime) -> None:
        calls.append((run.attempt, run.progress))
        if run.progress != 3:
            run.checkpoint((run.progress or 0) + 1)
            raise jobs.Paused

    jobs.enqueue("test.long", {}, run_at=NOW)

    assert [jobs.run_once(NOW + n * LEASE) for n in range(5)] == ["pending"] * 3 + ["done", None]
    assert calls == [(1, None), (1, 1), (1, 2), (1, 3)]
    assert Job.objects.get().state == Job.DONE


# Leases ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_who_lost_the_lease_changes_nothing_more(calls: list[Any]) -> None:
    jobs.enqueue("test.note", {}, run_at=NOW)
    slow = jobs.lease(NOW, "slow")
    assert slow is not None
    assert jobs.lease(NOW + LEASE - timedelta(seconds=1), "quick") is None
    quick = jobs.lease(NOW + LEASE, "quick")
    assert quick is not None

    with pytest.raises(jobs.LeaseLost):
        slow.checkpoint({"by": "slow"})
    with pytest.raises(jobs.LeaseLost):
        slow.complete()
    assert jobs.carry_out(slow, NOW) == "lost"
    quick.checkpoint({"by": "quick"})
    assert jobs.carry_out(quick, NOW + LEASE) == Job.DONE
    assert Job.objects.get().progress == {"by": "quick"}


@pytest.mark.django_db(transaction=True)
def test_an_effect_and_its_completion_in_one_transaction_count_once(calls: list[Any]) -> None:
    @jobs.handler("test.exact")
    def exact(run: jobs.Run, now: datetime) -> None:
        with transaction.atomic():
            jobs.enqueue("test.note", {"paid": True}, run_at=now)
            run.complete()

    jobs.enqueue("test.exact", {}, run_at=NOW)
    slow = jobs.lease(NOW, "slow")
    quick = jobs.lease(NOW + LEASE, "quick")
    assert slow is not None
    assert quick is not None

    assert jobs.carry_out(quick, NOW + LEASE) == Job.DONE
    assert jobs.carry_out(slow, NOW + LEASE) == "lost"
    jobs.run_all_due(NOW + LEASE)
    assert calls == [{"paid": True}]


@pytest.mark.django_db
def test_a_job_that_takes_its_worker_down_each_time_is_dead_in_the_end(calls: list[Any]) -> None:
    jobs.enqueue("test.note", {}, run_at=NOW)

    taken = [jobs.lease(NOW + hours * timedelta(hours=1), "w") for hours in range(4)]

    assert [run is not None for run in taken] == [True, True, True, False]
    assert Job.objects.get().state == Job.DEAD
    assert "vanished 3 times" in Job.objects.get().error


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_of_a_job_has_it_delivered_again(calls: list[Any]) -> None:
    jobs.enqueue("test.child", {}, run_at=NOW)
    process = child.start("run_for_ever")
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"

    process.kill()
    process.communicate()

    assert jobs.run_once(NOW + LEASE / 2) is None, "nobody knows yet that it is dead"
    assert jobs.run_once(NOW + 2 * LEASE) == Job.DONE
    assert calls == [(2, {"half": "done"})]


@pytest.mark.parametrize("point", [name for name in crash.POINTS if name.startswith("jobs.")])
@pytest.mark.django_db(transaction=True)
def test_a_job_survives_a_crash_at(point: str, calls: list[Any]) -> None:
    jobs.enqueue("test.child", {}, run_at=NOW)
    process = child.start("run_one_job", crash_at=point)
    process.communicate()

    assert process.returncode == -9
    assert Job.objects.get().state == Job.RUNNING
    assert jobs.run_once(NOW + LEASE) == Job.DONE
    assert calls == [(2, None)]


@pytest.mark.django_db(transaction=True)
def test_many_workers_take_each_job_once(calls: list[Any]) -> None:
    jobs.enqueue_many("test.note", [{"n": n} for n in range(60)], run_at=NOW)

    counts = in_threads(4, lambda n: jobs.run_all_due(NOW, f"worker {n}"))

    assert sum(counts) == 60
    assert sorted(call["n"] for call in calls) == list(range(60))
    assert set(Job.objects.values_list("attempts", "state")) == {(1, Job.DONE)}


@pytest.mark.django_db(transaction=True)
def test_a_queue_runs_no_more_at_once_than_its_limit(calls: list[Any]) -> None:
    @jobs.handler("test.heavy", queue="heavy")
    def heavy(_run: jobs.Run, _now: datetime) -> None: ...

    jobs.limit("heavy", 2)
    for _ in range(8):
        jobs.enqueue("test.heavy", {}, run_at=NOW)

    taken = [run for run in in_threads(6, lambda n: jobs.lease(NOW, str(n))) if run]

    assert len(taken) == 2
    taken[0].complete()
    assert jobs.lease(NOW, "next") is not None
    assert jobs.lease(NOW, "next") is None
    assert jobs.lease(NOW + LEASE, "next") is not None, "a lost lease frees its place"


@pytest.mark.django_db(transaction=True)
def test_a_job_asked_for_again_sees_the_change_it_was_asked_for(calls: list[Any]) -> None:
    """The lost wake-up: a waiting job begins between asking again and the commit."""
    jobs.enqueue("test.note", {}, run_at=NOW, unique_key="follow")
    asked, release = threading.Event(), threading.Event()
    seen: list[bool] = []

    def writer() -> None:
        with transaction.atomic():
            Cron.objects.create(name="the change", next_at=NOW)
            jobs.enqueue("test.note", {}, run_at=NOW, unique_key="follow")
            asked.set()
            release.wait()

    def worker() -> None:
        asked.wait()
        threading.Timer(0.2, release.set).start()
        while (run := jobs.lease(NOW, "w")) is None:
            release.wait(0.01)
        seen.append(Cron.objects.filter(name="the change").exists())
        run.complete()

    in_threads(2, lambda n: (writer, worker)[n]())

    assert seen == [True]


# Repeated --------------------------------------------------------------------------------


def test_a_schedule_keeps_to_its_multiples() -> None:
    daily = jobs.Schedule("x", jobs.DAY, 17 * 3600)

    assert daily.after(NOW) == NOW.replace(hour=17, minute=0)
    assert daily.after(NOW.replace(hour=17, minute=0)) == NOW.replace(
        hour=17, minute=0
    ) + timedelta(days=1)


@pytest.mark.django_db(transaction=True)
def test_a_repeated_job_is_asked_for_once_by_many_workers(calls: list[Any]) -> None:
    jobs.SCHEDULES.clear()
    jobs.cron("test.note", every_seconds=3600)
    jobs.tick(NOW)
    assert jobs.run_all_due(NOW) == 0, "it begins at its next instant"

    hour = NOW.replace(hour=3, minute=0)
    in_threads(4, lambda _: jobs.tick(hour))
    assert in_threads(4, lambda _: jobs.run_all_due(hour)).count(1) == 1
    assert in_threads(4, lambda _: jobs.tick(hour + timedelta(minutes=59))) == [0] * 4

    asleep_for_days = hour + timedelta(days=3, minutes=5)
    assert sum(in_threads(4, lambda _: jobs.tick(asleep_for_days))) == 1
    assert Job.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_worker_wakes_for_work_and_stops_clean(calls: list[Any]) -> None:
    done = threading.Event()

    @jobs.handler("test.signal")
    def signal(_run: jobs.Run, _now: datetime) -> None:
        done.set()

    # So long a poll that only being woken can be the reason.
    worker = jobs.Worker(threads=2, poll_seconds=3600)
    worker.start()
    jobs.enqueue("test.signal", {}, run_at=NOW - timedelta(days=3650))

    assert done.wait(60)
    assert worker.stop(60)
    assert Job.objects.filter(name="test.signal").get().state == Job.DONE


@pytest.mark.django_db
def test_what_is_long_done_is_swept_and_what_is_dead_stays(calls: list[Any]) -> None:
    jobs.enqueue("test.note", {}, run_at=NOW)
    jobs.enqueue("test.fails", {}, run_at=NOW)
    for hours in range(3):
        jobs.run_all_due(NOW + timedelta(hours=hours))
    later = NOW + timedelta(days=2)
    jobs.enqueue("jobs.sweep", {}, run_at=later)
    jobs.run_all_due(later)

    assert set(Job.objects.values_list("name", "state")) == {
        ("test.fails", Job.DEAD),
        ("jobs.sweep", Job.DONE),
    }


@pytest.mark.django_db
def test_the_backlog_tells_what_waits_and_how_late_it_is(calls: list[Any]) -> None:
    assert jobs.backlog(NOW) == jobs.Backlog(0, 0, 0, 0.0)
    jobs.enqueue("test.note", {}, run_at=NOW - LEASE)
    jobs.enqueue("test.note", {}, run_at=NOW + LEASE)
    assert jobs.backlog(NOW) == jobs.Backlog(2, 0, 0, 60.0)
    jobs.lease(NOW, "w")
    assert jobs.backlog(NOW) == jobs.Backlog(1, 1, 0, 0.0)


# Interleavings ---------------------------------------------------------------------------

ACTIONS = ["ask", "ask for one", "lease", "complete", "fail", "checkpoint", "vanish", "wait"]


@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 2)), max_size=40))
@pytest.mark.django_db
def test_no_interleaving_loses_a_job_or_closes_it_twice(steps: list[tuple[str, int]]) -> None:
    """Three workers that die, dawdle and fail; whatever they do, every job ends once."""
    with transaction.atomic():
        _interleave(steps)
        transaction.set_rollback(True)


def _interleave(steps: list[tuple[str, int]]) -> None:
    now = NOW
    asked: set[int] = set()
    closed: list[int] = []
    held: dict[int, jobs.Run] = {}

    def owner(run: jobs.Run) -> bool:
        """Whether the model says that this run still holds its job."""
        job = Job.objects.get(pk=run.id)
        return job.token == run.token and job.state == Job.RUNNING

    for action, who in steps:
        if action == "ask":
            asked.add(jobs.enqueue("jobs.sweep", {}, run_at=now))
        elif action == "ask for one":
            asked.add(jobs.enqueue("jobs.sweep", {}, run_at=now, unique_key="one"))
        elif action == "wait":
            now += LEASE / 2
        elif action == "lease":
            run = jobs.lease(now, str(who))
            if run is not None:
                run.now = lambda: now  # noqa: B023  # The newest `now` is meant.
                assert run.id in asked
                assert run.id not in closed
                held[who] = run
        elif who in held:
            run = held[who]
            mine = owner(run)
            if action == "vanish":
                del held[who]
            elif action == "fail":
                state = put_back(run, now + LEASE, error="failed")
                assert (state != "lost") == mine
                if state == Job.DONE:
                    closed.append(run.id)
            else:
                try:
                    run.complete() if action == "complete" else run.checkpoint(who)
                    assert mine
                    if action == "complete":
                        closed.append(run.id)
                except jobs.LeaseLost:
                    assert not mine
        assert Job.objects.filter(unique_key="one", state=Job.PENDING).count() <= 1

    for _ in range(5):
        now += timedelta(days=1)
        while (run := jobs.lease(now, "last")) is not None:
            run.complete()
            closed.append(run.id)
    assert sorted(closed) == sorted(set(closed)), "closed once"
    dead = set(Job.objects.filter(state=Job.DEAD).values_list("pk", flat=True))
    assert set(closed) | dead == asked, "none is lost"
    assert connection.in_atomic_block
