"""What is made to harm a reader harms none: bounded, answered, and nobody is asked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.web_service import WebService
from tonle.catalogue import crosswalks
from tonle.catalogue.crosswalks.tests import hostile

ROOT = Path(__file__).resolve().parents[4]


def test_every_hostile_file_is_answered_by_every_reader_within_bounds(
    request: pytest.FixtureRequest,
) -> None:
    # All pairs take a minute; a usual run takes one in eight.
    share = "1" if request.config.getoption("--deep") else "8"
    with WebService() as nobody:
        done = subprocess.run(
            [sys.executable, "-m", hostile.__name__, nobody.url.rstrip("/") + "/", share],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        # A signal (-24, -9) or MemoryError: a bound was met.
        assert (done.returncode, done.stdout, done.stderr[-2000:]) == (0, "", "")
        # No context, schema, stylesheet, part or entity was fetched.
        assert nobody.asked == []


def test_every_format_that_is_read_has_a_reader_and_no_other() -> None:
    assert {known.name for known in crosswalks.formats() if known.read} == set(crosswalks.READERS)
    assert all(known.why for known in crosswalks.formats() if not known.read)
