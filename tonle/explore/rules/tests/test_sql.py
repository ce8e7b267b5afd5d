"""Free SQL: what may be asked is answered the same way each time, and nothing else is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tonle.explore.rules import sql
from tonle.explore.rules.answering import answered
from tonle.explore.rules.answering_sql import answered_in_sql, shut
from tonle.explore.rules.question import Question

ROWS = "village,households,rice_t,Day\nPrek,12,3.5,2021-05-01\nBati,7,,2021-05-02\nខ្មែរ,3,1,x\n"
COLUMNS = ["village", "households", "rice_t", "Day"]
TYPES = ["text", "whole", "number", "day"]
HOW = {
    "written": {"encoding": "utf-8", "delimiter": ",", "head": True, "skip": 0, "quoted": True},
    "columns": COLUMNS,
    "types": TYPES,
}


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sql") / "rows.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def parser() -> Any:
    return duckdb.connect(":memory:")


def ask(path: Path, text: str, form: str = "rows") -> tuple[dict[str, Any], bytes]:
    request = {
        "sql": text, "how": HOW, "sheets": [""], "columns": [COLUMNS], "types": [TYPES],
        "form": form, "offset": 0, "limit": 50,
    }  # fmt: skip
    return answered_in_sql(path, request)


def test_a_question_is_answered_with_types_in_one_order_and_a_digest(table: Path) -> None:
    told, _ = ask(table, "select village, rice_t * 1000 kg, day from data where households > 2 --")
    again, body = ask(table, told["text"], "csv")
    ordered, _ = ask(table, "FROM data SELECT village ORDER BY households DESC")
    typed, parquet = ask(table, "select sum(households) s, max(day) d from data", "parquet")

    assert told["titles"] == ["village", "kg", "Day"]
    assert told["rows"] == [
        ["Bati", "", "2021-05-02"], ["Prek", "3500", "2021-05-01"], ["ខ្មែរ", "1000", ""],
    ]  # fmt: skip
    assert told["numbers"] == [False, True, False]
    assert (again["text"], again["sha256"]) == (told["text"], told["sha256"])
    assert body.decode("utf-8-sig").splitlines()[2] == "Prek,3500,2021-05-01"
    assert [row[0] for row in ordered["rows"]] == ["Prek", "Bati", "ខ្មែរ"]
    assert typed["total"] == 1
    assert parquet.startswith(b"PAR1")


# What a table is asked every day must stay possible.
@pytest.mark.parametrize(
    "text",
    [
        "select count(*) from data",
        "from data",
        "select village from data where village like 'P%' or village in ('Bati') limit 2",
        "with a as (select avg(rice_t) m from data) select village, rice_t - m from data, a",
        "select village, row_number() over (order by households) from data",
        "select case when rice_t is null then 0 else 1 end k, count(*) from data group by 1",
        "select date_trunc('month', \"Day\"), sum(households) from data group by all order by all",
        "select * exclude (village) from data union all select 1, 2.5, date '2020-01-01'",
        "with recursive t(n) as (select 1 union all select n + 1 from t where n < 5) from t",
        "select a.village from data a join data b using (village) where exists (select 1)",
        "select regexp_replace(village, '[aeiou]', '', 'g'), round(rice_t, 1) from data",
        "select median(households), quantile_cont(households, 0.9), mode(village) from data",
        "select list(village order by village), string_agg(village, '; ') from data",
        "select try_cast('x' as integer), cast(households as varchar), -households // 2 from data",
        "select unnest(range(3)) n",
    ],
)
def test_everyday_questions_are_answered_and_their_canonical_text_asks_the_same(
    table: Path, text: str
) -> None:
    told, _ = ask(table, text)
    again, _ = ask(table, told.get("text", ""))

    assert "refused" not in told, told
    assert (again["text"], again["rows"]) == (told["text"], told["rows"])


PARSED = {
    # More or other than one SELECT.
    "": "sql_one",
    "-- nothing": "sql_one",
    "select 1; select 2": "sql_one",
    "select 1; drop table data": "sql_one",
    "drop table data": "sql_one",
    "insert into data values (1)": "sql_one",
    "update data set village = ''": "sql_one",
    "create table x as select 1": "sql_one",
    "copy data to '/tmp/x.csv'": "sql_one",
    "copy (select 1) to '/proc/self/fd/3'": "sql_one",
    "attach '/tmp/x.db' as x": "sql_one",
    "install httpfs": "sql_one",
    "load httpfs": "sql_one",
    "pragma database_list": "sql_one",
    "set memory_limit = '100GB'": "sql_one",
    "reset memory_limit": "sql_one",
    "set variable a = 1": "sql_one",
    "call pragma_version()": "sql_one",
    "explain analyze select 1": "sql_one",
    "export database '/tmp/x'": "sql_one",
    "import database '/tmp/x'": "sql_one",
    "checkpoint": "sql_one",
    "vacuum": "sql_one",
    "begin": "sql_one",
    "prepare x as select 1": "sql_one",
    "create macro f(a) as a": "sql_one",
    "create secret s (type s3)": "sql_one",
    "pivot data on village using count(*)": "sql_one",
    # One SELECT that is none: this one writes.
    "with x as (insert into data values (1) returning *) select * from x": "sql_part",
    "with x as (delete from data returning *) select * from x": "sql_part",
    # Files, the network, settings, the machine.
    "select * from read_csv('/etc/passwd')": "sql_part",
    "select * from read_text('/etc/passwd')": "sql_part",
    "select * from read_blob('/proc/self/environ')": "sql_part",
    "select * from read_parquet('http://127.0.0.1/x')": "sql_part",
    "select * from parquet_metadata('x')": "sql_part",
    "select * from sniff_csv('/etc/passwd')": "sql_part",
    "select * from read_duckdb('/tmp/x')": "sql_part",
    "select * from glob('/*')": "sql_part",
    "select * from '/etc/passwd'": "sql_table",
    "select * from 'rows.csv'": "sql_table",
    'select * from "http://127.0.0.1/x.parquet"': "sql_table",
    "select getenv('HOME')": "sql_part",
    "select current_setting('temp_directory')": "sql_part",
    "select * from duckdb_settings()": "sql_part",
    "select * from duckdb_secrets()": "sql_part",
    "select * from duckdb_memory()": "sql_part",
    "select * from pragma_version()": "sql_part",
    "select version()": "sql_part",
    "select * from duckdb_tables": "sql_table",
    "select * from information_schema.tables": "sql_table",
    "select * from pg_catalog.pg_settings": "sql_table",
    "select * from sqlite_master": "sql_table",
    "show tables": "sql_part",
    "describe data": "sql_part",
    "summarize data": "sql_part",
    "select * from system.information_schema.tables": "sql_table",
    # A name that is borrowed in one place, and meant in another.
    "with duckdb_tables as (select 1) select * from duckdb_tables": "sql_table",
    "select * from (with \"/etc/passwd\" as (select 1) select 1), '/etc/passwd'": "sql_table",
    # The insides of the database, where numbers become places in memory.
    "select * from pandas_scan(12345678)": "sql_part",
    "select * from arrow_scan(1, 2, 3)": "sql_part",
    "select * from python_map_function(1)": "sql_part",
    "select * from query('select 1')": "sql_part",
    "select * from query_table('data')": "sql_part",
    "select * from json_execute_serialized_sql('{}')": "sql_part",
    "select * from seq_scan('data')": "sql_part",
    "select * from test_all_types()": "sql_part",
    "select cast(1 as pointer)": "sql_part",
    "select cast('{}' as json)": "sql_part",
    "select main.abs(1)": "sql_part",
    "select write_log('x')": "sql_part",
    "select sleep_ms(100000)": "sql_part",
    "select nextval('x')": "sql_part",
    # What is not the same tomorrow.
    "select random()": "sql_part",
    "select now()": "sql_part",
    "select uuid()": "sql_part",
    "select current_user": "sql_part",
    "select current_date": "sql_part",
    "select * from data tablesample 10%": "sql_part",
    "select * from data at (version => 1)": "sql_part",
    "select ?": "sql_part",
    # Long texts of nothing.
    "select repeat('x', 1000000000)": "sql_part",
    # No SQL.
    "selec village from data": "sql_wrong",
    "select (((": "sql_wrong",
    "select nowhere from data": "sql_wrong",
    "select sum(village) from data": "sql_wrong",
    "select 'a'::integer": "sql_wrong",
    "select * from nowhere": "sql_table",
    "select a\0b": "sql_wrong",
}


@pytest.mark.parametrize("text", PARSED, ids=lambda text: text[:40] or "nothing")
def test_what_is_no_question_to_the_table_is_refused_by_name(
    table: Path, parser: Any, text: str
) -> None:
    found = ""
    try:
        sql.read(parser, text, {"data": COLUMNS})
    except sql.BadSql as bad:
        found = bad.code
    if not found:
        # Only the table itself can tell that it lacks a column.
        told, body = ask(table, text)
        assert (told.get("refused"), body) == ("sql_wrong", b"")
        found = str(told["refused"])
    assert found == PARSED[text]


@pytest.fixture(scope="module")
def locked() -> Any:
    database = duckdb.connect(":memory:")
    shut(database, [])
    return database


# The second wall: what should pass the first by a mistake of ours meets a shut database.
@pytest.mark.parametrize(
    "text",
    [
        "select * from read_csv('{file}')",
        "select * from read_text('{file}')",
        "select * from read_blob('{file}')",
        "select * from '{file}'",
        "select * from glob('{folder}/*')",
        "copy (select 1) to '{folder}/out.csv'",
        "attach '{folder}/x.db'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "reset memory_limit",
        "set allowed_paths = ['/']",
        "set temp_directory = '{folder}'",
        "export database '{folder}'",
        "select * from read_duckdb('{folder}/x')",
        "pragma enable_profiling",
        "select * from sniff_csv('{file}')",
        "select * from parquet_metadata('{file}')",
        "select getenv('HOME')",
        "create secret (type s3)",
    ],
)
def test_the_database_itself_is_shut(locked: Any, table: Path, text: str) -> None:
    with pytest.raises(duckdb.Error):
        locked.execute(text.format(file=table, folder=table.parent)).fetchall()
    assert sorted(one.name for one in table.parent.iterdir()) == ["rows.csv"]


def test_names_that_sql_takes_for_one_are_told_apart() -> None:
    assert sql.column_names(["A", "a", "b", "A_2"]) == ["A", "a_2", "b", "A_2_2"]
    assert sql.table_names([""]) == {"data": 0}
    assert sql.table_names(["2020", "2021"]) == {"data": 0, "2020": 0, "2021": 1}
    assert sql.table_names(["Other", "Data"]) == {"Other": 0, "Data": 1}


def test_only_what_is_named_is_loaded(parser: Any) -> None:
    def needed(text: str) -> frozenset[str] | None:
        return sql.read(parser, text, {"data": COLUMNS}).names

    assert needed("select * from data") is None
    some = needed("select village from data where day > date '2020-01-01'")
    assert some is not None
    assert some >= {"village", "day"}
    assert "households" not in some


def test_a_table_that_stands_for_its_rows_has_all_of_their_columns(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("village,households,rice_t,Day\nPrek,1,,\nPrek,2,,\nBati,2,,\n")
    for text in ("select count(distinct data) n from data", "select count(distinct d) from data d"):
        assert ask(path, text)[0]["rows"] == [["3"]]


def test_a_formula_is_none_in_what_leaves(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(ROWS, encoding="utf-8")

    _, body = ask(path, "select '=1+1' || village as \"=x\", -households as n from data", "csv")
    _, told = ask(path, "select '=1' as a, 1 as b, 2.5 as c, null as d", "json")

    assert body.decode("utf-8-sig").splitlines()[:2] == ["'=x,n", "'=1+1Bati,-7"]
    assert json.loads(told) == [{"a": "=1", "b": 1, "c": 2.5, "d": None}]


def test_rows_with_other_values_than_their_column_are_kept_by_forms_as_well(table: Path) -> None:
    """DuckDB makes a cast of a column the type that it reads, and drops rows that have another."""
    question = Question(by=(), sums=(("count", ""), ("sum", "households")))
    request = {
        "question": question.to_json(), "how": HOW, "columns": COLUMNS,
        "types": ["text", "whole", "number", "whole"], "form": "rows", "offset": 0, "limit": 5,
    }  # fmt: skip
    told, _ = answered(table, request)
    by_day, _ = answered(
        table, {**request, "question": Question(sums=(("count", ""), ("most", "Day"))).to_json()}
    )

    assert told["rows"] == [["3", "22"]]
    assert by_day["rows"] == [["3", ""]]
