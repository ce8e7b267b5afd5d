"""Gives a test run a node's directory of its own, before anything reads the settings.

Loaded with `-p` from pyproject.toml: pytest-django sets Django up before the first
conftest is read, so a conftest would come too late and tests would touch `./var`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

# What a run may be told from outside; all other options keep their defaults.
PASSED_ON = {"TONLE_DATABASE_URL", "TONLE_CHROMIUM", "TONLE_LANGUAGES", "TONLE_PYTHON"}

DATA = Path(tempfile.mkdtemp(prefix="tonle-test-"))

for _name in [name for name in os.environ if name.startswith("TONLE_")]:
    if _name not in PASSED_ON and not _name.startswith("TONLE_TEST_"):
        del os.environ[_name]
os.environ["TONLE_DATA"] = str(DATA)
os.environ["TONLE_SECRET_KEY"] = "for tests only: it signs nothing that leaves this machine"
for _folder in ("staging", "index", "usage", "keys"):
    (DATA / _folder).mkdir()


def pytest_sessionstart() -> None:
    """Pages are read in every language, so the catalogues must be what the source says."""
    from tonle.infra import catalogues

    catalogues.compile_stale()


def pytest_report_header() -> str:
    database = "PostgreSQL" if os.environ.get("TONLE_DATABASE_URL") else "SQLite"
    return f"tonle: {database}, node in {DATA}"


def pytest_unconfigure() -> None:
    shutil.rmtree(DATA, ignore_errors=True)
