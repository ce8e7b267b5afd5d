"""A node, a receiver of ours, and leave to ask it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.constants import NOW
from tests.web_service import WebService
from tonle.catalogue.tests.conftest import home, no_gates_from_above  # noqa: F401 # Fixtures.
from tonle.federation.harvest.tests.factories import Clock


@pytest.fixture(autouse=True)
def loopback_may_be_asked(settings: Settings) -> None:
    """The receiver is on the first address of loopback; the others stay closed."""
    settings.TONLE_OUTBOUND_PRIVATE = ["127.0.0.1/32"]


@pytest.fixture
def receiver() -> Iterator[WebService]:
    with WebService() as service:
        yield service


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)
