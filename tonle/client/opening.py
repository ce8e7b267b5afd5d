"""A record's tables in pandas and DuckDB. Both are the reader's own: a node needs neither here."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import category

from tonle.client.asking import CannotGet

if TYPE_CHECKING:
    import duckdb
    import pandas

# Ending to the reader of pandas, and to that of DuckDB.
_FRAMES: dict[str, tuple[str, dict[str, Any]]] = {
    ".csv": ("read_csv", {}),
    ".tsv": ("read_csv", {"sep": "\t"}),
    ".tab": ("read_csv", {"sep": "\t"}),
    ".xlsx": ("read_excel", {}),
    ".xls": ("read_excel", {}),
    ".ods": ("read_excel", {}),
    ".parquet": ("read_parquet", {}),
    ".json": ("read_json", {}),
    ".jsonl": ("read_json", {"lines": True}),
    ".ndjson": ("read_json", {"lines": True}),
}
_TABLES = {
    ".csv": "read_csv",
    ".tsv": "read_csv",
    ".tab": "read_csv",
    ".parquet": "read_parquet",
    ".json": "read_json",
    ".jsonl": "read_json",
    ".ndjson": "read_json",
}
# One more ending says how it is packed; both libraries unpack it themselves.
_PACKED = {".gz", ".zst"}


def _ending(name: str) -> str:
    parts = [part.lower() for part in Path(name).suffixes]
    if parts and parts[-1] in _PACKED:
        parts.pop()
    return parts[-1] if parts else ""


def is_table(name: str) -> bool:
    """Whether `database` can show a file of this name."""
    return _ending(name) in _TABLES


def frame(path: Path, **options: Any) -> pandas.DataFrame:
    """A file as a table of pandas, read by its ending. Raises CannotGet."""
    if _ending(path.name) not in _FRAMES:
        raise CannotGet(f"{path.name} is no table that pandas reads. It is here: {path}")
    reader, given = _FRAMES[_ending(path.name)]
    table: pandas.DataFrame = getattr(_library("pandas"), reader)(path, **{**given, **options})
    return table


def database(paths: Mapping[str, Path]) -> duckdb.DuckDBPyConnection:
    """Views on files, by their names in the record, in a database in memory. Raises CannotGet."""
    connection: duckdb.DuckDBPyConnection = _library("duckdb").connect()
    for view, name in views(list(paths)).items():
        getattr(connection, _TABLES[_ending(name)])(str(paths[name])).create_view(view)
    return connection


def views(names: list[str]) -> dict[str, str]:
    """View to file: the file's name without folder and endings, as a word; numbered where two
    would be called alike."""
    found: dict[str, str] = {}
    for name in names:
        stem = name.rsplit("/", 1)[-1].split(".", 1)[0]
        # Marks above and below letters are no letters to Python, and half of a Khmer word.
        word = "".join(c if c.isalnum() or category(c)[0] == "M" else "_" for c in stem)
        word = word.strip("_").lower() or "table"
        view, number = word, 1
        while view in found:
            number += 1
            view = f"{word}_{number}"
        found[view] = name
    return found


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise CannotGet(f"This needs {name}: pip install {name}. The file itself is got.") from None
