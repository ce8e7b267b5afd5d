"""The tables that say what becomes of a record leave no field out, and no format."""

from __future__ import annotations

import re

import pytest

from tonle.catalogue.crosswalks.writers import FORMATS
from tonle.catalogue.crosswalks.writers.mapping import TABLES, Table
from tonle.catalogue.document import schema

# The record's own form, and what a tombstone has; a withdrawn record is written in no format.
NOT_TOLD = {"schema", "tombstone"}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
def test_every_field_of_a_record_is_told(table: Table) -> None:
    told = {word for fields, _, _ in table.rows for word in re.split(r"[^a-z_]+", fields)}
    assert set(schema()["properties"]) - NOT_TOLD <= told


def test_every_format_is_told_once() -> None:
    told = [name for table in TABLES for name in table.formats]
    assert len(told) == len(set(told))
    assert set(told) <= set(FORMATS)
