"""Which table lives in which store."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connections

from tonle.infra.stores import StoreRouter


def test_each_table_is_in_one_store_and_asked_for_there() -> None:
    router = StoreRouter()

    for model in apps.get_models():
        label = model._meta.app_label
        home = router.db_for_write(model) or "default"
        assert router.db_for_read(model) == router.db_for_write(model)
        assert router.allow_migrate(home, label)
        assert not router.allow_migrate("cache" if home == "default" else "default", label)
    assert router.allow_migrate("cache", "django_cache")
    assert not router.allow_migrate("default", "django_cache")


@pytest.mark.django_db(databases=["default", "cache"])
def test_throttles_are_counted_in_the_cache_store() -> None:
    cache.set("throttle", 3, 60)

    assert cache.get("throttle") == 3
    with connections["cache"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache_entry WHERE cache_key LIKE %s", ["%throttle%"])
        assert cursor.fetchone()[0] == 1
    assert "cache_entry" not in connections["default"].introspection.table_names()
