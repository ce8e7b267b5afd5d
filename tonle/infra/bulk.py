"""Writing many rows at once, where Django's own way costs more than the database's work."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, models


def update_each(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Write the fields of each row, found by its primary key, in the current transaction.

    What `bulk_update` does, without its CASE for every row and field: building that tree
    took two fifths of an import. Here one statement is prepared and run row by row.
    """
    if not rows:
        return
    meta, quote = type(rows[0])._meta, connection.ops.quote_name
    named = {column.name: column for column in meta.concrete_fields}
    columns = [named[name] for name in fields]
    assigned = ", ".join(f"{quote(str(column.column))} = %s" for column in columns)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quote(str(meta.db_table))} SET {assigned}"  # noqa: S608 # Names of ours, quoted.
            f" WHERE {quote(str(meta.pk.column))} = %s",
            [
                [
                    column.get_db_prep_save(getattr(row, column.attname), connection)
                    for column in [*columns, meta.pk]
                ]
                for row in rows
            ],
        )
