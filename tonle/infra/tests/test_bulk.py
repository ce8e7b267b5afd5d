"""Updating many rows: each gets its own values, and only those asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from tonle.infra.bulk import insert_each, reserve_keys, update_each
from tonle.infra.models import Job

NOW = datetime(2026, 1, 1, 12, 30, 15, 250, tzinfo=UTC)


def job(name: str) -> Job:
    return Job.objects.create(name=name, queue="default", payload={}, due_at=NOW, created_at=NOW)


@pytest.mark.django_db
def test_each_row_gets_its_own_values() -> None:
    rows = [job("a"), job("b"), job("c")]
    rows[0].payload, rows[0].due_at = {"text": "ទឹក"}, NOW + timedelta(hours=1)
    rows[1].payload, rows[1].due_at = {"list": [1, None]}, NOW + timedelta(days=1)
    for row in rows:
        row.error = "not to be written"

    update_each(rows[:2], ["payload", "due_at"])

    found = list(Job.objects.order_by("pk").values_list("payload", "due_at", "error"))
    assert found == [
        ({"text": "ទឹក"}, NOW + timedelta(hours=1), ""),
        ({"list": [1, None]}, NOW + timedelta(days=1), ""),
        ({}, NOW, ""),
    ]


@pytest.mark.django_db
def test_inserted_rows_are_as_they_were_made(django_assert_num_queries: Any) -> None:
    texts = [{"text": "ทะเล"}, {"number": 7, "none": None}]
    rows = (Job(name="new", queue="q", payload=text, due_at=NOW, created_at=NOW) for text in texts)

    with django_assert_num_queries(1):
        insert_each(rows)

    assert [(row.payload, row.due_at) for row in Job.objects.order_by("pk")] == [
        (text, NOW) for text in texts
    ]


@pytest.mark.django_db
def test_no_rows_need_no_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        update_each([], ["payload"])
        insert_each([])


@pytest.mark.django_db(transaction=True)
def test_reserved_keys_are_given_to_nobody_else() -> None:
    first = job("before")
    with transaction.atomic():
        keys = reserve_keys(Job, 2)
        rows = [
            Job(pk=key, name="kept", queue="q", payload={}, due_at=NOW, created_at=NOW)
            for key in keys
        ]
        insert_each(rows)
    after = job("after")

    assert len({first.pk, *keys, after.pk}) == 4
    assert list(Job.objects.filter(name="kept").order_by("pk").values_list("pk", flat=True)) == keys
