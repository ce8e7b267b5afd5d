"""Programs are read and not run; the lines that run them elsewhere hold nothing of theirs."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.explore.rules import programs, running
from tonle.explore.rules.limits import Limits
from tonle.explore.rules.look import look

SCRIPT = '''"""Yields."""
# /// script
# dependencies = ["pandas>=2", "rogue; os_name == 'x'"]
# ///
import os, sklearn.linear_model
from helpers import ours
from . import near
WHERE = "https://data.example/rain.csv."
FILE = "data/yields.csv"

def fit(rows, *, degree=2, **more):
    return open("C:/x.xlsx")

def _own(): ...

if __name__ == "__main__":
    fit([])
'''


def test_a_script_says_what_it_defines_loads_and_names() -> None:
    found = programs.python([SCRIPT])

    assert found.definitions
    assert found.functions == ["fit(rows, degree, **more)"]
    assert found.loads == ["sklearn", "helpers"]
    assert found.declared == ["pandas", "rogue"]
    assert found.addresses == ["https://data.example/rain.csv"]
    assert found.files == ["data/yields.csv"]
    needed = running.needed(found.to_json(), ["lib/helpers.py", "helpers.py"])
    assert needed == running.Needed(("pandas", "rogue", "scikit-learn"), ())
    assert running.needed(found.to_json(), []).others == ("helpers",)


@pytest.mark.parametrize(
    "line",
    ["fit(1)", "x = open('a')", "@route('/')\ndef f(): ...", "for a in b: pass", "with a: pass"],
)
def test_a_script_that_does_something_when_loaded_does_not_only_define(line: str) -> None:
    assert not programs.python([f"def f(): ...\n{line}\n"]).definitions


def test_a_notebook_is_read_cell_by_cell(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": "# Rain"},
        {"cell_type": "code", "source": ["%pip install -q xarray 'netCDF4>=1'\n", "import xarray"],
         "outputs": [{"output_type": "stream", "text": ["<b>12</b>\n"]},
                     {"output_type": "display_data",
                      "data": {"text/html": "<script>", "text/plain": "shown"}}]},
        {"cell_type": "code", "source": "this is no python"},
        {"cell_type": "code", "source": "!wget https://x.example/a.nc\nd = xarray.open('a.nc')"},
    ]  # fmt: skip
    path = tmp_path / "rain.ipynb"
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    path.write_text(json.dumps({"cells": cells, "metadata": about, "nbformat": 4}))

    said = look(path, "rain.ipynb", Limits().started()).to_json()

    program = said["program"]
    assert (program["language"], program["declared"]) == ("python", ["xarray", "netCDF4"])
    assert (program["loads"], program["files"], program["broken"]) == (["xarray"], ["a.nc"], True)
    assert "→ <b>12</b>" in said["text"]
    assert "→ shown" in said["text"]
    assert "<script>" not in said["text"]


def test_an_r_script_is_read_by_patterns(tmp_path: Path) -> None:
    path = tmp_path / "fit.R"
    path.write_text(
        "library(sf)\n# library(no)\nfit <- function(rows, degree = 2) {\n"
        '  readr::read_csv("yields.csv"); stats::lm(y ~ x)\n}\n'
    )

    program = look(path, "fit.R", Limits().started()).to_json()["program"]

    assert (program["language"], program["definitions"]) == ("r", True)
    assert program["functions"] == ["fit(rows, degree)"]
    assert (program["loads"], program["files"]) == (["sf", "readr"], ["yields.csv"])
    assert not programs.r(["fit <- function(a) 1\nfit(2)\n"]).definitions


HOSTILE = (
    "(" * 5000, "[" * 90000, "x = " + "-" * 20000 + "1", "a" * 390_000, "\0", "\ud800",
    "f'" + "{" * 300, "lambda " * 5000 + ": 1", "# /// script\n# dependencies = [[[\n# ///\n",
    "%pip install " + "; rm -rf / " * 50, "import " + ".".join("a" * 3 for _ in range(9000)),
    "if 1:\n" + "".join(" " * n + "if 1:\n" for n in range(1, 150)),
    "def f(" + "a" * 90000 + "): ...",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_breaks_the_reader(text: str) -> None:
    for read in (programs.python, programs.r):
        found = read([text]).to_json()
        assert len(json.dumps(found)) < 30_000


@given(st.text(max_size=60), st.sampled_from(["notebook", "functions", "script"]))
def test_a_line_holds_nothing_of_a_name_that_a_shell_would_read(
    name: str, sort: running.Sort
) -> None:
    for language in ("python", "r"):
        lines = running.run_lines(language, sort, name, "https://n.example/a%20b.py", "0" * 64)
        assert lines
        for _, line in lines:
            assert not set(line) & set("\n\r`$\\!|&")
            assert name.rpartition("/")[2] in line or "program." in line


def test_the_line_fetches_checks_and_runs_the_file(tmp_path: Path) -> None:
    data = b"open('ran', 'w').write('yes')\n"
    digest = hashlib.sha256(data).hexdigest()
    ((_, line), _) = running.run_lines(
        "python", "script", "a b.py", "https://n.example/a.py", digest
    )
    (tmp_path / "away").mkdir()
    (tmp_path / "away" / "a.py").write_bytes(data)
    # The same line, with an address of this machine's disk and this Python.
    line = line.replace("https://n.example", (tmp_path / "away").as_uri(), 1)
    line = line.replace("python3 ", f"{sys.executable} ", 1)

    done = subprocess.run(line, shell=True, cwd=tmp_path, env=os.environ, check=False)  # noqa: S602 # Our own line, as a reader's shell reads it.
    other = subprocess.run(line.replace(digest, "0" * 64), shell=True, cwd=tmp_path, check=False,  # noqa: S602 # As above.
                           stderr=subprocess.PIPE)  # fmt: skip

    assert done.returncode == 0
    assert (tmp_path / "ran").read_text() == "yes"
    assert (tmp_path / "program.py").read_bytes() == data
    assert b"other bytes" in other.stderr
    assert running.run_lines("python", "script", "a.py", 'https://x/"; rm', digest) == []


def test_what_is_needed_is_installed_by_names_that_are_known() -> None:
    assert running.install_lines("python", ["numpy"])[0][1] == "python3 -m pip install numpy"
    assert running.install_lines("r", ["sf", "terra"]) == [
        ("r", 'install.packages(c("sf", "terra"))')
    ]
    assert running.install_lines("python", []) == []
