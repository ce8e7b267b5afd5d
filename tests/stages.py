"""`./test`: runs the stages, two side by side, and says what each of them came to.

Each stage has a budget of time; their sum is enforced for the usual run, so that
the suite stays one that people wait for. A stage in which there is no test yet is
left out of the table.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests import postgres
from tests.browser_program import find_browser


@dataclass(frozen=True)
class Stage:
    """One stage: the tests that `tests.plugins.stages` sorts into `selects`."""

    name: str
    selects: str
    title: str
    budget_minutes: float
    postgresql: bool = False
    # What stands in every file of its tests or in its path, if there is such a word: to collect
    # ten thousand tests takes a quarter of a minute.
    word: str = ""

    def files(self) -> list[str]:
        """The files that its tests are in; none where they may be anywhere."""
        if not self.word:
            return []
        root = Path(__file__).parents[1]
        return [
            str(path.relative_to(root))
            for part in ("tonle", "tests")
            for path in sorted((root / part).rglob("test_*.py"))
            if self.word in f"{path}\n{path.read_text(encoding='utf-8')}"
        ]


STAGES = (
    Stage("rules", "rules", "rules, without a database", 9),
    Stage("sqlite", "services", "services on SQLite", 13),
    Stage("postgresql", "services", "services on PostgreSQL", 8, postgresql=True),
    Stage("pages", "pages", "pages and API, in each language", 3),
    Stage("browser", "browser", "pages in a real browser", 5, word="browser"),
    Stage("s3", "s3", "files in an object store (SeaweedFS)", 1.5, word="mark.s3"),
)


# What all stages together write, many times over.
SCRATCH_BYTES = 6_000_000_000


@dataclass
class Outcome:
    stage: Stage
    seconds: float
    exit_code: int
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return self.exit_code == pytest.ExitCode.NO_TESTS_COLLECTED

    @property
    def good(self) -> bool:
        return self.exit_code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)

    def row(self) -> str:
        counts = "".join(f"{self.counts.get(k, 0):>8}" for k in ("passed", "failed", "skipped"))
        verdict = "" if self.good else "  FAILED"
        if self.exit_code == -signal.SIGTERM:
            verdict = "  OUT OF TIME"
        return (
            f"{self.stage.title:<36}{counts}{self.seconds:>9.1f} s"
            f"{self.stage.budget_minutes:>7g} min{verdict}"
        )


def run_stage(stage: Stage, deep: bool, deadline: float | None) -> Outcome:
    """Run one stage in a process of its own; it is ended when the time is up.

    What it prints is shown in one piece when it is through, since another stage may run
    beside it.
    """
    began = time.monotonic()
    with ExitStack() as stack:
        environment = dict(os.environ)
        environment.pop("TONLE_DATABASE_URL", None)
        # Many tests start a process, which would compile every module anew: 4 s in place of 1½.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="tonle-stage-", dir=_scratch()))
        )
        environment["TMPDIR"] = str(folder)
        title = stage.title
        if stage.postgresql:
            try:
                server = stack.enter_context(postgres.running(_scratch()))
            except postgres.NoPostgres as error:
                _show(title, str(error))
                return Outcome(stage, time.monotonic() - began, 1)
            title = f"{title} ({server.version}, started for these tests)"
            environment["TONLE_DATABASE_URL"] = server.url
        command = [sys.executable, "-m", "pytest", "-q", "--stage", stage.selects]
        command += ["--counts", str(folder / "counts.json"), *(["--deep"] if deep else [])]
        command += stage.files()
        with (folder / "output").open("w+b") as output:
            process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            left = None if deadline is None else max(1.0, deadline - time.monotonic())
            exit_code = _wait(process, left)
            output.seek(0)
            _show(title, output.read().decode(errors="replace"))
        counts = {}
        if (folder / "counts.json").exists():
            counts = json.loads((folder / "counts.json").read_text(encoding="utf-8"))
    return Outcome(stage, time.monotonic() - began, exit_code, counts)


def _scratch() -> str | None:
    """Where tests write: memory where there is enough, for they sync to the disk all the time.

    Nothing that they prove depends on it: they kill processes, never the machine.
    """
    memory = Path("/dev/shm")  # noqa: S108 # The folder is made by mkdtemp, for us alone.
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < SCRATCH_BYTES:
        return None
    return str(memory)


_printing = threading.Lock()
_stopping = threading.Event()


def _show(title: str, text: str) -> None:
    with _printing:
        print(f"\n== {title}\n{text.rstrip()}", flush=True)


def _wait(process: subprocess.Popen[bytes], seconds: float | None) -> int:
    """The exit code, or that of SIGTERM where the time was up or the run was stopped."""
    end = None if seconds is None else time.monotonic() + seconds
    while not _stopping.is_set() and (end is None or time.monotonic() < end):
        try:
            return process.wait(0.5)
        except subprocess.TimeoutExpired:
            continue
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    return -signal.SIGTERM


def _run_all(stages: list[Stage], deep: bool, deadline: float | None) -> list[Outcome]:
    """Two stages side by side, the longest first, so that both lanes end at one time."""
    lanes = min(2, os.cpu_count() or 1)
    with ThreadPoolExecutor(lanes) as pool:
        longest = sorted(stages, key=lambda stage: -stage.budget_minutes)
        running = {stage: pool.submit(run_stage, stage, deep, deadline) for stage in longest}
        try:
            return [running[stage].result() for stage in stages]
        except BaseException:
            # Ctrl-C or SIGTERM: end what runs, begin nothing more.
            _stopping.set()
            pool.shutdown(cancel_futures=True)
            raise


def _budget_seconds(stages: list[Stage], deep: bool) -> float | None:
    """Of all stages; TONLE_TEST_SECONDS is what whoever runs them has left."""
    given = os.environ.get("TONLE_TEST_SECONDS")
    bounds = [float(given)] if given else []
    bounds += [] if deep else [sum(stage.budget_minutes for stage in stages) * 60]
    return min(bounds, default=None)


def run(stages: list[Stage], deep: bool) -> int:
    """Run the stages, print the table, return 0 where all is well."""
    budget = _budget_seconds(stages, deep)
    began = time.monotonic()
    if any(stage.name == "browser" for stage in stages) and find_browser() is None:
        required = os.environ.get("TONLE_TEST_BROWSER") == "required"
        print(
            f"!! NO CHROMIUM FOUND: every browser test {'fails' if required else 'is skipped'}.\n"
            "!! Install one (Debian: apt install chromium) or name it in TONLE_CHROMIUM.",
            flush=True,
        )
    outcomes = _run_all(stages, deep, None if budget is None else began + budget)
    seconds = time.monotonic() - began

    print(f"\n{'stage':<36}{'passed':>8}{'failed':>8}{'skipped':>8}{'time':>11}{'budget':>11}")
    for outcome in outcomes:
        if not outcome.empty:
            print(outcome.row())
    total = {
        key: sum(outcome.counts.get(key, 0) for outcome in outcomes)
        for key in ("passed", "failed", "skipped")
    }
    # A stage that broke down before it could count is a failure as well.
    total["failed"] += sum(
        not outcome.good and not outcome.counts.get("failed") for outcome in outcomes
    )
    late = budget is not None and seconds > budget
    if budget is not None and late:
        print(f"The tests took longer than their budget of {budget / 60:.3g} minutes.")
    print(
        f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped "
        f"in {seconds:.0f} s"
    )
    return 1 if late or not total["passed"] or not all(o.good for o in outcomes) else 0


def main(arguments: list[str]) -> int:
    by_name = {stage.name: stage for stage in STAGES}
    named = [argument for argument in arguments if argument != "--deep"]
    if not set(named) <= set(by_name):
        # Somebody who names paths or pytest's arguments wants pytest, not the stages.
        return subprocess.run([sys.executable, "-m", "pytest", *arguments], check=False).returncode
    parser = argparse.ArgumentParser(prog="./test")
    parser.add_argument("--deep", action="store_true")
    parser.add_argument("stage", nargs="*")
    chosen = parser.parse_args(arguments)
    # A terminated run stops its stage and its database before it goes.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(128 + signal.SIGTERM))
    try:
        return run([by_name[name] for name in chosen.stage] or list(STAGES), chosen.deep)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
