"""A process that is killed on its way into an object store.

    python -m tonle.infra.ocfl.tests.remote_crasher DIRECTORY ENDPOINT PREFIX SCENARIO

As `crasher.py`, which see.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.objectstore import BUCKET, KEY, SECRET
from tonle.infra.ocfl import Address, Bucket, RemoteRoot, Staged
from tonle.infra.ocfl.tests.helpers import ID, NOW, SOKHA, request

SECOND = {"record.json": b"second", "data.csv": b"a,b\n", "more.csv": b"1,2\n"}
NEW = "tonle:new"


def remote_root(base: Path, endpoint: str, prefix: str) -> RemoteRoot:
    address = Address(BUCKET, prefix, endpoint, "us-east-1", KEY, SECRET)
    return RemoteRoot(Bucket(address), base / "staging")


def stage(root: RemoteRoot, scenario: str) -> Staged:
    if scenario == "object":
        return root.stage(request(root, SECOND, NEW))
    if scenario == "version":
        return root.stage(request(root, SECOND))
    head = root.head(ID)
    assert head is not None
    return root.stage_purge(
        ID, head, logical_paths=["data.csv"], message="Order.", user=SOKHA, created=NOW
    )


def main(base: Path, endpoint: str, prefix: str, scenario: str) -> None:
    root = remote_root(base, endpoint, prefix)
    staged = stage(root, scenario)
    (base / "intent").write_text(json.dumps(staged.to_json()))
    root.place(staged)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
