"""An embedder at work in a process of its own, to be killed: `vectors_child ROOT THINGS`."""

from __future__ import annotations

import sys
from pathlib import Path

from tonle.search.shelf import Shelf
from tonle.search.tests.memory import MemorySource, history
from tonle.search.tests.small_model import DIMENSIONS, SmallModel
from tonle.search.vectors.follower import Follower


def follower(root: Path, source: MemorySource, model: SmallModel) -> Follower:
    return Follower(
        Shelf(root),
        [source],
        lambda: model,
        model=model.name,
        dimensions=DIMENSIONS,
        commit_every=5,
    )


if __name__ == "__main__":
    lived = MemorySource()
    history(lived, int(sys.argv[2]))
    follower(Path(sys.argv[1]), lived, SmallModel()).catch_up()
