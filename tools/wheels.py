"""`python -m tools.wheels`: is there a wheel of every locked package for every machine?

Asks the package registry that the machine is set up with, through uv, and installs
nothing. It is for whoever changes a lock; tests work without a network.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile

from config.options import BASE_DIR

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
# The C library of Debian 10 and Ubuntu 20.04, and everything younger.
MACHINES = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28")


def main() -> int:
    missing = 0
    for python in PYTHONS:
        for machine in MACHINES:
            with tempfile.TemporaryDirectory() as nowhere:
                command = [
                    "uv", "pip", "install", "--dry-run", "--quiet", "--target", nowhere,
                    "--only-binary", ":all:", "--require-hashes",
                    "--python-version", python, "--python-platform", machine,
                    "-r", str(BASE_DIR / "requirements" / "runtime.txt"),
                ]  # fmt: skip
                done = subprocess.run(
                    [f"{sys.prefix}/bin/{command[0]}", *command[1:]],
                    check=False, capture_output=True, text=True,
                )  # fmt: skip
            print(f"Python {python} on {machine}: {'missing' if done.returncode else 'complete'}")
            if done.returncode:
                print(done.stderr)
                missing += 1
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
