"""Fixtures for every test of every context."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.constants import NOW


@pytest.fixture
def now() -> datetime:
    """The instant at which tests happen."""
    return NOW


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
