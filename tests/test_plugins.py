"""The rules of the test suite itself, each tried on a small suite of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from config.options import BASE_DIR

SUITE = """
import os
from pathlib import Path
import pytest

@pytest.fixture
def leaking(): 1 / 0

def test_passes(): Path({where!r}).write_text(os.environ["TONLE_DATA"])
def test_fails(): assert False
def test_cannot_be_set_up(leaking): pass
def test_skipped_without_leave(): pytest.skip("no wish to")
def test_skipped_with_leave(): pytest.skip("no browser here")
@pytest.mark.xfail
def test_known_to_fail(): assert False
@pytest.mark.deep
def test_long(): pass
"""

STAGES = """
import pytest

def test_a_rule(): pass
@pytest.mark.django_db
def test_a_service(): pass
def test_another_service(transactional_db): pass
def test_a_page(client): pass
@pytest.mark.services
def test_marked(): pass
@pytest.mark.django_db
@pytest.mark.deep
def test_a_long_service(): pass
"""


def run(folder: Path, suite: str, *arguments: str) -> tuple[int, str, dict[str, int]]:
    """(exit code, output, counts) of a suite in a file of its own, in a process of its own."""
    (folder / "test_small.py").write_text(suite, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", str(BASE_DIR / "pyproject.toml"), "-q",
         f"--rootdir={BASE_DIR}", "--counts", str(folder / "counts"), *arguments,
         str(folder / "test_small.py")],
        check=False, capture_output=True, text=True, cwd=BASE_DIR,
    )  # fmt: skip
    return done.returncode, done.stdout, json.loads((folder / "counts").read_text())


def test_tests_are_sorted_by_what_they_need(tmp_path: Path) -> None:
    _, output, _ = run(tmp_path, STAGES, "--stage", "services", "--collect-only")
    found = {line.split("::")[1] for line in output.splitlines() if "::" in line}
    assert found == {"test_a_service", "test_another_service", "test_marked"}


def test_everything_counts_once_and_a_skip_needs_leave(tmp_path: Path) -> None:
    code, output, counts = run(tmp_path, SUITE.format(where=str(tmp_path / "where")))
    assert code == 1
    assert counts == {"passed": 1, "failed": 2, "skipped": 2}
    assert "'no wish to' is not in tests/allowed_skips.txt" in output
    assert "'no browser here' is not" not in output
    # A node of its own, which is gone afterwards.
    where = Path((tmp_path / "where").read_text())
    assert where != Path(os.environ["TONLE_DATA"])
    assert not where.exists()


def test_a_skip_without_leave_fails_the_run_by_itself(tmp_path: Path) -> None:
    suite = "import pytest\ndef test_that(): pass\ndef test_it(): pytest.skip('no wish to')\n"
    assert run(tmp_path, suite)[0] == 1
    assert run(tmp_path, suite.replace("no wish to", "no browser here"))[0] == 0
