"""The confined child, as it runs on a node: one file of each heavy library, and a lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from tonle.explore import tasks
from tonle.explore.rules.tests import hostile
from tonle.infra import confined
from tonle.infra.confined import Bounds


def looked(folder: Path, name: str, data: bytes) -> dict[str, object]:
    path = folder / "file"
    path.write_bytes(data)
    preview, _ = tasks.look(path, name)
    return preview


def test_a_sheet_that_claims_seventeen_billion_cells_ends_the_child_alone(tmp_path: Path) -> None:
    near = '<row r="1"><c r="A1"><v>1</v></c></row>'
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    lie = hostile.sheet(f"<sheetData>{near}{far}</sheetData>")

    assert looked(tmp_path, "a.xlsx", lie)["notes"] in (["crashed"], ["took_memory"], ["broken"])


def test_libraries_work_where_they_are_confined(tmp_path: Path) -> None:
    import duckdb

    table = tmp_path / "rows.parquet"
    duckdb.execute(f"COPY (SELECT 1 AS a, 'ក' AS b) TO '{table}'")
    for name, data, part in (
        ("a.parquet", table.read_bytes(), "tables"),
        ("a.pdf", hostile.paper("0 0 200 100"), "picture"),
        ("a.zip", hostile.points(), "places"),
    ):
        found = looked(tmp_path, name, data)

        assert found.get(part), (name, found)


BOMBS = (
    "with recursive t(n) as (select 1 union all select n + 1 from t) select max(n) from t",
    "with recursive t(n) as (select 'x' union all select n || n from t) select max(n) from t",
    "select count(*) from range(1000000000000)",
    "select sum(a.n * b.n) from range(10000000) a(n), range(10000000) b(n)",
    "select * from range(100000000000) a(n) order by n desc",
    "select list(n) from range(10000000000) t(n)",
    "select string_agg(n::varchar, ',') from generate_series(1, 10000000000) t(n)",
    "select lpad('x', 2000000000, 'y')",
    "select length(rpad('x', 2000000000, 'y') || rpad('x', 2000000000, 'y'))",
    "select count(*) from data a, data b, data c, data d, data e, data f, data g, data h, data i,"
    " data j, data k, data l, data m, data n, data o, data p, data q, data r, data s, data t,"
    " data u, data v, data w, data x, data y, data z, range(1000000) aa, range(1000000) bb",
    "select count(*) from range(100000000) t(n)"
    " where regexp_matches(lpad('a', 20000 + (n % 100)::integer, 'a'), '(a|b){1000}$')",
    "select count(distinct n) from range(100000000000) t(n)",
    "select " + "abs(" * 390 + "1" + ")" * 390,
    "select " + "not " * 480 + "true",
    "select format('{:2000000000}', 1)",
    "select printf('%2000000000d', 1)",
    "select list_transform(range(100000000), x -> list_sum(range(x))) from range(1000)",
    "select max(levenshtein(lpad('a', 200000, 'ab'), lpad('b', 200000, 'ba'))) from range(10000)",
    "select sum(n) over (order by n rows between unbounded preceding and unbounded following)"
    " from range(1000000000) t(n)",
    "select factorial(33) * factorial(33) * factorial(33)",
)


def asked_in_sql(path: Path, text: str, cpu_seconds: int) -> str:
    request = {
        "do": "ask", "sql": text, "sheets": [""], "columns": [["a"]], "types": [["whole"]],
        "how": {"written": {"encoding": "utf-8", "delimiter": ",", "head": True, "skip": 0,
                            "quoted": True}},
        "form": "rows", "offset": 0, "limit": 50,
    }  # fmt: skip
    bounds = Bounds(1536 << 20, 120, cpu_seconds, 1 << 20, 512 << 20)
    try:
        told, _ = confined.ask("tonle.explore.child", request, path, bounds)
    except confined.Ended as end:
        return end.why
    return str(told.get("refused", "answered"))


def rows(folder: Path) -> Path:
    path = folder / "rows.csv"
    path.write_text("a\n1\n2\n", encoding="utf-8")
    return path


def test_sql_that_takes_all_memory_ends_its_own_process(tmp_path: Path) -> None:
    assert asked_in_sql(rows(tmp_path), "select sum(a) from data", 10) == "answered"
    assert asked_in_sql(rows(tmp_path), BOMBS[5], 10) in {"took_memory", "memory", "time"}


@pytest.mark.deep
@pytest.mark.parametrize("text", BOMBS, ids=range(len(BOMBS)))
def test_sql_that_never_ends_is_ended(tmp_path: Path, text: str) -> None:
    assert asked_in_sql(rows(tmp_path), text, 2) in {
        "time", "memory", "took_memory", "crashed", "sql_wrong", "sql_part",
    }  # fmt: skip
