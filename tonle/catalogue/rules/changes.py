"""What changed between two documents of one record, in words that people can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

# What the catalogue counts by itself, and files, which are told by name.
_NOT_TOLD: Final = frozenset(
    [
        "created_at",
        "files",
        "home",
        "id",
        "published_at",
        "revision",
        "schema",
        "source",
        "state",
        "updated_at",
        "version",
    ]
)


@dataclass(frozen=True)
class Changes:
    """added, removed, replaced, renamed: file names. fields: keys of the document."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.replaced or self.fields)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """What `after` says otherwise than `before`. Names in the order of `after`."""
    old = {file["name"]: file["sha256"] for file in before.get("files", ())}
    new = {file["name"]: file["sha256"] for file in after.get("files", ())}
    keys = [*after, *(key for key in before if key not in after)]
    return Changes(
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        replaced=tuple(name for name in new if name in old and new[name] != old[name]),
        fields=tuple(
            key for key in keys if key not in _NOT_TOLD and before.get(key) != after.get(key)
        ),
    )
