"""`./test` and `.ci/run`: what is late, empty or missing is told, and nothing that hangs goes on.

Each is tried on stages and parts that take no time or never end.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.options import BASE_DIR
from tests import postgres, stages
from tests.plugins import browser as browser_plugin
from tests.stages import Outcome, Stage

GOOD, EMPTY, BROKEN, LATE = (Stage(name, name, name, 1) for name in ("good", "empty", "x", "late"))
EXIT_CODES = {GOOD: 0, EMPTY: 5, BROKEN: 2}


def pretend(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stages come to what their names say, and no pytest is started."""

    def run_stage(stage: Stage, deep: bool, deadline: float | None) -> Outcome:
        return Outcome(stage, 0.1, EXIT_CODES[stage], {"passed": 3} if stage is GOOD else {})

    monkeypatch.setattr(stages, "run_stage", run_stage)
    monkeypatch.delenv("TONLE_TEST_SECONDS", raising=False)


def test_an_empty_stage_is_left_out_and_a_broken_one_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend(monkeypatch)
    assert stages.run([GOOD, EMPTY], deep=False) == 0
    table = capsys.readouterr().out
    assert "empty" not in table
    assert "3 passed, 0 failed, 0 skipped in 0 s" in table

    # It broke down before it could count.
    assert stages.run([GOOD, BROKEN], deep=False) == 1
    assert "3 passed, 1 failed, 0 skipped" in capsys.readouterr().out
    # Where nothing was tried, nothing is shown to be well.
    assert stages.run([EMPTY], deep=False) == 1


def test_a_stage_that_hangs_is_ended_and_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pid = tmp_path / "pid"
    hangs = write(tmp_path / "python", f"#!/bin/sh\necho $$ >{pid}\necho so far\nexec sleep 60\n")
    monkeypatch.setattr("sys.executable", str(hangs))
    monkeypatch.setenv("TONLE_TEST_SECONDS", "1")
    began = time.monotonic()
    assert stages.run([LATE], deep=True) == 1
    assert time.monotonic() - began < 10
    said = capsys.readouterr().out
    assert "so far" in said
    assert "OUT OF TIME" in said
    assert "longer than their budget of 0.0167 minutes" in said
    assert "0 passed, 1 failed" in said
    assert not Path(f"/proc/{pid.read_text().strip()}").exists()


def test_without_postgresql_its_stage_fails_and_says_what_was_tried(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @contextmanager
    def running(parent: str | None) -> Iterator[postgres.Server]:
        raise postgres.NoPostgres("No PostgreSQL could be started. None found.")
        yield

    monkeypatch.setattr(postgres, "running", running)
    assert stages.run([Stage("postgresql", "services", "both", 1, postgresql=True)], False) == 1
    said = capsys.readouterr().out
    assert "No PostgreSQL could be started. None found." in said
    assert "0 passed, 1 failed, 0 skipped" in said


@pytest.mark.parametrize(("wanted", "words"), [("", "is skipped"), ("required", "fails")])
def test_a_missing_browser_is_told_loudly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], wanted: str, words: str
) -> None:
    pretend(monkeypatch)
    monkeypatch.setenv("TONLE_TEST_BROWSER", wanted)
    monkeypatch.setattr(stages, "find_browser", lambda: None)
    browser = Stage("browser", "browser", "browser", 1)
    monkeypatch.setitem(EXIT_CODES, browser, 0)
    stages.run([browser, GOOD], deep=False)
    assert f"!! NO CHROMIUM FOUND: every browser test {words}." in capsys.readouterr().out


def test_a_browser_that_is_required_is_not_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_plugin, "find_browser", lambda: None)
    monkeypatch.setenv("TONLE_TEST_BROWSER", "required")
    with pytest.raises(pytest.fail.Exception, match="there is none"):
        browser_plugin.program_or_skip()
    monkeypatch.delenv("TONLE_TEST_BROWSER")
    with pytest.raises(pytest.skip.Exception, match="no browser here"):
        browser_plugin.program_or_skip()


# .ci/run ---------------------------------------------------------------------------------

HANGS = 'echo $$ >"$0.pid"; exec sleep 60'


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """A checkout of `.ci/run` alone, in which all that it calls does nothing."""
    for name in (".ci", "tools", "bin"):
        (tmp_path / name).mkdir()
    shutil.copy(BASE_DIR / ".ci" / "run", tmp_path / ".ci" / "run")
    (tmp_path / "tools" / "environment.sh").write_text("prepare() { :; }\n", encoding="utf-8")
    for name in ("test", "lint", "bin/chromium"):
        write(tmp_path / name, "#!/bin/sh\necho $0 $TONLE_TEST_BROWSER $TONLE_TEST_SECONDS\n")
    return tmp_path


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def begin(parts: Path, seconds: int = 60) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(parts / ".ci" / "run")],
        env={"PATH": f"{parts}/bin:{os.environ['PATH']}", "TONLE_TEST_CI_SECONDS": str(seconds)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    said, _ = process.communicate(timeout=30)
    return process.returncode, said


def test_everything_that_must_pass_is_called_within_the_time_that_is_left(parts: Path) -> None:
    code, said = ended(begin(parts))
    assert code == 0
    # A browser is required, and the stages end before they are ended.
    assert "./test required " in said
    assert 20 <= int(said.split("./test required ")[1].split()[0]) <= 30
    assert "== lint passed" in said
    assert " s of 60 s" in said


@pytest.mark.parametrize("name", ["test", "lint"])
def test_one_part_that_fails_fails_all_after_the_others_were_asked(parts: Path, name: str) -> None:
    write(parts / name, f"#!/bin/sh\necho {name} is bad\nexit 3\n")
    code, said = ended(begin(parts))
    assert code == 1
    assert f"{name} is bad" in said
    assert "./test" in said or "== lint passed" in said
    assert "OUT OF TIME" not in said


@pytest.mark.parametrize(
    ("name", "part"),
    [("test", "tests"), ("lint", "lint"), ("tools/environment.sh", "making the environment")],
)
def test_what_hangs_is_ended_and_named(parts: Path, name: str, part: str) -> None:
    hangs = HANGS.replace("$0", str(parts / name))
    body = f"prepare() {{ {hangs}; }}" if name.endswith(".sh") else f"#!/bin/sh\n{hangs}"
    write(parts / name, f"{body}\n")
    began = time.monotonic()
    code, said = ended(begin(parts, 1))
    assert code != 0
    assert f"!! OUT OF TIME: {part} was ended, 1 s in all were over." in said
    assert time.monotonic() - began < 10
    gone(parts / f"{name}.pid")


def test_ending_it_ends_its_parts(parts: Path) -> None:
    for name in ("test", "lint"):
        write(parts / name, f"#!/bin/sh\n{HANGS}\n")
    process = begin(parts)
    for _attempt in range(200):
        if all((parts / f"{name}.pid").exists() for name in ("test", "lint")):
            break
        time.sleep(0.05)
    process.terminate()
    assert ended(process)[0] == 143
    for name in ("test", "lint"):
        gone(parts / f"{name}.pid")


def gone(pid: Path) -> None:
    for _attempt in range(100):
        if not Path(f"/proc/{pid.read_text().strip()}").exists():
            return
        time.sleep(0.05)
    raise AssertionError(f"{pid.name} is still there.")
