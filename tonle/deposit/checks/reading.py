"""Files of depositors, read or copied by a child process with bounds: see `child`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from tonle.deposit.checks.rules.personal.coarse import How
from tonle.deposit.checks.rules.personal.traces import Report

MEMORY_BYTES = 768 << 20
SCAN_SECONDS = 60
# A copy is as long as its source; the process is ended when it takes far longer than that.
COPY_SECONDS = 600
_GRACE_SECONDS = 15

Progress = Callable[[int], None]


class CannotCopy(Exception):
    """The file's form does not allow a faithful copy."""


def scan(path: Path, name: str, progress: Progress) -> Report:
    """What a file tells of people. progress is told the rows read, twice a second.

    Never raises for what the file holds: a child that ends without an answer is a note.
    """
    asked = {"do": "scan", "path": str(path), "name": name, "seconds": SCAN_SECONDS}
    answer = _ask(asked, SCAN_SECONDS, 0, progress)
    if answer is None or "report" not in answer:
        return Report(notes=["crashed"])
    return Report.from_json(answer["report"])


def clean(path: Path, target: Path) -> None:
    """Write a photograph without place and owner to target. Raises CannotCopy."""
    _copy({"do": "clean", "path": str(path), "target": str(target)}, path, target)


def coarsen(
    path: Path, name: str, target: Path, *, columns: dict[int, How], kinds: dict[str, How]
) -> None:
    """Write a coarse copy of a table or JSON file to target. Raises CannotCopy."""
    asked = {"do": "coarsen", "path": str(path), "name": name, "target": str(target)}
    _copy({**asked, "columns": columns, "kinds": kinds}, path, target)


def _copy(asked: dict[str, Any], path: Path, target: Path) -> None:
    room = path.stat().st_size * 4 + (1 << 20)
    answer = _ask(asked, COPY_SECONDS, room, lambda _rows: None)
    if answer is None or "done" not in answer:
        target.unlink(missing_ok=True)
        raise CannotCopy
    with target.open("rb") as copy:
        os.fsync(copy.fileno())


def _ask(
    asked: dict[str, Any], seconds: int, written_bytes: int, progress: Progress
) -> dict[str, Any] | None:
    """The child's last line, None where it ended without one."""
    asked = {
        **asked,
        "memory_bytes": MEMORY_BYTES,
        "cpu_seconds": seconds + _GRACE_SECONDS,
        "written_bytes": written_bytes,
    }
    process = subprocess.Popen(  # Our own module, its arguments on a pipe.
        [sys.executable, "-P", "-m", "tonle.deposit.checks.child"],
        cwd=settings.BASE_DIR,
        # No secrets, no options: it needs only its own code.
        env={"PYTHONPATH": str(settings.BASE_DIR), "PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    # A child that says nothing at all is ended as well, whatever it waits for.
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("a pipe was asked for")
    alarm = threading.Timer(seconds + 2 * _GRACE_SECONDS, process.kill)
    alarm.start()
    answer: dict[str, Any] | None = None
    try:
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        process.stdin.close()
        for line in process.stdout:
            said = _line(line)
            if said is not None and "rows" in said:
                progress(said["rows"])
            else:
                answer = said
    except BrokenPipeError:
        answer = None
    finally:
        alarm.cancel()
        process.kill()
        process.wait()
        process.stdout.close()
    return answer


def _line(line: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None
