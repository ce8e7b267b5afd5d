"""The starter set: real tools, calls, laboratories, agreements and policies of the region.

What a new node shows before anybody has put anything in. The facts are from public pages
and packages, each with its source; the sentences are ours, the languages other than English
are translated by machine and marked so (`translations`). It is data: add a thing by adding
an object to a file in `records/`, under a key that never changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tonle.kernel import canonical

__all__ = ["documents", "links", "organisations", "received_sha256"]

_HERE = Path(__file__).parent


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every record: its key, and the descriptive part of a `tonle-record/1`.

    The key is also `source.key`. Files in order of their names, records as they stand.
    """
    for path in sorted((_HERE / "records").glob("*.json")):
        for record in json.loads(path.read_text(encoding="utf-8"))["records"]:
            yield record["key"], record["document"]


def links() -> dict[str, list[tuple[str, str]]]:
    """Key of a record to what it names of the others: (relation, key of the other).

    Records get their names when they are loaded, so these are no relations yet.
    """
    return {
        record["key"]: [(link["type"], link["key"]) for link in record["links"]]
        for path in sorted((_HERE / "records").glob("*.json"))
        for record in json.loads(path.read_text(encoding="utf-8"))["records"]
        if "links" in record
    }


def organisations() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every organisation: its key ("ror:…" or "org:…") and what is known of it.

    names: language map, `en` always there. member: KHM, LAO, THA, VNM, MMR or CHN-YN.
    country, place: as the source writes them. types: the source's words. identifiers:
    [{scheme, value}]. website; source: {citation, uri, retrieved_on}.
    """
    loaded = json.loads((_HERE / "organisations.json").read_text(encoding="utf-8"))
    for organisation in loaded["organisations"]:
        yield organisation["key"], {k: v for k, v in organisation.items() if k != "key"}


def received_sha256(document: dict[str, Any]) -> str:
    """The digest by which a second loading sees that nothing changed."""
    return canonical.digest(document)
