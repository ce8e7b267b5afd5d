from __future__ import annotations

from datetime import timedelta

import pytest

from tests.constants import NOW
from tonle.api.errors import TooManyRequests
from tonle.api.models import Window
from tonle.api.throttle import count
from tonle.infra.stores import CACHE_ALIAS

pytestmark = pytest.mark.django_db


def test_a_new_window_begins_from_nothing_and_clears_the_old_away() -> None:
    for _ in range(2):
        count("api", "192.0.2.1", limit=2, seconds=60, now=NOW)
    with pytest.raises(TooManyRequests):
        count("api", "192.0.2.1", limit=2, seconds=60, now=NOW)
    count("api", "192.0.2.1", limit=2, seconds=60, now=NOW + timedelta(seconds=60))
    assert Window.objects.using(CACHE_ALIAS).count() == 1


def test_no_limit_counts_nothing() -> None:
    count("api", "192.0.2.1", limit=0, seconds=60, now=NOW)
    assert not Window.objects.using(CACHE_ALIAS).exists()


def test_no_address_is_kept() -> None:
    count("api", "192.0.2.1", limit=5, seconds=60, now=NOW)
    assert "192.0.2.1" not in Window.objects.using(CACHE_ALIAS).get().key
