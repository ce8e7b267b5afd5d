"""The landing page: what it asks the database, however long a record's history is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.constants import NOW
from tonle.catalogue import drafts, services
from tonle.catalogue.models import Record
from tonle.catalogue.tests.factories import CURATOR, make_record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

# Record with its document, effects, history, what points here.
QUERIES = 4


def revise(record: Record, title: str, day: int) -> None:
    """Correct the title, and nothing else."""
    at = NOW + timedelta(days=day)
    draft = drafts.create_successor(
        record_id=record.id, actor=CURATOR, now=at, replaces_files=False
    )
    body = {"kind": "dataset", "titles": {"en": title}, "access": {"level": "open"}}
    drafts.edit_draft(draft_id=draft.id, document=body, actor=CURATOR, now=at)
    services.publish(draft_id=draft.id, actor=CURATOR, now=at)


def test_a_page_costs_few_queries_however_long_the_history(
    client: Client, tmp_path: Path, django_assert_num_queries: Any
) -> None:
    record = make_record({"yields.csv": b"a,b\n1,2\n"}, folder=tmp_path)
    for day in (1, 2, 3):
        revise(record, f"Rice yields, corrected {day} times", day)

    with django_assert_num_queries(QUERIES):
        page = client.get(f"/records/{record.id}", headers={"host": "localhost"})

    text = page.content.decode()
    assert page.status_code == 200
    assert "Rice yields, corrected 3 times" in text
    assert "yields.csv" in text


def test_an_earlier_version_costs_no_more_than_finding_it(
    client: Client, tmp_path: Path, django_assert_num_queries: Any
) -> None:
    record = make_record({"yields.csv": b"a,b\n1,2\n"}, folder=tmp_path)
    at = NOW + timedelta(days=1)
    draft = drafts.create_successor(record_id=record.id, actor=CURATOR, now=at, replaces_files=True)
    drafts.remove_file(draft_id=draft.id, name="yields.csv", actor=CURATOR, now=at)
    services.publish(draft_id=draft.id, actor=CURATOR, now=at)

    with django_assert_num_queries(QUERIES + 1):
        page = client.get(f"/records/{record.id}/v1", headers={"host": "localhost"})

    assert "yields.csv" in page.content.decode()


@pytest.mark.parametrize(
    ("source", "told"),
    [({}, False), ({"uri": "https://example.org/r/1"}, True), ({"citation": "A list."}, True)],
)
def test_where_a_description_comes_from_is_said_only_where_it_is_known(
    client: Client, tmp_path: Path, source: dict[str, str], told: bool
) -> None:
    source = {"format": "cff", "key": "file:CITATION.cff", **source}
    record = make_record({"yields.csv": b"a,b\n1,2\n"}, folder=tmp_path, source=source)

    page = client.get(f"/records/{record.id}", headers={"host": "localhost"})

    assert ("Where this description comes from" in page.content.decode()) is told
