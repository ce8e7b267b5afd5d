"""A process that reads one stranger's file, with bounds, and nothing else.

    python -m tonle.deposit.checks.child     one JSON object on standard input

A parser that a hostile file breaks takes only this process with it. It has no database, no
settings and no secrets; it sets its own limits before it opens the file. On standard output
it writes JSON lines: `{"rows": n}` while it reads, and last `{"report": {…}}` or
`{"done": true}` or `{"refused": "…"}`.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

_MIB = 1 << 20
_ASK_SECONDS = 0.5


def bound(memory_bytes: int, cpu_seconds: int, written_bytes: int) -> None:
    """Ask the system to end this process where it takes more."""
    for limit, wanted in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, written_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        _, hard = resource.getrlimit(limit)
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(limit, (most, most))


def tell(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Do the one thing that is asked for."""
    asked: dict[str, Any] = json.loads(sys.stdin.readline())
    bound(asked["memory_bytes"], asked["cpu_seconds"], asked["written_bytes"])
    path = Path(asked["path"])
    if asked["do"] == "scan":
        tell({"report": _scan(path, asked).to_json()})
        return 0
    return _copy(path, asked)


def _scan(path: Path, asked: dict[str, Any]) -> Any:
    from tonle.deposit.checks.rules.personal.scan import scan

    ends = time.monotonic() + asked["seconds"]
    told = [time.monotonic()]

    def go_on(rows: int) -> bool:
        at = time.monotonic()
        if at - told[0] >= _ASK_SECONDS:
            told[0] = at
            tell({"rows": rows})
        return bool(at < ends)

    return scan(path, asked["name"], go_on=go_on)


def _copy(path: Path, asked: dict[str, Any]) -> int:
    from tonle.deposit.checks.rules.personal import coarse, photographs

    target = Path(asked["target"])
    try:
        if asked["do"] == "clean":
            photographs.clean(path, target)
        else:
            columns = {int(place): how for place, how in asked["columns"].items()}
            coarse.coarsen(path, asked["name"], target, columns=columns, kinds=asked["kinds"])
    except (photographs.NoPhotograph, coarse.CannotCoarsen):
        tell({"refused": "form"})
        return 0
    tell({"done": True})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
