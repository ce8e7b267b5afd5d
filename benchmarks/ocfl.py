"""Objects kept per second: one by one, in batches, and beside plain files, in one run.

    python -m benchmarks.ocfl [OBJECTS] [DIRECTORY]

Each object holds one record document of 2 kB and one file of 4 kB. "Plain files" is
what an object costs that is only its two files, each made lasting with fsync: the
least that any way of keeping them honestly has to do. Ratios hold; rates are those of
the machine and of what else ran on it.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tonle.infra.ocfl import Request, Root, User
from tonle.infra.ocfl.durable import EachAtOnce, sync_directory, write_file

BATCH = 200
NOW = datetime(2026, 1, 1, tzinfo=UTC)
USER = User("benchmark")

Files = dict[str, bytes]


def main(objects: int, parent: Path | None) -> None:
    rng = random.Random(1)
    contents = [
        {"record.json": rng.randbytes(2048), "data.csv": rng.randbytes(4096)}
        for _ in range(objects)
    ]
    ways: list[tuple[str, Callable[[Path, list[Files]], float]]] = [
        ("plain files, fsync each", plain),
        ("OCFL, one by one", one_by_one),
        (f"OCFL, batches of {BATCH}", batches),
        ("OCFL, second version, one by one", second_version),
        ("OCFL, fixity", fixity),
    ]
    baseline = 0.0
    print(f"{objects} objects of two files, 6 kB")
    # Removed at the end only: for a minute after many deletions ext4 looks long for a free
    # inode, and each way would be measured on what the one before has deleted.
    with tempfile.TemporaryDirectory(dir=parent, prefix="ocfl-benchmark-") as folder:
        for number, (name, way) in enumerate(ways):
            base = Path(folder) / str(number)
            base.mkdir()
            rate = objects / way(base, contents)
            baseline = baseline or rate
            print(f"{name:<36}{rate:>9,.0f} objects/s{rate / baseline:>8.2f} of plain")


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def plain(base: Path, contents: list[Files]) -> float:
    def write() -> None:
        for number, files in enumerate(contents):
            folder = base / str(number)
            folder.mkdir()
            for name, data in files.items():
                write_file(folder / name, data, EachAtOnce())
            sync_directory(folder)
            sync_directory(base)

    return timed(write)


def root_in(base: Path) -> Root:
    return Root(base / "ocfl", base / "staging").create()


def requests(root: Root, contents: list[Files]) -> list[Request]:
    return [
        Request(f"tonle:{n}", root.head(f"tonle:{n}"), files, "", USER, NOW)
        for n, files in enumerate(contents)
    ]


def one_by_one(base: Path, contents: list[Files]) -> float:
    root = root_in(base)
    wanted = requests(root, contents)
    return timed(lambda: place_each(root, wanted))


def place_each(root: Root, wanted: list[Request]) -> None:
    for request in wanted:
        root.place(root.stage(request))


def fill(root: Root, contents: list[Files]) -> None:
    wanted = requests(root, contents)
    for start in range(0, len(wanted), BATCH):
        errors = root.place_many(root.stage_many(wanted[start : start + BATCH]))
        assert not any(errors)


def batches(base: Path, contents: list[Files]) -> float:
    root = root_in(base)
    return timed(lambda: fill(root, contents))


def second_version(base: Path, contents: list[Files]) -> float:
    root = root_in(base)
    fill(root, contents)
    changed = [files | {"record.json": files["record.json"][::-1]} for files in contents]
    wanted = requests(root, changed)
    return timed(lambda: place_each(root, wanted))


def fixity(base: Path, contents: list[Files]) -> float:
    root = root_in(base)
    fill(root, contents)

    def check() -> None:
        assert not any(checked.findings for checked in root.fixity_all())

    return timed(check)


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1000,
        Path(sys.argv[2]) if len(sys.argv) > 2 else None,
    )
