"""Django's `migrate`, which makes the tables of an empty database in one go."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from tonle.infra import tables


class Command(migrate.Command):
    """What a database is brought to step by step, a new one is given at once."""

    def handle(self, *args: Any, **options: Any) -> None:
        # Who names an app or a migration, or asks what would be done, wants just that.
        if not (options["app_label"] or options["plan"] or options["check_unapplied"]):
            tables.make_in_empty(connections[options["database"]])
        super().handle(*args, **options)
