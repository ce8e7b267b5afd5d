import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def loopback_may_be_asked(settings: Settings) -> None:
    """The servers of these tests are on loopback, and on its first address only."""
    settings.TONLE_OUTBOUND_PRIVATE = ["127.0.0.1/32"]
