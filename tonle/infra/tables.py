"""The tables of a node: made in one go where there are none, else brought up to date.

A new database needs no history. To walk through every migration, and to make nothing of most
that it makes, took most of the time in which a node is made. So its tables are made of the models
as they are, and every migration is noted as applied. That both ways lead to the same tables is
held by a test (tests/test_tables.py), on SQLite and on PostgreSQL.

A migration must therefore change tables and rows that are there, and nothing else. What a new
node needs beside its tables comes by a hook (`tonle.cli.registry`) or after the signal
`post_migrate`, as triggers do.
"""

from __future__ import annotations

from django.apps import apps
from django.core.management import call_command
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tonle.infra.stores import CACHE_ALIAS

# Two who make one database at once, on PostgreSQL: one waits. SQLite has one writer anyway.
_LOCK = 0x746F6E6C


def make() -> None:
    """Make or bring up to date all tables of all stores. Safe to repeat."""
    for alias in connections:
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    call_command("createcachetable", database=CACHE_ALIAS, verbosity=0)


def make_in_empty(connection: BaseDatabaseWrapper) -> bool:
    """Make all tables of the models that belong there, whole or not at all.

    Does nothing where there is any table. Returns whether it made them.
    """
    with connection.schema_editor() as editor:
        if connection.vendor == "postgresql":
            editor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if connection.introspection.table_names():
            return False
        recorder = MigrationRecorder(connection)
        editor.create_model(recorder.Migration)
        for app in apps.get_app_configs():
            for model in router.get_migratable_models(app, connection.alias):
                if model._meta.can_migrate(connection):
                    editor.create_model(model)
        for label, name in MigrationLoader(None).graph.nodes:
            recorder.record_applied(label, name)
    return True
