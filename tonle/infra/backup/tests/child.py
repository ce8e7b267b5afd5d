"""A process that is killed while it backs up or restores.

python -m tonle.infra.backup.tests.child DATABASE backup|restore NODE BACKUPS
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest  # noqa: F401 # Django reads the settings of a test run, with the tests' own app.

HERE = Path(__file__).resolve().parents[4]


def run(database: str, what: str, data: Path, backups: Path, crash_at: str = "") -> int:
    """Run it to its end or its death; returns the exit code."""
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "tonle.infra.backup.tests.child",
            database,
            what,
            str(data),
            str(backups),
        ],
        cwd=HERE,
        env={**os.environ, "TONLE_CRASH_AT": crash_at},
        check=False,
    ).returncode


def main(database: str, what: str, data: Path, destination: Path) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    django.setup()

    from tests.constants import NOW
    from tonle.infra.backup import backup, backups, restore
    from tonle.infra.backup.tests.nodes import node_in

    if what == "backup":
        backup(destination, NOW + timedelta(days=1), node=node_in(data), keep=1)
    else:
        restore(backups(destination)[-1], node=node_in(data), now=NOW)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
