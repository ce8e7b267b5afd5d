"""A node as a newcomer has it after `./run`: made, filled with the starter set, served."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.node import Node


@contextmanager
def starter_node(data: Path) -> Iterator[Node]:
    """A node in `data`, stopped in the end; every record of the starter set can be found."""
    from tonle.catalogue import starter

    node = Node(data)
    node.start("up")
    try:
        wanted = sum(1 for _ in starter.documents())
        # The index follows the log beside the server, a moment later.
        for _attempt in range(600):
            if _found(node) == wanted:
                break
            time.sleep(0.1)
        else:
            raise AssertionError(f"{_found(node)} of {wanted} records can be found.")
        yield node
    finally:
        node.stop()


def read(node: Node, path: str, language: str = "en") -> Any:
    """The JSON at an address of the node."""
    request = urllib.request.Request(  # noqa: S310 # Our own node.
        node.url + path, headers={"Accept": "application/json", "Accept-Language": language}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 # Our own node.
        return json.load(answer)


def _found(node: Node) -> int:
    # Every access level: a filter is what makes the API ask the index and not the database.
    levels = "".join(f"&access={x}" for x in ("open", "embargoed", "restricted", "metadata_only"))
    return int(read(node, f"/api/v1/records?limit=1{levels}")["total"])
