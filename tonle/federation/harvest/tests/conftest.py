"""A node of its own, and leave to ask the servers of these tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from tests.constants import NOW
from tonle.catalogue.tests.conftest import home, no_gates_from_above  # noqa: F401 # Fixtures.
from tonle.federation.harvest.engine import Order
from tonle.federation.harvest.models import Source
from tonle.federation.harvest.tests.factories import Clock, make_source
from tonle.federation.harvest.tests.servers.oai import OaiServer


@pytest.fixture(autouse=True)
def loopback_may_be_asked(settings: Settings) -> None:
    """The servers of these tests are on loopback, and on its first address only."""
    settings.TONLE_OUTBOUND_PRIVATE = ["127.0.0.1/32"]


@pytest.fixture
def repository() -> Iterator[OaiServer]:
    """Thirty-five items, ten a page, and deletions told."""
    with OaiServer(35) as service:
        yield service


@pytest.fixture
def source(db: None, home: object, repository: OaiServer) -> Source:  # noqa: F811 # The fixture.
    return make_source(repository)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def order(clock: Clock) -> Callable[..., Order]:
    """An order at this test's time."""

    def make(**said: object) -> Order:
        return Order(by="dara", clock=clock, **said)  # type: ignore[arg-type] # As the test says.

    return make
