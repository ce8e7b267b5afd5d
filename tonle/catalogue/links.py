"""What a record says that it came of beyond its relations, as the context of its kind reads it.

A project names its call in a field of its profile, a programme its agreement with the key areas
that it serves; only their contexts know those fields. `trace` follows what is named.
Light and pure, so that a context can register at start-up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple


class CameOf(NamedTuple):
    """What is named: an identifier (`tonle` and a record's id), and one of its key areas or ""."""

    scheme: str
    value: str
    area: str = ""


Finding = Callable[[Mapping[str, Any]], Iterable[CameOf]]

_FINDINGS: dict[str, dict[str, Finding]] = {}


def register_links(kind: str, name: str, finding: Finding) -> None:
    """Let `finding(document)` say what a record of that kind came of, by fields of its own.

    It is asked of documents of other nodes and of later versions too: what has another shape
    than ours it passes over.
    """
    of_kind = _FINDINGS.setdefault(kind, {})
    if of_kind.get(name, finding) is not finding:
        raise RuntimeError(f"Two findings of links of {kind} are registered as {name!r}.")
    of_kind[name] = finding


def named_by_fields(document: Mapping[str, Any]) -> Iterator[CameOf]:
    """What the record came of, as the fields of its kind say."""
    for finding in _FINDINGS.get(str(document.get("kind", "")), {}).values():
        yield from finding(document)
