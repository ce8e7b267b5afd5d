"""The confined child, as it runs on a node: one file of each heavy library, and a lie."""

from __future__ import annotations

from pathlib import Path

from tonle.explore import tasks
from tonle.explore.rules.tests import hostile


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
