"""What is published on New Year's morning in Phnom Penh is of that day, not of the year before."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tonle.catalogue.models import Record
from tonle.catalogue.tests.factories import make_record
from tonle.kernel.identifiers import TEST_NAAN

EARLY = datetime(2026, 12, 31, 22, 27, tzinfo=UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home"), pytest.mark.one_database]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return make_record({"yields.csv": b"a,b\n1,2\n"}, folder=tmp_path, now=EARLY)


def read(client: Client, path: str) -> Any:
    found = client.get(path)
    assert found.status_code == 200
    return found


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("", ">1 January 2027<"),
        ("?format=ris", "DA  - 2027/01/01"),
        ("?format=bibtex", "2027"),
        ("?format=csl-json", "2027"),
        ("?format=datacite-json", '"publicationYear": 2027'),
        ("?format=schema-org", '"dateModified": "2027-01-01"'),
        ("?format=ro-crate", '"datePublished": "2027-01-01"'),
        ("?format=croissant", '"datePublished": "2027-01-01"'),
        ("?format=json", '"2026-12-31T22:27:00Z"'),
    ],
)
def test_every_form_of_a_record_says_the_day_of_the_node(
    client: Client, record: Record, address: str, says: str
) -> None:
    text = read(client, f"/records/{record.id}{address}").text
    assert says in text
    if address != "?format=json":
        assert "2026-12-31" not in text.replace("2026-12-31T22:27:00", "")


def test_its_names_and_its_parcel_say_it_too(client: Client, record: Record) -> None:
    assert "when: 2027-01-01" in read(client, f"/ark:{TEST_NAAN}/{record.id}?info").text
    parcel = read(client, f"/records/{record.id}/zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(parcel.streaming_content))) as held:
        told = {name.rpartition("/")[2]: held.read(name).decode() for name in held.namelist()}
    assert "Bagging-Date: 2027-01-01" in told["bag-info.txt"]
    assert "2027-01-01" in next(text for name, text in told.items() if name.startswith("README"))
