"""Libraries that a node installs only when it is asked for what needs them."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]


def install(group: str, size: str) -> bool:
    """Put what requirements/GROUP.txt locks into the environment that runs this.

    Only where that is Tonle's own environment. size: what it takes, in words. Returns
    whether it was tried and succeeded; what went wrong stands on the terminal.
    """
    prepare = _ROOT / "tools" / "environment.sh"
    if Path(sys.prefix) != _ROOT / ".venv" or not prepare.exists() or not shutil.which("sh"):
        return False
    print(f"Installing what requirements/{group}.txt names: {size} on disk.", flush=True)
    script = 'root=$1; . "$root/tools/environment.sh"; prepare runtime "$2"'
    done = subprocess.run(  # noqa: S603 # Our own script.
        ["sh", "-eu", "-c", script, "-", _ROOT, group],  # noqa: S607 # The system's own shell.
        check=False,
    )
    if done.returncode:
        print("They could not be installed; what went wrong stands above.")
    importlib.invalidate_caches()
    return not done.returncode
