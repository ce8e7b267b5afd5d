"""Whether a hook is told of something, on plain values.

The selection is that of walks (`catalogue.public.Selection`); here it is asked of a document,
since each entry is looked at once, whichever hooks there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Wish:
    """What a hook is to hear of; what is empty is anything.

    events: types of messages. own_only: not of records harvested from elsewhere.
    """

    events: frozenset[str] = field(default_factory=frozenset)
    kind: str = ""
    member: str = ""
    community: str = ""
    access: str = ""
    own_only: bool = False


def matches(wish: Wish, event: str, document: Mapping[str, Any]) -> bool:
    """Whether the wish is to hear of this event of the record in this document."""
    return (
        (not wish.events or event in wish.events)
        and wish.kind in {"", document.get("kind")}
        and wish.access in {"", document.get("access", {}).get("level")}
        and _among(wish.member, document.get("members"))
        and _among(wish.community, document.get("communities"))
        and not (wish.own_only and is_harvested(document))
    )


def is_harvested(document: Mapping[str, Any]) -> bool:
    """Whether the record is at home elsewhere, and was read there."""
    return bool(document.get("source", {}).get("harvested_at"))


def _among(wanted: str, found: Any) -> bool:
    return not wanted or wanted in (found or ())
