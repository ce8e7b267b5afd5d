"""Triggers: what the database itself refuses, whoever asks.

- A state that changes without its step: page, API, command line and `dbshell` alike.
- A step, audit entry or seal that is changed or deleted.

They are installed after every migration, and dropped before one: SQLite cannot rebuild
a table that another table's trigger names. `missing()` tells `tonle check` of any that
are gone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig, apps
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

PREFIX = "tonle_guard_"

APPEND_ONLY = (
    "AuditEntry",
    "AuditSeal",
    "AuditSealHead",
    "TransitionRow",
    "Approval",
)
"""Models of `infra` whose rows are never changed and never deleted."""

NEVER_CHANGED = ("SideValue",)
"""Models whose rows may be deleted (that is erasure) but not changed."""


@dataclass(frozen=True)
class Trigger:
    """One trigger: its table, its name and the statements that make it anew."""

    table: str
    name: str
    statements: tuple[str, ...]


@dataclass(frozen=True)
class Guarded:
    """A table whose state a machine rules."""

    machine: str
    initial: str
    model: type[models.Model]
    id_field: str


GUARDED: dict[str, Guarded] = {}
_APPEND_ONLY_MODELS: list[type[models.Model]] = []


def guard(guarded: Guarded) -> None:
    """Have the table's state guarded from the next migration on."""
    GUARDED[guarded.machine] = guarded


def guard_rows(model: type[models.Model]) -> None:
    """Have another context's table take new rows only, from the next migration on."""
    if model not in _APPEND_ONLY_MODELS:
        _APPEND_ONLY_MODELS.append(model)


def install(connection: BaseDatabaseWrapper) -> None:
    """Make every trigger whose tables exist; twice is as once."""
    with connection.cursor() as cursor:
        present = _present(connection, cursor)
        for trigger in _all(connection):
            if trigger.name not in present:
                for statement in trigger.statements:
                    cursor.execute(statement)
        wanted = {trigger.name for trigger in _all(connection)}
        for name, table in present.items():
            if name not in wanted:
                _drop(connection, cursor, name, table)


def drop(connection: BaseDatabaseWrapper) -> None:
    """Remove every trigger of ours."""
    with connection.cursor() as cursor:
        for name, table in _present(connection, cursor).items():
            _drop(connection, cursor, name, table)


@contextmanager
def lifted(alias: str = "default") -> Iterator[None]:
    """Without triggers: for a test that empties tables or breaks a chain on purpose."""
    drop(connections[alias])
    try:
        yield
    finally:
        install(connections[alias])


def missing(alias: str = "default") -> list[str]:
    """Names of triggers that should be there and are not, as table.trigger."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        present = _present(connection, cursor)
    return [f"{t.table}.{t.name}" for t in _all(connection) if t.name not in present]


def before_migrate(*, app_config: AppConfig, using: str, plan: Any = None, **_: Any) -> None:
    """Signal receiver. A run with nothing to do leaves the triggers alone."""
    if plan and _ours(app_config, using):
        drop(connections[using])


def after_migrate(*, app_config: AppConfig, using: str, **_: Any) -> None:
    """Signal receiver; all apps' tables exist by the time the first app is told."""
    if _ours(app_config, using):
        install(connections[using])


def _ours(app_config: AppConfig, using: str) -> bool:
    """Once per run, though Django sends the signal for every app."""
    return app_config.label == "infra" and using == "default"


def _present(connection: BaseDatabaseWrapper, cursor: Any) -> dict[str, str]:
    """Our triggers in the database: name to table."""
    if connection.vendor == "sqlite":
        cursor.execute(
            "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s",
            [PREFIX + "%"],
        )
    else:
        cursor.execute(
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'"
            " AND n.nspname = current_schema() AND t.tgname LIKE %s",
            [PREFIX + "%"],
        )
    return dict(cursor.fetchall())


def _drop(connection: BaseDatabaseWrapper, cursor: Any, name: str, table: str) -> None:
    quote = connection.ops.quote_name
    if connection.vendor == "sqlite":
        cursor.execute(f"DROP TRIGGER {quote(name)}")
    else:
        # The function goes with its trigger: both have one name.
        cursor.execute(f"DROP TRIGGER {quote(name)} ON {quote(table)}")
        cursor.execute(f"DROP FUNCTION {quote(name)}()")


