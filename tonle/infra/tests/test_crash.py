"""Crash points: nothing without the variable, death at the n-th passing with it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tonle.infra import crash
from tonle.infra.tests.child import HERE

CODE = """
from tonle.infra import crash
crash.declare("a.point", "proves something")
for n in range(1, 4):
    print(n, flush=True)
    crash.point("a.point")
"""


def run(crash_at: str) -> tuple[int, list[str]]:
    """The exit code and what was printed before the end."""
    environment = {**os.environ, "TONLE_CRASH_AT": crash_at}
    done = subprocess.run(
        [sys.executable, "-c", CODE], cwd=HERE, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.split()


@pytest.mark.parametrize(
    ("crash_at", "ends"),
    [
        ("", (0, ["1", "2", "3"])),
        ("another.point", (0, ["1", "2", "3"])),
        ("a.point", (-9, ["1"])),
        ("a.point:3", (-9, ["1", "2", "3"])),
        ("a.point:4", (0, ["1", "2", "3"])),
        ("a.point:0", (1, [])),
    ],
)
def test_the_process_dies_where_it_is_told(crash_at: str, ends: tuple[int, list[str]]) -> None:
    assert run(crash_at) == ends


def test_a_point_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        crash.declare("jobs.leased", "something else")
