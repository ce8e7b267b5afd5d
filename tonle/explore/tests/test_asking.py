"""A table is asked through its page and over REST, and the answer is taken away and cited."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.constants import NOW
from tonle.catalogue.models import Record
from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.conftest import no_gates_from_above as no_gates_from_above
from tonle.catalogue.tests.factories import make_record
from tonle.infra import jobs

pytestmark = [
    pytest.mark.django_db(databases=["default", "cache"]),
    pytest.mark.usefixtures("home"),
    pytest.mark.one_database,
]

ROWS = (
    "province,district,rice_t,note\n"
    "Takeo,Bati,10.5,\n"
    "Takeo,Samraong,9,=HYPERLINK(1)\n"
    'Kandal,Ta Khmau,,"a, b"\n'
)


@pytest.fixture
def record(tmp_path: Path) -> Record:
    made = make_record({"yields.csv": ROWS.encode()}, folder=tmp_path)
    jobs.run_all_due(NOW)
    return made


def test_rows_are_filtered_grouped_taken_away_and_cited(record: Record, client: Client) -> None:
    page = f"/records/{record.id}/ask/yields.csv"
    grouped = client.get(f"{page}?by=province&what=mean&of=rice_t&order=mean+rice_t&down=1")
    taken = client.get(f"{page}?column=note&test=has_value&format=csv")
    rest = client.get(
        f"/api/v1/explore/{record.id}/rows?file=yields.csv&column=rice_t&test=more&value=9.5"
    ).json()
    cited = client.get(f"/records/{record.id}/v1/ask/yields.csv?sha256={'0' * 64}")

    text = grouped.content.decode()
    assert "mean of rice_t" in text
    assert "9.75" in text
    assert f"/records/{record.id}/v1/ask/yields.csv?by=province&amp;what=mean" in text
    assert list(csv.reader(io.StringIO(taken.content.decode("utf-8-sig")))) == [
        ["province", "district", "rice_t", "note"],
        ["Takeo", "Samraong", "9", "'=HYPERLINK(1)"],
        ["Kandal", "Ta Khmau", "", "a, b"],
    ]
    assert rest["rows"] == [["Takeo", "Bati", "10.5", ""]]
    assert (rest["total"], rest["query"]) == (1, "column=rice_t&test=more&value=9.5")
    assert cited.status_code == 409


def test_what_cannot_be_asked_is_said_beside_the_form(record: Record, client: Client) -> None:
    page = f"/records/{record.id}/ask/yields.csv"
    for question, sentence in (
        ("column=nowhere&test=is&value=1", "The table has no column called nowhere."),
        ("column=rice_t&test=more&value=much", "The column holds numbers, and much is none."),
        ("what=sum&of=note", "note is not a column of numbers"),
        ("what=explode&of=note", "explode is not known here"),
    ):
        answer = client.get(f"{page}?{question}")

        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert "<form" in answer.content.decode()


def test_sql_is_answered_taken_away_and_cited_where_the_steward_turns_it_on(
    record: Record, client: Client, settings: Any
) -> None:
    page = f"/records/{record.id}/ask/yields.csv"
    asked = {"sql": "select province, sum(rice_t) t from data group by 1 -- all\n"}
    assert "<textarea" not in client.get(page).content.decode()
    assert client.get(page, asked).status_code == 422

    settings.TONLE_SQL = True
    text = client.get(page, asked).content.decode()
    rest = client.get(f"/api/v1/explore/{record.id}/rows", {"file": "yields.csv", **asked}).json()
    taken = client.get(page, {**asked, "format": "csv"})
    cited = {**asked, "sha256": rest["sha256"], "answer": rest["answer_sha256"]}
    refused = client.get(page, {"sql": "select * from read_csv('/etc/passwd')"})

    assert "<textarea" in text
    assert "GROUP BY 1" in text
    assert f"/records/{record.id}/v1/ask/yields.csv?sql=SELECT" in text
    assert f"&amp;sha256={rest['sha256']}&amp;answer={rest['answer_sha256']}" in text
    assert rest["rows"] == [["Kandal", ""], ["Takeo", "19.5"]]
    assert hashlib.sha256(taken.content).hexdigest() == rest["answer_sha256"]
    assert client.get(page, cited).status_code == 200
    assert client.get(page, {**cited, "answer": "0" * 64}).status_code == 409
    assert refused.status_code == 422
    assert "read_csv cannot be used here." in refused.content.decode()
