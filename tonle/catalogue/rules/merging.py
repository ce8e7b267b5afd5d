"""Two people change one document: what both may keep, and what only they can settle.

A three-way merge by the keys of the document, and one level deeper in its `profile`,
where forms have their fields. Lists are taken whole: half of one person's creators and
half of another's is a list that nobody wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# In documents nothing is null, so None can say that a key is not there.
Pair = tuple[Any, Any]


@dataclass(frozen=True)
class Merge:
    """document: what holds where nothing clashed. conflicts: key to (theirs, yours)."""

    document: dict[str, Any]
    conflicts: dict[str, Pair] = field(default_factory=dict)


def merge(
    base: Mapping[str, Any] | None, theirs: Mapping[str, Any], yours: Mapping[str, Any]
) -> Merge:
    """Join two changes of one document.

    base: what both began from, or None where it is not known any more; then whatever
    differs clashes. Keys of the profile are told as "profile/<key>". A key that is absent
    on one side is None there. A clashing key keeps their value in the document.
    """
    merged = _level(base, theirs, yours)
    if "profile" not in merged.conflicts:
        return merged
    known = None if base is None else base.get("profile", {})
    a, b = theirs.get("profile"), yours.get("profile")
    if not (isinstance(a, dict) and isinstance(b, dict) and isinstance(known, dict | None)):
        return merged
    inner = _level(known, a, b)
    conflicts = {key: pair for key, pair in merged.conflicts.items() if key != "profile"}
    conflicts |= {f"profile/{key}": pair for key, pair in inner.conflicts.items()}
    return Merge({**merged.document, "profile": inner.document}, conflicts)


def _level(
    base: Mapping[str, Any] | None, theirs: Mapping[str, Any], yours: Mapping[str, Any]
) -> Merge:
    document: dict[str, Any] = {}
    conflicts: dict[str, Pair] = {}
    for key in dict.fromkeys([*theirs, *yours]):
        a, b = theirs.get(key), yours.get(key)
        value = a
        if a != b:
            if base is not None and base.get(key) == a:
                value = b
            elif base is None or base.get(key) != b:
                conflicts[key] = (a, b)
        if value is not None:
            document[key] = value
    return Merge(document, conflicts)
