"""The same request twice is one request."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from tests.constants import NOW
from tonle.infra import idempotency
from tonle.infra.models import Cron, IdempotencyRecord
from tonle.infra.tests.test_jobs import in_threads
from tonle.kernel.actors import Actor
from tonle.kernel.errors import Invalid, Refused

SOKHA, DARA = Actor("sokha"), Actor("dara")
BODY = {"title": "ទឹក"}


class Counter:
    """Work that counts how often it was done."""

    def __init__(self) -> None:
        self.done = 0
        self._lock = threading.Lock()

    def __call__(self) -> dict[str, Any]:
        with self._lock:
            self.done += 1
            return {"n": self.done, "names": ["a", "b"]}


@pytest.mark.django_db
def test_the_same_request_again_is_answered_and_not_done() -> None:
    work = Counter()

    first = idempotency.once(SOKHA, "k1", BODY, NOW, work)
    again = idempotency.once(SOKHA, "k1", dict(BODY), NOW, work)

    assert first == again == {"n": 1, "names": ["a", "b"]}
    assert work.done == 1


@pytest.mark.django_db
def test_a_key_is_its_actors_own() -> None:
    work = Counter()
    idempotency.once(SOKHA, "k1", BODY, NOW, work)

    assert idempotency.once(DARA, "k1", {"other": True}, NOW, work)["n"] == 2


@pytest.mark.django_db
def test_a_key_with_another_body_is_refused_with_its_own_code() -> None:
    work = Counter()
    idempotency.once(SOKHA, "k1", BODY, NOW, work)

    with pytest.raises(idempotency.KeyReused) as refused:
        idempotency.once(SOKHA, "k1", {"title": "ນ້ຳ"}, NOW, work)

    assert (refused.value.code, refused.value.http_status) == ("idempotency_key_reused", 422)
    assert work.done == 1


@pytest.mark.django_db
def test_what_failed_may_be_tried_again_under_its_key() -> None:
    def fail() -> None:
        Cron.objects.create(name="half", next_at=NOW)
        raise Refused([])

    with pytest.raises(Refused):
        idempotency.once(SOKHA, "k1", BODY, NOW, fail)
    assert not Cron.objects.exists(), "and left nothing behind"

    assert idempotency.once(SOKHA, "k1", BODY, NOW, Counter())["n"] == 1


@pytest.mark.django_db
def test_no_key_is_no_memory() -> None:
    work = Counter()
    for _ in range(2):
        idempotency.once(SOKHA, None, BODY, NOW, work)

    assert work.done == 2
    assert not IdempotencyRecord.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_equal_requests_at_once_one_is_done_and_all_are_answered() -> None:
    work = Counter()

    def request(_: int) -> Any:
        return idempotency.once(SOKHA, "k1", BODY, NOW, work)

    assert in_threads(5, request) == [{"n": 1, "names": ["a", "b"]}] * 5
    assert work.done == 1


@pytest.mark.django_db(transaction=True)
def test_who_waited_for_one_that_failed_does_the_work() -> None:
    begun, may_fail = threading.Event(), threading.Event()

    def fails() -> None:
        begun.set()
        may_fail.wait()
        raise ValueError("no luck")

    def first(_: int) -> Any:
        return idempotency.once(SOKHA, "k1", BODY, NOW, fails)

    def second(_: int) -> Any:
        begun.wait()
        threading.Timer(0.1, may_fail.set).start()
        return idempotency.once(SOKHA, "k1", BODY, NOW, Counter())

    failed, done = in_threads(2, lambda n: (first, second)[n](n))

    assert isinstance(failed, ValueError)
    assert done["n"] == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "line\nbreak", "ទឹក"])
@pytest.mark.django_db
def test_a_key_that_no_header_could_carry_is_invalid(key: str) -> None:
    with pytest.raises(Invalid):
        idempotency.once(SOKHA, key, BODY, NOW, Counter())


@pytest.mark.django_db
def test_old_keys_are_forgotten() -> None:
    for age_days in (0, 6, 8):
        at = NOW - timedelta(days=age_days)
        with transaction.atomic():
            idempotency.once(SOKHA, f"k{age_days}", BODY, at, Counter())

    assert idempotency.expire(NOW) == 1
    assert set(IdempotencyRecord.objects.values_list("key", flat=True)) == {"k0", "k6"}


def test_new_keys_differ() -> None:
    assert len({idempotency.new_key() for _ in range(100)}) == 100
