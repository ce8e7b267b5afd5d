"""A published record with files of a test's own, on a node in processes of its own."""

from __future__ import annotations

import json
import time
from pathlib import Path

from tests.node import Node
from tests.starter import read

METADATA = "ro-crate-metadata.json"


def publish(node: Node, folder: Path, title: str = "Rice of Takeo") -> str:
    """Publish what lies in a folder as one open record of the node. Returns the record's id.

    It comes in as a crate, as `tonle import` takes it from anybody.
    """
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": title,
        "author": {"@type": "Person", "name": "Chan Sophea"},
        "license": {"@id": "https://creativecommons.org/licenses/by/4.0/"},
    }
    about = {"@id": METADATA, "@type": "CreativeWork", "about": {"@id": "./"}}
    graph = {"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": [about, root]}
    (folder / METADATA).write_text(json.dumps(graph), encoding="utf-8")
    node.tonle("import", str(folder))
    return _found(node, title)


def _found(node: Node, title: str) -> str:
    """Its id, once the node has read its own log: search follows what is published."""
    for _ in range(600):
        items = read(node, "/api/v1/records?sort=newest&limit=100")["items"]
        if found := next((str(one["id"]) for one in items if one["title"] == title), ""):
            return found
        time.sleep(0.1)
    raise AssertionError(f"The node does not show “{title}” a minute after it was published.")
