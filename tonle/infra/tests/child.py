"""What a test runs in a process of its own, so that it can be killed there.

    python -m tonle.infra.tests.child DATABASE FUNCTION ARGUMENT…

DATABASE is the name of the test database, as the parent's connection has it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest  # noqa: F401 # Its presence gives us the settings of a test run.

HERE = Path(__file__).resolve().parent.parent.parent.parent


def start(*arguments: str, crash_at: str = "") -> subprocess.Popen[str]:
    """Start a function of this module beside the running test, on the same rows."""
    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    return subprocess.Popen(
        [sys.executable, "-m", "tonle.infra.tests.child", name, *arguments],
        cwd=HERE,
        env={**os.environ, "TONLE_CRASH_AT": crash_at},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def main(database: str, function: str, *arguments: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    FUNCTIONS[function](*arguments)


def run_one_job() -> None:
    """Take and run one job, at the instant of tests."""
    from tests.constants import NOW
    from tonle.infra import jobs

    @jobs.handler("test.child")
    def _nothing(_run: jobs.Run, _now: object) -> None:
        """A job without work."""

    jobs.run_once(NOW, "child")


def run_due_job(at: str) -> None:
    """Take and run one job that is due at an instant, with whatever handler the node has."""
    from datetime import datetime

    from tonle.infra import jobs

    jobs.run_once(datetime.fromisoformat(at), "child")


def run_for_ever() -> None:
    """Begin the job that never ends, and say so; the parent kills us in the middle of it."""
    from datetime import datetime

    from tests.constants import NOW
    from tonle.infra import jobs

    @jobs.handler("test.child")
    def _endless(run: jobs.Run, _now: datetime) -> None:
        run.checkpoint({"half": "done"})
        print("begun", flush=True)
        sys.stdin.read()

    jobs.run_once(NOW, "child")


def submit(name: str) -> None:
    from tests.constants import NOW
    from tonle.infra import lifecycle
    from tonle.infra.tests.lifecycle_app.machines import REQUEST
    from tonle.infra.tests.lifecycle_app.models import Request
    from tonle.kernel.actors import Actor

    lifecycle.perform(REQUEST, Request.objects.get(id=name), "submit", Actor("sokha"), NOW)


FUNCTIONS: dict[str, Callable[..., None]] = {
    "run_one_job": run_one_job,
    "run_due_job": run_due_job,
    "run_for_ever": run_for_ever,
    "submit": submit,
}

if __name__ == "__main__":
    main(*sys.argv[1:])
