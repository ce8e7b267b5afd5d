"""A node with an account at a DataCite of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from tests.constants import NOW
from tonle.catalogue.tests.conftest import home, no_gates_from_above  # noqa: F401 # Fixtures.
from tonle.federation.dois import account, following, sending
from tonle.federation.dois.tests.server import ACCOUNT, PASSWORD, PREFIX, DataCiteServer
from tonle.federation.harvest.tests.factories import Clock

Round = Callable[..., None]


@pytest.fixture
def datacite(settings: Settings) -> Iterator[DataCiteServer]:
    """It answers, and the node's options name it."""
    with DataCiteServer() as service:
        settings.TONLE_OUTBOUND_PRIVATE = ["127.0.0.1/32"]
        settings.TONLE_URL = "https://node.example"
        settings.TONLE_DATACITE_URL = service.url
        settings.TONLE_DATACITE_ACCOUNT = ACCOUNT
        settings.TONLE_DATACITE_PASSWORD = PASSWORD
        settings.TONLE_DOI_PREFIX = PREFIX
        settings.TONLE_DOI_KINDS = ["dataset", "software", "publication"]
        yield service


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def node(db: None, home: object, datacite: DataCiteServer, clock: Clock) -> Round:  # noqa: F811 # The fixture.
    """Let the background do what is due: follow the log, send, and follow once more.

    Called once already: the account is switched on, and nothing is here yet.
    """

    def turn(after: timedelta = timedelta()) -> None:
        clock.now += after
        terms = account.demand_terms()
        for _time in range(2):
            list(following.follow(terms, clock()))
            sending.send_due(terms, clock=clock, stop=lambda: False, questions=100)

    turn()
    return turn


def later(clock: Clock) -> datetime:
    """A minute on: what is done now is done after what was."""
    clock.now += timedelta(minutes=1)
    return clock.now
