"""The kinds of record a node knows, as the contexts above register them.

The catalogue knows none of them by name. A context calls `register_kind` when it
is ready; the profile is the JSON Schema of what the kind adds to the record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tonle.kernel.errors import N_, Invalid


@dataclass(frozen=True)
class Kind:
    """One kind of record.

    name: stable, snake case, part of addresses and documents.
    label, plural: gettext messages (marked with N_ where they are written).
    context: the context that owns the kind.
    profile: JSON Schema (draft 2020-12) of the document's `profile`, without `schema`.
    facets: by what else a document of this kind is found: names of the index's facets to codes.
    stands: from which day on, and up to which, the thing is in force; either may be open.
    """

    name: str
    label: str
    plural: str
    context: str
    profile: Mapping[str, Any]
    facets: Callable[[Mapping[str, Any]], Mapping[str, list[str]]] | None = None
    stands: Callable[[Mapping[str, Any]], tuple[date, date | None] | None] | None = None

    @property
    def profile_schema(self) -> str:
        """The value of `profile.schema` in documents of this kind."""
        return f"tonle-{self.name.replace('_', '-')}/1"


_KINDS: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Make a kind known. The same kind twice is an error of the program."""
    if kind.name in _KINDS and _KINDS[kind.name] != kind:
        raise RuntimeError(f"Two contexts register the kind {kind.name!r}.")
    _KINDS[kind.name] = kind


def kinds() -> tuple[Kind, ...]:
    """All kinds, in the order of registration: lower bands first."""
    return tuple(_KINDS.values())


def kind(name: str) -> Kind:
    """The kind of that name. Raises Invalid when no context registered it."""
    try:
        return _KINDS[name]
    except KeyError:
        raise Invalid([("kind", N_("No kind of record has this name."))]) from None
