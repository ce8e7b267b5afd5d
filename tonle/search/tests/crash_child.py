"""An indexer in a process of its own, to be killed: `crash_child ROOT THINGS ROUNDS`.

In each round a third more of the history happens, and the index catches up; the last
round makes the index anew. Run again, it finds the same history and goes on.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tonle.search.indexer import Indexer
from tonle.search.schema import schema
from tonle.search.shelf import Shelf
from tonle.search.tests.memory import MemorySource, history


def indexer(root: Path, source: MemorySource) -> Indexer:
    return Indexer(Shelf(root), [source], schema(), batch=7, commit_every=20)


def main(root: Path, things: int) -> None:
    for part in (1, 2, 3):
        source = MemorySource()
        history(source, things * part // 3)
        indexer(root, source).catch_up()
    indexer(root, source).catch_up(rebuild=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
