"""Jobs and events asked for, in the transaction of whoever asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.dispatch import Signal

from config import wiring
from tonle.infra.jobs.registry import HANDLERS, queues
from tonle.infra.jobs.waking import wake
from tonle.infra.models import Job
from tonle.kernel import canonical

emitted = Signal()
"""Sent with `event=` inside the emitting transaction; the tests' `outbox` listens."""


def enqueue(
    name: str,
    payload: Mapping[str, Any],
    *,
    run_at: datetime,
    queue: str | None = None,
    unique_key: str | None = None,
) -> int:
    """Ask for a job, in the caller's transaction. Returns its number. One query.

    payload: JSON object; run_at: UTC, not before; queue: the handler's, unless given,
    and one that some handler or limit names.
    unique_key: while a job with this key waits to begin, asking again only moves it
    forward to the earlier instant. That row then stays locked until the caller commits,
    so that no worker begins it before the caller's change can be seen: the job asked for
    always sees the change it was asked for.
    """
    queue = queue or _queue_of(name)
    if queue not in queues():
        raise ValueError(f"no handler and no limit names the queue {queue}")
    if unique_key is None:
        job = _job(name, payload, run_at, queue)
        job.save(force_insert=True)
        number: int = job.pk
    else:
        number = _upsert(name, payload, run_at, queue, unique_key)
    transaction.on_commit(wake)
    return number


def enqueue_many(name: str, payloads: Iterable[Mapping[str, Any]], *, run_at: datetime) -> None:
    """Ask for many jobs of one kind, in the caller's transaction, in few queries."""
    Job.objects.bulk_create([_job(name, p, run_at, _queue_of(name)) for p in payloads])
    transaction.on_commit(wake)


def emit(event: Any, now: datetime) -> None:
    """Put an event in the outbox: one job per handler that config.wiring names for it.

    event: an instance of a dataclass named in the past tense. Its fields become the
    payload under "data", instants and dates as ISO 8601 text.
    """
    emit_all([event], now)


def emit_all(events: Sequence[Any], now: datetime) -> None:
    """Put events of one class in the outbox together, in as many queries as for one."""
    for event in events:
        if not is_dataclass(event) or isinstance(event, type):
            raise TypeError(f"an event is a dataclass instance, not {type(event).__name__}")
        emitted.send(sender=type(event), event=event)
    data = [{f.name: _plain(getattr(one, f.name)) for f in fields(one)} for one in events]
    if events:
        emit_many(type(events[0]).__name__, data, now)


def emit_many(event: str, data: Iterable[Mapping[str, Any]], now: datetime) -> None:
    """Put events of one name in the outbox; data: the payload of each, JSON values."""
    happened: Sequence[Mapping[str, Any]] = list(data)
    for name in wiring.EVENTS.get(event, ()):
        concerned = HANDLERS[name].concerned if name in HANDLERS else None
        heard = concerned(happened) if concerned else happened
        payloads = [{"event": event, "at": now.isoformat(), "data": dict(one)} for one in heard]
        if payloads:
            enqueue_many(name, payloads, run_at=now)


def _plain(value: Any) -> Any:
    """A field of an event as a JSON value."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple | list | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return [_plain(item) for item in items]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _queue_of(name: str) -> str:
    return HANDLERS[name].queue if name in HANDLERS else "default"


def _job(name: str, payload: Mapping[str, Any], run_at: datetime, queue: str) -> Job:
    # Canonical JSON also refuses what another process could not read back.
    canonical.dumps(dict(payload))
    return Job(name=name, queue=queue, payload=dict(payload), due_at=run_at, created_at=run_at)


def _upsert(
    name: str, payload: Mapping[str, Any], run_at: datetime, queue: str, unique_key: str
) -> int:
    """Insert, or move the waiting twin forward. Django has no upsert on a partial index."""
    canonical.dumps(dict(payload))
    adapt = connection.ops
    at = adapt.adapt_datetimefield_value(run_at)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO infra_job (name, queue, payload, state, due_at, token, attempts, worker,"
            " unique_key, error, created_at)"
            " VALUES (%s, %s, %s, 'pending', %s, 0, 0, '', %s, '', %s)"
            " ON CONFLICT (unique_key) WHERE state = 'pending' DO UPDATE SET due_at ="
            " CASE WHEN excluded.due_at < infra_job.due_at THEN excluded.due_at"
            " ELSE infra_job.due_at END"
            " RETURNING id",
            [name, queue, adapt.adapt_json_value(dict(payload), None), at, unique_key, at],
        )
        number: int = cursor.fetchone()[0]
    return number
