"""A new database has the tables that an old one was brought to, and they are the models'."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from tonle.infra import tables, triggers
from tonle.infra.backup.tests.nodes import empty_database


@pytest.fixture
def empty(
    tmp_path: Path, django_db_blocker: Any, django_db_setup: None
) -> Iterator[BaseDatabaseWrapper]:
    """The default connection before an empty database."""
    with django_db_blocker.unblock(), empty_database(tmp_path):
        yield connections["default"]


def test_every_model_is_as_its_migrations_leave_it() -> None:
    loader = MigrationLoader(None)
    changes = MigrationAutodetector(
        loader.project_state(), ProjectState.from_apps(apps), NonInteractiveMigrationQuestioner()
    ).changes(graph=loader.graph)

    assert changes == {}


@pytest.mark.services
def test_a_new_database_is_what_an_old_one_has_become(
    empty: BaseDatabaseWrapper, tmp_path: Path
) -> None:
    assert tables.make_in_empty(empty)
    new = described(empty)
    (tmp_path / "old").mkdir()
    with empty_database(tmp_path / "old"):
        executor = MigrationExecutor(connections["default"])
        executor.migrate(executor.loader.graph.leaf_nodes())
        old = described(connections["default"])

    # An app of tests alone has no migrations.
    of_tests = {m._meta.db_table for m in apps.get_models() if ".tests" in m.__module__}
    assert set(new) - of_tests == set(old)
    for name in old:
        assert new[name] == old[name], name


@pytest.mark.services
def test_a_second_call_and_a_database_with_tables_are_left_alone(
    empty: BaseDatabaseWrapper,
) -> None:
    assert tables.make_in_empty(empty)
    before = described(empty)
    assert not tables.make_in_empty(empty)
    assert described(empty) == before
    applied = MigrationRecorder(empty).applied_migrations()
    assert set(applied) == set(MigrationLoader(None).graph.nodes)


@pytest.mark.services
def test_what_breaks_off_leaves_nothing(
    empty: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(MigrationRecorder, "record_applied", broken)
        with pytest.raises(RuntimeError):
            tables.make_in_empty(empty)
    assert empty.introspection.table_names() == []
    tables.make()
    assert triggers.missing() == []


def described(connection: BaseDatabaseWrapper) -> dict[str, Any]:
    """Table to its columns, and its constraints and indexes with what the database says of them."""
    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            columns = {
                one.name: tuple(one)[1:]
                for one in connection.introspection.get_table_description(cursor, table)
                # Django numbers its own links of groups wider in migrations than in models.
                if (table, one.name) != ("auth_group_permissions", "id")
            }
            constraints = sorted(
                (_name(name), sorted(one.items(), key=lambda pair: pair[0]))
                for name, one in connection.introspection.get_constraints(cursor, table).items()
            )
            found[table] = (columns, [repr(one) for one in constraints])
    return found


def _name(name: str) -> str:
    """SQLite numbers what has no name of its own, in the order of the columns."""
    return re.sub(r"^(__unnamed_constraint|sqlite_autoindex|fk)_.*", r"\1", name)
