"""Writing many rows at once, where Django's own way costs more than the database's work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from django.db import connection, models


def insert_each(rows: Iterable[models.Model]) -> None:
    """Insert rows of one model in the current transaction.

    What `bulk_create` does, at a third of its cost: one statement, prepared and run row by
    row. Keys that the database hands out are not read back; who needs them reserves them
    first. Rows of one call either all have a key or none.
    """
    rows = list(rows)
    if not rows:
        return
    meta = rows[0]._meta
    columns = [c for c in meta.concrete_fields if rows[0].pk or c is not meta.auto_field]
    _run(_insertion(meta, columns), columns, _values(columns, rows))


def insert_rows(
    model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert rows that are nothing but values, in the current transaction.

    names: the columns as the model's attributes are called, such as `record_id`; each row has
    a value for each of them. All others must do without one: no default of Django's is filled
    in. Where thousands are written that nobody looks at again, to build a model for each costs
    as much as writing it.
    """
    if not rows:
        return
    meta = model._meta
    named = {column.attname: column for column in meta.concrete_fields}
    columns = [named[name] for name in names]
    _run(_insertion(meta, columns), columns, rows)


def _insertion(meta: Any, columns: Sequence[models.Field[Any, Any]]) -> str:
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(column.column)) for column in columns)
    places = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {quote(str(meta.db_table))} ({names}) VALUES ({places})"  # noqa: S608 # Names of ours, quoted.


def reserve_keys(model: type[models.Model], count: int) -> list[int]:
    """Keys for so many new rows, which nobody else will be given.

    Needs a transaction that writes: on SQLite it is what keeps others from the same keys.
    """
    meta = model._meta
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [meta.db_table])
            found = cursor.fetchone()
            first = (found[0] if found else 0) + 1
            return list(range(first, first + count))
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [meta.db_table, meta.pk.column, count],
        )
        return [key for (key,) in cursor.fetchall()]


def update_each(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Write the fields of each row, found by its primary key, in the current transaction.

    What `bulk_update` does, without its CASE for every row and field: building that tree
    took two fifths of an import.
    """
    if not rows:
        return
    meta, quote = rows[0]._meta, connection.ops.quote_name
    named = {column.name: column for column in meta.concrete_fields}
    columns = [named[name] for name in fields]
    assigned = ", ".join(f"{quote(str(column.column))} = %s" for column in columns)
    table, key = quote(str(meta.db_table)), quote(str(meta.pk.column))
    statement = f"UPDATE {table} SET {assigned} WHERE {key} = %s"  # noqa: S608 # As above.
    _run(statement, [*columns, meta.pk], _values([*columns, meta.pk], rows))


def _values(
    columns: Sequence[models.Field[Any, Any]], rows: Sequence[models.Model]
) -> Iterable[Sequence[Any]]:
    take = attrgetter(*(column.attname for column in columns))
    # Of one name alone, `attrgetter` gives the value and no tuple.
    return map(take, rows) if len(columns) > 1 else ((take(row),) for row in rows)


def _run(
    statement: str, columns: Sequence[models.Field[Any, Any]], rows: Iterable[Sequence[Any]]
) -> None:
    """Run a statement once for each row of values for these columns."""
    # Most columns hold what the database takes as it is; asking Django for each value of each
    # row took a fifth of a harvest.
    prepared = [
        (place, column.get_db_prep_save)
        for place, column in enumerate(columns)
        if not _is_plain(column)
    ]
    made = []
    for row in rows:
        values = list(row)
        for place, prepare in prepared:
            values[place] = prepare(values[place], connection)
        made.append(values)
    with connection.cursor() as cursor:
        cursor.executemany(statement, made)


_PLAIN = (models.CharField, models.TextField, models.IntegerField, models.BooleanField)


def _is_plain(column: models.Field[object, object]) -> bool:
    """Whether values of the column are stored as Python has them: texts and whole numbers."""
    if isinstance(column, models.ForeignKey):
        column = column.target_field
    return isinstance(column, _PLAIN)
