"""Fixtures for every test of every context."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any

import pytest

from tests.constants import NOW


@pytest.fixture
def now() -> datetime:
    """The instant at which tests happen."""
    return NOW


@pytest.fixture(autouse=True, scope="session")
def _passwords_are_hashed_quickly() -> Iterator[None]:
    """The same algorithm with its least costs: tests have no passwords worth guessing."""
    hasher = "django.contrib.auth.hashers.Argon2PasswordHasher"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{hasher}.time_cost", 1)
        patch.setattr(f"{hasher}.memory_cost", 64)
        yield


@pytest.fixture(autouse=True, scope="session")
def _tables_are_emptied_quickly() -> Iterator[None]:
    """After a test with real transactions, tables that hold rows are emptied, and no others.

    Django would truncate every table and make the permissions of every model anew.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.test.TransactionTestCase._fixture_teardown", _empty_tables)
        yield


def _empty_tables(case: Any) -> None:
    from django.db import connections

    for alias in case._databases_names(include_mirrors=False):
        connection = connections[alias]
        names = connection.introspection.django_table_names(only_existing=True)
        with _unguarded(connection), connection.cursor() as cursor:
            # All are looked at in one question: to ask a hundred times takes as long as a test.
            looks = " UNION ALL ".join(
                f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(name)})"  # noqa: S608 # Names of our own models.
                for name in names
            )
            cursor.execute(looks)
            for (name,) in cursor.fetchall():
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")  # noqa: S608 # As above.


@contextmanager
def _unguarded(connection: Any) -> Iterator[None]:
    """Without foreign keys, and without the triggers of tables that refuse to be emptied."""
    from django.db import transaction

    from tonle.infra import triggers

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = DEFAULT")
    else:
        lifted = triggers.lifted() if connection.alias == "default" else nullcontext()
        with connection.constraint_checks_disabled(), transaction.atomic(connection.alias), lifted:
            yield


@pytest.fixture
def outbox() -> Iterator[list[object]]:
    """The events that were emitted, in order, whether or not a handler is wired to them."""
    from tonle.infra import jobs

    seen: list[object] = []

    def see(event: object, **_: object) -> None:
        seen.append(event)

    jobs.emitted.connect(see)
    yield seen
    jobs.emitted.disconnect(see)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `language` is run in each language of the interface with --deep.

    In the usual run two stand for all: what is read from the left in few letters, and what
    takes most room. That nothing is left in English is seen to in every language, page by
    page, by tests/test_every_language.py.
    """
    if "language" in metafunc.fixturenames:
        from django.conf import settings

        from tonle.web.languages import tag

        spoken = [tag(code) for code, _ in settings.LANGUAGES]
        widest = "my" if "my" in spoken else spoken[-1]
        two = list(dict.fromkeys(["en", widest]))
        metafunc.parametrize("language", spoken if metafunc.config.getoption("--deep") else two)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test with a database has all of the node's stores, as the node itself has."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker is not None or {"db", "transactional_db"} & set(_fixtures(item)):
            given = dict(marker.kwargs) if marker else {}
            given.setdefault("databases", "__all__")
            item.add_marker(pytest.mark.django_db(**given), append=False)


def _fixtures(item: pytest.Item) -> list[str]:
    return list(getattr(item, "fixturenames", ()))
