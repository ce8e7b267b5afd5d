"""`./lint`: runs every check, prints the time of each, fails when one fails."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent

CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("form", ("ruff", "format", "--check", "--quiet", ".")),
    ("rules of the language", ("ruff", "check", "--quiet", ".")),
    ("types", ("mypy", ".")),
    ("the map", ("lint-imports",)),
    ("templates", ("djlint", "--lint", "--quiet", "tonle")),
)
FIXES: tuple[tuple[str, ...], ...] = (
    ("ruff", "check", "--fix", "--quiet", "."),
    ("ruff", "format", "--quiet", "."),
)


def main(arguments: list[str]) -> int:
    if arguments == ["--fix"]:
        for fix in FIXES:
            subprocess.run([str(BIN / fix[0]), *fix[1:]], check=False)
    elif arguments:
        print("Usage: ./lint [--fix]", file=sys.stderr)
        return 2
    failed = []
    for name, command in CHECKS:
        began = time.monotonic()
        done = subprocess.run([str(BIN / command[0]), *command[1:]], check=False)
        verdict = "failed" if done.returncode else "good"
        print(f"== {name}: {verdict} after {time.monotonic() - began:.1f} s", flush=True)
        if done.returncode:
            failed.append(name)
    if failed:
        print(f"Lint found something in: {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
