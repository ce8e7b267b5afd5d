"""The kernel is light until somebody needs what is heavy."""

from __future__ import annotations

import subprocess
import sys

MODULES = "canonical codes dates identifiers lifecycle money names periods text"
HEAVY = {"babel", "icu", "myanmartools", "django"}


def test_importing_the_kernel_reads_no_heavy_library() -> None:
    # A fresh interpreter: in this one, other tests have long imported everything.
    program = (
        f"import sys; from tonle.kernel import {MODULES.replace(' ', ', ')}; print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()

    assert not HEAVY & set(loaded)
