"""Whether a node can do its work: what `/readyz` and `tonle check` ask."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from tonle.kernel.errors import N_

# Returns "" when all is well, else a sentence.
Check = Callable[[], str]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. problem is "" when it is well."""

    name: str
    problem: str


_checks: dict[str, Check] = {}


def register(name: str, check: Check) -> None:
    """Add something that must be well for the node to be ready. It may query the database."""
    _checks[name] = check


def ready() -> list[Finding]:
    """Look at everything. A check that raises is a problem, said by its type only."""
    findings = []
    for name, check in _checks.items():
        try:
            problem = check()
        except Exception as error:
            # The text of a database error may hold its address and user.
            problem = type(error).__name__
        findings.append(Finding(name, problem))
    return findings


def _database() -> str:
    for connection in connections.all():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    return ""


_tables_fit = False


def _migrations() -> str:
    # A process that once found its tables right need not look again: asking costs 50 ms.
    global _tables_fit
    if _tables_fit:
        return ""
    executor = MigrationExecutor(connections["default"])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return N_("Tables are older than the program. Run: tonle init")
    _tables_fit = True
    return ""


def _disk() -> str:
    with tempfile.TemporaryFile(dir=settings.TONLE_DATA) as file:
        file.write(b"\0" * 4096)
        file.flush()
    free = os.statvfs(settings.TONLE_DATA)
    if free.f_bavail * free.f_frsize < 256 * 1024 * 1024:
        return N_("Less than 256 MB are free in the node's directory.")
    return ""


def _files() -> str:
    if settings.TONLE_FILES:
        from tonle.infra import keeping

        # Raises where the store is away.
        keeping.storage().open()
    return ""


register("database", _database)
register("migrations", _migrations)
register("disk", _disk)
register("files", _files)
