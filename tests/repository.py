"""The files of the project as git knows them."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

from config.options import BASE_DIR


@cache
def _all() -> tuple[Path, ...]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=False,
        capture_output=True,
        cwd=BASE_DIR,
    )
    if listed.returncode == 0:
        names = listed.stdout.decode().split("\0")
        return tuple(p for name in names if name and (p := BASE_DIR / name).is_file())
    # A copy without its history: everything but what is made here.
    made = {".venv", "var", "build", "__pycache__"}
    return tuple(
        p
        for p in BASE_DIR.rglob("*")
        if p.is_file() and not made & set(p.relative_to(BASE_DIR).parts)
    )


def files(pattern: str = "*") -> list[Path]:
    """Every file of the project whose name matches, in order of path."""
    return sorted(path for path in _all() if path.match(pattern))
