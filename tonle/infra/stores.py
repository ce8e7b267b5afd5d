"""Which table lives in which store.

A node has three stores on SQLite: `default` holds what must never be lost and
syncs every commit; `cache` holds throttle counters and other matter that may be
lost, in a file of its own, so that it never waits for a disk nor makes a
publication wait; usage is JSON lines (`tonle.infra.usage`).
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Model

CACHE_ALIAS = "cache"
# Django's label for the table of its DatabaseCache, and `api`, whose one table counts requests.
CACHE_LABELS = frozenset({"django_cache", "api"})


class StoreRouter:
    """Sends what may be lost to the `cache` store and everything else to `default`."""

    def db_for_read(self, model: type[Model], **_: Any) -> str | None:
        return self._store(model._meta.app_label)

    def db_for_write(self, model: type[Model], **_: Any) -> str | None:
        return self._store(model._meta.app_label)

    def allow_migrate(self, db: str, app_label: str, **_: Any) -> bool:
        return (app_label in CACHE_LABELS) == (db == CACHE_ALIAS)

    @staticmethod
    def _store(app_label: str) -> str | None:
        return CACHE_ALIAS if app_label in CACHE_LABELS else None


def optimise() -> None:
    """Let SQLite count what is in its tables, so that it goes on choosing the right index.

    After much has come in, and daily. Bounded: it looks at a sample of each index. It waits for
    whoever is writing, and is left for another day where they take too long: whatever called it
    is done. PostgreSQL does so by itself. Source: sqlite.org/pragma.html#pragma_optimize.
    """
    if connection.vendor != "sqlite":
        return
    # As a transaction that writes from its beginning: what reads first and writes then is told
    # at once, without waiting, that another has written meanwhile.
    with suppress(OperationalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("PRAGMA analysis_limit=1000")
        # 0x10000: also tables that this connection has not asked about; 0x02: analyse them.
        cursor.execute("PRAGMA optimize=0x10002")