def _all(connection: BaseDatabaseWrapper) -> list[Trigger]:
    """Every trigger that belongs here, for tables that exist."""
    tables = set(connection.introspection.table_names())
    found: list[Trigger] = []
    for guarded in GUARDED.values():
        if guarded.model._meta.db_table in tables and _steps() in tables:
            found += _state_triggers(connection, guarded)
    for name in (*APPEND_ONLY, *NEVER_CHANGED):
        table = apps.get_model("infra", name)._meta.db_table
        if table in tables:
            found += _append_only(connection, table, deletable=name in NEVER_CHANGED)
    for model in _APPEND_ONLY_MODELS:
        if model._meta.db_table in tables:
            found += _append_only(connection, model._meta.db_table, deletable=False)
    return found


def _steps() -> str:
    return apps.get_model("infra", "TransitionRow")._meta.db_table


def _state_triggers(connection: BaseDatabaseWrapper, guarded: Guarded) -> list[Trigger]:
    """A changed state has a step from the old one; a first state is the initial one, or has
    a step that leads to it."""
    meta = guarded.model._meta
    column = connection.ops.quote_name(_column(guarded))
    machine, initial = (_literal(text) for text in (guarded.machine, guarded.initial))
    where = [
        f"s.machine = {machine}",
        f"s.object_id = CAST(NEW.{column} AS TEXT)",
        "s.seq = NEW.state_seq",
        "s.target = NEW.state",
    ]
    step = f"EXISTS (SELECT 1 FROM {_steps()} s WHERE {' AND '.join(where)}"  # noqa: S608 # Own names only.
    changed = (
        "NEW.state IS DISTINCT FROM OLD.state OR NEW.state_seq IS DISTINCT FROM OLD.state_seq"
        f" OR NEW.{column} IS DISTINCT FROM OLD.{column}"
    )
    entered = f"NEW.state <> {initial} OR NEW.state_seq <> 0"
    return [
        _refusing(
            connection, meta.db_table, "update", changed,
            f"NEW.state_seq = OLD.state_seq + 1 AND {step} AND s.source = OLD.state)",
            f"{meta.db_table}: the state changed without its step",
        ),
        _refusing(
            connection, meta.db_table, "insert", entered, step + ")",
            f"{meta.db_table}: a first state without its step",
        ),
    ]  # fmt: skip


def _column(guarded: Guarded) -> str:
    field = guarded.model._meta.get_field(guarded.id_field)
    if not isinstance(field, models.Field):
        raise TypeError(f"{guarded.machine}: {guarded.id_field} is no column")
    return str(field.column)


def _append_only(connection: BaseDatabaseWrapper, table: str, *, deletable: bool) -> list[Trigger]:
    found = [_refusing(connection, table, "update", "", "", f"{table}: rows are never changed")]
    if not deletable:
        said = f"{table}: rows are never deleted"
        found.append(_refusing(connection, table, "delete", "", "", said))
        if connection.vendor == "postgresql":
            found.append(_refusing(connection, table, "truncate", "", "", said))
    return found


def _refusing(
    connection: BaseDatabaseWrapper, table: str, verb: str, when: str, unless: str, said: str
) -> Trigger:
    """A trigger that refuses `verb` when `when` holds, unless `unless` does."""
    if connection.vendor == "sqlite":
        # SQLite 3.40 has no IS DISTINCT FROM; its IS NOT means the same.
        when = when.replace("IS DISTINCT FROM", "IS NOT")
        body = (
            (f"WHEN {when} " if when else "")
            + f"BEGIN SELECT RAISE(ABORT, {_literal(said)})"
            + (f" WHERE NOT ({unless})" if unless else "")
            + "; END"
        )
        name = _name(table, verb, body)
        return Trigger(
            table,
            name,
            (f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} FOR EACH ROW {body}",),
        )
    condition = " AND ".join(
        f"({part})" for part in (when, f"NOT ({unless})" if unless else "") if part
    )
    result = {"delete": "OLD", "truncate": "NULL"}.get(verb, "NEW")
    body = (
        f"BEGIN IF {condition or 'TRUE'} THEN RAISE EXCEPTION USING MESSAGE = {_literal(said)},"
        f" ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {result}; END"
    )
    name = _name(table, verb, body)
    level = "STATEMENT" if verb == "truncate" else "ROW"
    return Trigger(
        table,
        name,
        (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $tonle${body}$tonle$",
            f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} FOR EACH {level}"
            f" EXECUTE FUNCTION {name}()",
        ),
    )


def _name(table: str, verb: str, body: str) -> str:
    """Named by its content, so that a changed rule is seen as a missing trigger.

    At most 63 characters, as PostgreSQL has it.
    """
    return f"{PREFIX}{table[:30]}_{verb}_{hashlib.sha256(body.encode()).hexdigest()[:8]}"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
