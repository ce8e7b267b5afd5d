"""The benchmarks still run: every stage, over very few records. No test asserts a time."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import STAGES
from config.options import BASE_DIR

# What the issue asks to be measured: the beginning of a figure's name, by its stage.
WANTED = {
    "import": ("import, 60 records", "import, highest PSS"),
    "search": ("index built anew", "whole search page over HTTP, p50", "the engine alone"),
    "start": (
        "first start with the starter set", "first start of an empty node", "second start",
        "idle node, all processes, PSS",
    ),
    "pages": ("landing pages made afresh", "landing pages from the page cache", "conditional"),
    "readers": ("a page beside 200 slow readers", "the slowest of them"),
}  # fmt: skip


@pytest.mark.deep
def test_one_command_runs_every_stage_and_keeps_every_figure(tmp_path: Path) -> None:
    kept = tmp_path / "figures.json"
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--records", "60", "--seconds", "1", "--json",
         str(kept)],
        check=False, capture_output=True, text=True, cwd=BASE_DIR,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(kept.read_text(encoding="utf-8"))
    assert set(WANTED) == set(STAGES)
    assert all(f"yardstick_ms, {stage}" in report["about"] for stage in STAGES)
    assert report["about"]["records"] == 60

    figures = report["figures"]
    table = done.stdout.rpartition("\n\n")[2].splitlines()[2:]
    assert [row.split(" | ")[0] for row in table] == [f"| {one['what']}" for one in figures]
    missing = [
        name
        for names in WANTED.values()
        for name in names
        if not any(one["what"].startswith(name) for one in figures)
    ]
    assert missing == []
    # An idle node may use no tick of a core in ten seconds.
    odd = [one for one in figures if not math.isfinite(one["value"]) or one["value"] < 0]
    assert odd == []
    assert [one for one in figures if one["peer"] and not one["peer_value"]] == []
