"""Fixtures for every test of every context."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.constants import NOW


@pytest.fixture
def now() -> datetime:
    """The instant at which tests happen."""
    return NOW


@pytest.fixture(autouse=True)
def _append_only_steps_aside(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test with real transactions all tables are emptied, append-only ones too.

    So their triggers are dropped just before; emptying ends with the signal that makes them
    anew.
    """
    marker = request.node.get_closest_marker("django_db")
    real = (marker is not None and marker.kwargs.get("transaction")) or (
        {"transactional_db", "live_server"} & set(request.fixturenames)
    )
    if real:
        # Asked for here, so that this fixture ends before that one empties the tables.
        request.getfixturevalue("transactional_db")
    yield
    if real:
        from django.db import connection

        from tonle.infra import triggers

        triggers.drop(connection)


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
    """A test that asks for `language` is run in each language of the interface."""
    if "language" in metafunc.fixturenames:
        from django.conf import settings

        metafunc.parametrize("language", [code for code, _ in settings.LANGUAGES])


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
