"""How a record's files are called as tables, and what is no table."""

from __future__ import annotations

from pathlib import Path

import pytest

from tonle.client.asking import CannotGet
from tonle.client.opening import database, frame, is_table, views


def test_views_are_called_as_their_files() -> None:
    names = ["yields.csv", "2024/yields.csv.gz", "ស្រូវ ស.parquet", "-.json"]

    assert list(views(names)) == ["yields", "yields_2", "ស្រូវ_ស", "table"]
    assert all(map(is_table, names))
    assert not is_table("photo.tif")


def test_tables_are_opened_where_their_libraries_are(tmp_path: Path) -> None:
    path = tmp_path / "yields.csv"
    path.write_text("province,tonnes\nTakeo,3\nKampot,4\n", encoding="utf-8")

    total = database({"yields.csv": path}).sql("SELECT sum(tonnes) FROM yields").fetchall()
    assert total == [(7,)]
    with pytest.raises(CannotGet, match="no table"):
        frame(tmp_path / "photo.tif")
