"""A process that is killed on its way: stages, authorises, places.

    python -m tonle.infra.ocfl.tests.crasher DIRECTORY SCENARIO

The file `intent` stands for the row that the first transaction of publishing writes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tonle.infra.ocfl import Root, Staged
from tonle.infra.ocfl.durable import exchange
from tonle.infra.ocfl.tests.helpers import ID, NOW, SOKHA, cannot_swap, request

NEW_OBJECTS = [f"tonle:new{n}" for n in range(4)]
SECOND = {"record.json": b"second", "data.csv": b"a,b\n", "more.csv": b"1,2\n"}


def main(base: Path, scenario: str) -> None:
    swap = cannot_swap if scenario == "purge_without_swap" else exchange
    root = Root(base / "ocfl", base / "staging", swap).create()
    if scenario == "create":
        return
    batch = stage(root, scenario)
    # As in the database: either all of it is written or nothing.
    (base / "intent.part").write_text(json.dumps([staged.to_json() for staged in batch]))
    (base / "intent.part").rename(base / "intent")
    if len(batch) == 1:
        root.place(batch[0])
    else:
        assert set(root.place_many(batch)) == {None}


def stage(root: Root, scenario: str) -> list[Staged]:
    if scenario == "object":
        return [root.stage(request(root, SECOND, NEW_OBJECTS[0]))]
    if scenario == "version":
        return [root.stage(request(root, SECOND))]
    if scenario == "batch":
        return root.stage_many(request(root, SECOND, name) for name in [*NEW_OBJECTS, ID])
    head = root.head(ID)
    assert head is not None
    return [
        root.stage_purge(
            ID, head, logical_paths=["data.csv"], message="Order.", user=SOKHA, created=NOW
        )
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
