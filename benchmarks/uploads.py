"""A large file into a node and out of it, beside what disk and digest allow.

    python -m benchmarks.uploads [--mb 1024] [--data DIR]

The node is made in a temporary directory (`--data` names where it and the file lie: the disk
that is measured). `tonle put` and `tonle get` work over loopback, so that the link is no limit;
the file is new noise, which nothing can make smaller. Beside: the same bytes written and synced
by themselves, and SHA-512 over them, one after the other, in the same run; that is the least
that keeping a checked file costs.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.figures import Figure, table, yardstick
from tests.node import Node
from tests.noise import MIB
from tests.test_uploads_go_on import Sokha
from tonle.client import Node as Door

# What the design asks for, of what disk and digest allow.
LIMITS = {"put": 0.6, "get": 0.8}


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def least(source: Path, target: Path) -> float:
    """Seconds to write and sync the bytes, and to take their SHA-512."""

    def write() -> None:
        with source.open("rb") as given, target.open("wb") as kept:
            while piece := given.read(MIB):
                kept.write(piece)
            kept.flush()
            os.fsync(kept.fileno())

    def digest() -> None:
        with target.open("rb") as kept:
            hashlib.file_digest(kept, "sha512")

    seconds = timed(write) + timed(digest)
    target.unlink()
    return seconds


def measure(folder: Path, size_mb: int) -> list[Figure]:
    node = Node(folder / "var", TONLE_API_LIMIT="0")
    node.tonle("init", "--quiet")
    node.tonle("user", "add", "sokha@example.org")
    node.start()
    try:
        sokha = Sokha(node, folder, size_mb * MIB)
        door = Door(node.url, token=sokha.token)
        allowed = least(sokha.file, folder / "beside")
        put = timed(lambda: door.deposit(sokha.draft).put(sokha.file))
        assert sokha.digests() == [sokha.sha256]
        got = folder / "got"
        get = timed(lambda: sokha.fetch(got))
    finally:
        node.stop()
    return [
        Figure(
            f"{what} {size_mb} MB", size_mb / seconds, "MB/s",
            f"disk and SHA-512 (at least {LIMITS[what]:.0%})", size_mb / allowed,
        )
        for what, seconds in (("put", put), ("get", get))
    ]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.uploads", description=__doc__)
    parser.add_argument("--mb", type=int, default=1024)
    parser.add_argument("--data", type=Path, metavar="DIR")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tonle-benchmark-", dir=args.data) as folder:
        figures = measure(Path(folder), args.mb)
    print(table(figures))
    print(f"\nyardstick {yardstick():.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
