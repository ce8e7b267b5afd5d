"""What the contexts above let the crosswalks say of their kinds, and which formats they read.

The formats that the world speaks are the catalogue's; what a field of a kind's own profile is
called in them only the context of the kind knows. Light, so that a context can register at
start-up: what it registers fetches the work when it is first called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tonle.catalogue.crosswalks.common import Parsed

# In the shape of a document's `funding_references`; also `currency`, and `amount` as a decimal.
Grant = Mapping[str, Any]
Granting = Callable[[Mapping[str, Any]], Iterable[Grant]]
Describing = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class Reader(NamedTuple):
    """A format that a context reads.

    label: as its owners write it. looks: (a file's name in small letters, its first signs) to
    whether it is of this format; strict, since it is asked before the formats of the catalogue.
    parse: as the readers of the catalogue: (bytes, name) to what is in the file, never raising
    because of the data.
    """

    label: str
    looks: Callable[[str, str], bool]
    parse: Callable[[bytes, str], Parsed]


_GRANTS: dict[str, Granting] = {}
_SCHEMA_ORG: dict[str, Describing] = {}
# The catalogue's table of readers shows these as well.
READERS: dict[str, Reader] = {}


def register_grants(kind: str, granting: Granting) -> None:
    """Let `granting(document)` say which grants a record of that kind tells of in its profile."""
    if _GRANTS.setdefault(kind, granting) is not granting:
        raise RuntimeError(f"Two contexts say the grants of {kind!r}.")


def register_schema_org(kind: str, describing: Describing) -> None:
    """Let `describing(document)` give more properties of a record of that kind, in the words of
    schema.org. They stand before what the catalogue says under the same names."""
    if _SCHEMA_ORG.setdefault(kind, describing) is not describing:
        raise RuntimeError(f"Two contexts describe {kind!r} in the words of schema.org.")


def register_reader(name: str, reader: Reader) -> None:
    """Read one more format. name: stable; it stands in reports and in `source.format`."""
    if READERS.setdefault(name, reader) != reader:
        raise RuntimeError(f"Two contexts read the format {name!r}.")


def grants_of(document: Mapping[str, Any]) -> Iterator[Grant]:
    """The grants of a record: those that paid for it, then those that its profile tells of.

    One that is said in both places is said once, with its amount.
    """
    granting = _GRANTS.get(str(document.get("kind", "")))
    told = list(granting(document)) if granting else []
    known = {_named(one) for one in told}
    for stated in document.get("funding_references", ()):
        if _named(stated) not in known:
            yield stated
    yield from told


def _named(grant: Grant) -> tuple[str, str]:
    return str(grant.get("funder_name", "")), str(grant.get("award_number", ""))


def schema_org_of(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the context of its kind says of a record in the words of schema.org."""
    describing = _SCHEMA_ORG.get(str(document.get("kind", "")))
    return describing(document) if describing else {}
