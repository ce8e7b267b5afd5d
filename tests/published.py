"""A published record with files of a test's own, on a node in processes of its own."""

from __future__ import annotations

import json
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
    found = read(node, "/api/v1/records?sort=newest&limit=100")["items"]
    return next(str(one["id"]) for one in found if one["title"] == title)
