"""One consistent copy of the node's rows, and loading it again.

SQLite: the online backup of the library, a single read transaction, while others
write. PostgreSQL: every table by COPY inside one REPEATABLE READ transaction, in a
text form that any later version reads. It needs no client programs, which may be
absent or older than the server; `pg_dump` remains the steward's second way.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from tonle.infra.backup.errors import NodeNotEmpty, OtherDatabase
from tonle.infra.ocfl.durable import sync_directory

SQLITE_FILE = "node.sqlite3"
SEQUENCES = "sequences.json"


def dump(folder: Path) -> dict[str, Any]:
    """Write the copy into an empty directory; returns what `load` must know about it."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "sqlite":
        _dump_sqlite(Path(str(connection.settings_dict["NAME"])), folder / SQLITE_FILE)
        shape: dict[str, Any] = {}
    else:
        shape = _dump_postgresql(folder)
    sync_directory(folder)
    return {"vendor": connection.vendor, **shape}


def check(info: dict[str, Any], *, begun: bool) -> None:
    """Raise unless the copy can be loaded into the database that is configured now.

    begun: whether an earlier restore stopped half-way, and may have left tables.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if info.get("vendor") != connection.vendor:
        raise OtherDatabase(
            problem=f"it came from {info.get('vendor')}, and this node uses {connection.vendor}."
        )
    if connection.vendor != "sqlite" and not begun and connection.introspection.table_names():
        raise NodeNotEmpty(place=f"The database {connection.settings_dict['NAME']}")


def load(folder: Path, info: dict[str, Any], now_in: Path) -> None:
    """Load the copy; `check` was called before. now_in: the node's new directory."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "sqlite":
        connection.close()
        _copy_sqlite(folder / SQLITE_FILE, now_in / SQLITE_FILE)
    else:
        _load_postgresql(connection, folder, info)


def _dump_sqlite(source: Path, target: Path) -> None:
    # A connection of its own: Django's may be inside a transaction.
    with closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as reading:
        with closing(sqlite3.connect(target)) as writing:
            reading.backup(writing)
            # One file without a write-ahead log, so that it can be copied as it is.
            writing.execute("PRAGMA journal_mode=DELETE")
            [(verdict,)] = writing.execute("PRAGMA quick_check(1)").fetchall()
    if verdict != "ok":
        raise OtherDatabase(problem=f"its copy is damaged ({verdict}). Run: tonle check")
    _sync(target)


def _copy_sqlite(source: Path, target: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{target}{suffix}").unlink(missing_ok=True)
    with closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as reading:
        with closing(sqlite3.connect(target)) as writing:
            reading.backup(writing)
    _sync(target)
    sync_directory(target.parent)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


@contextmanager
def _own_connection() -> Iterator[BaseDatabaseWrapper]:
    """A connection beside Django's, so that its transaction is ours alone."""
    connection = connections[DEFAULT_DB_ALIAS].copy()
    try:
        yield connection
    finally:
        connection.close()


def _dump_postgresql(folder: Path) -> dict[str, Any]:
    with _own_connection() as connection, connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        migrations = _migrations(connection)
        tables = {table: _columns(cursor, table) for table in _tables(cursor)}
        for number, (table, columns) in enumerate(sorted(tables.items())):
            with (folder / f"{number:04d}.copy").open("xb") as file:
                with cursor.cursor.copy(f"COPY {_table(table, columns)} TO STDOUT") as copy:
                    for block in copy:
                        file.write(block)
                file.flush()
                os.fsync(file.fileno())
        cursor.execute(
            "SELECT sequencename, last_value FROM pg_sequences"
            " WHERE schemaname = current_schema() AND last_value IS NOT NULL"
        )
        sequences = dict(cursor.fetchall())
        cursor.execute("COMMIT")
    with (folder / SEQUENCES).open("x", encoding="utf-8") as text:
        json.dump(sequences, text)
        text.flush()
        os.fsync(text.fileno())
    return {"tables": tables, "migrations": migrations}


def _load_postgresql(connection: BaseDatabaseWrapper, folder: Path, info: dict[str, Any]) -> None:
    # With the tables of apps that have no migrations, should a node have such an app.
    call_command(
        "migrate", database=DEFAULT_DB_ALIAS, verbosity=0, interactive=False, run_syncdb=True
    )
    if _migrations(connection) != info["migrations"]:
        raise OtherDatabase(
            problem="its tables are of another version of the program. Restore with that version, "
            "then upgrade."
        )
    quote = connection.ops.quote_name
    with _own_connection() as own, own.cursor() as cursor:
        # One transaction: all rows or none. Foreign keys are checked when it commits.
        cursor.execute("BEGIN")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        present = _tables(cursor)
        for table in present:
            # Rows come in as they were; the triggers judged them when they were made.
            cursor.execute(f"ALTER TABLE {quote(table)} DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {', '.join(map(quote, present))} RESTART IDENTITY CASCADE")
        for number, (table, columns) in enumerate(sorted(info["tables"].items())):
            with (folder / f"{number:04d}.copy").open("rb") as file:
                with cursor.cursor.copy(f"COPY {_table(table, columns)} FROM STDIN") as copy:
                    while block := file.read(1024 * 1024):
                        copy.write(block)
        sequences = json.loads((folder / SEQUENCES).read_text(encoding="utf-8"))
        for sequence, value in sequences.items():
            cursor.execute("SELECT setval(%s::regclass, %s)", [quote(sequence), value])
        # What waits for the end of the transaction would forbid the next change of a table.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in present:
            cursor.execute(f"ALTER TABLE {quote(table)} ENABLE TRIGGER USER")
        cursor.execute("COMMIT")


def _migrations(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of all migrations that made the tables what they are."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def _tables(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
    )
    return [name for (name,) in cursor.fetchall()]


def _columns(cursor: Any, table: str) -> list[str]:
    """Columns that hold something of their own: a generated one is computed again."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema()"
        " AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    )
    return [name for (name,) in cursor.fetchall()]


def _table(table: str, columns: list[str]) -> str:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    return f"{quote(table)} ({', '.join(map(quote, columns))})"
