"""Filling the register from elsewhere: `tonle import` of a protocol's answer and of a table."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import pytest

from tests.constants import NOW
from tonle.catalogue.importing import import_paths
from tonle.catalogue.models import Record
from tonle.catalogue.selectors import document_of
from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.factories import CURATOR
from tonle.funding.crosswalks import common_grants
from tonle.funding.crosswalks.tests.documents import CALL, NODE
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import NotPermitted

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("home"),
    pytest.mark.one_database,
]

TABLE = """title,funder,who_may_apply,amounts,currency,deadline,closes_at,zone,countries
Call for wells,A fund,Universities,300-1000,USD,31 May 2027,2027-05-31 17:00,Asia/Bangkok,KH;LA
Call for trees,A fund,,,,,,,
"""


def take(path: Path, actor: Actor = SYSTEM) -> list[tuple[str, str]]:
    items = list(import_paths([path], actor=actor, clock=lambda: NOW))
    return [(item.format, item.outcome) for item in items]


def test_an_answer_of_another_register_comes_in_and_changes_when_it_changes(
    tmp_path: Path,
) -> None:
    file = tmp_path / "answer.json"
    made = deepcopy(common_grants.opportunity(CALL, NOW, node=NODE))
    file.write_text(json.dumps({"items": [made]}), encoding="utf-8")

    assert take(file) == [("common-grants-json", "added")]
    assert take(file) == [("common-grants-json", "unchanged")]
    made["customFields"]["titles"]["value"]["en"] = "Another name"
    file.write_text(json.dumps({"items": [made]}), encoding="utf-8")
    assert take(file) == [("common-grants-json", "updated")]

    (record,) = Record.objects.filter(kind="funding_opportunity")
    document = document_of(record)
    assert document["titles"]["en"] == "Another name"
    assert document["profile"] == CALL["profile"]


def test_a_table_of_calls_comes_in_without_a_mapping(tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(TABLE, encoding="utf-8")

    assert take(file) == [("calls-csv", "added"), ("calls-csv", "added")]
    assert take(file) == [("calls-csv", "unchanged"), ("calls-csv", "unchanged")]

    wells = next(
        document
        for record in Record.objects.filter(kind="funding_opportunity")
        if (document := document_of(record))["titles"] == {"und": "Call for wells"}
    )
    assert wells["profile"]["closes_at"] == "2027-05-31T10:00:00Z"
    assert wells["profile"]["amounts"] == [
        {"currency": "USD", "min_minor": 30000, "max_minor": 100000}
    ]
    assert wells["profile"]["eligibility"][0]["values"] == ["KHM", "LAO"]


def test_who_may_not_publish_imports_nothing(tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(TABLE, encoding="utf-8")

    assert take(file, CURATOR)
    with pytest.raises(NotPermitted):
        take(file, Actor("nobody"))
