"""Whether two descriptions can be of one thing, where only their places say so.

Standards fix the names of their files, so two projects have the same ones; and a person names
a folder as they like. A place is a reason to compare, never an answer.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from tonle.catalogue.rules.named import names_of

Document = Mapping[str, Any]


def something_in_common(one: Document, other: Document) -> bool:
    """A name, an address, a title or a creator of both: enough where the place is the same."""
    return any(set(says(one)) & set(says(other)) for says in (_names, _titles, _creators))


def same_thing(one: Document, other: Document) -> bool:
    """Enough where the place only resembles: a name of the world of both, or the same title
    with nothing that speaks against it, neither other creators nor another year."""
    if set(_pids(one)) & set(_pids(other)):
        return True
    if not set(_titles(one)) & set(_titles(other)):
        return False
    ours, theirs = set(_creators(one)), set(_creators(other))
    years = {d["publication_year"] for d in (one, other) if "publication_year" in d}
    return len(years) < 2 and (bool(ours & theirs) or not (ours and theirs))


def _pids(document: Document) -> Iterator[str]:
    # An address is where a thing lies; many may lie there.
    return (pid["value"] for pid in document.get("pids", ()) if pid["scheme"] != "url")


def _names(document: Document) -> Iterator[str]:
    """Names that mean the same everywhere; a number of a register is one only there."""
    worldly = (name.strip().rstrip("/").casefold() for name in names_of(document))
    return (name for name in worldly if ":" in name or name.startswith("10."))


def _titles(document: Document) -> Iterator[str]:
    held = [document.get("titles", {})]
    held += [other["text"] for other in document.get("other_titles", ())]
    return (folded for texts in held for text in texts.values() if (folded := _folded(text)))


def _creators(document: Document) -> Iterator[str]:
    """Names in any order of their parts and in each script, and identifiers."""
    for agent in document.get("creators", ()):
        for name in (agent["name"], *agent.get("names", {}).values()):
            yield " ".join(sorted(_folded(part) for part in name.split()))
        for identifier in agent.get("identifiers", ()):
            yield f"{identifier['scheme']}:{identifier['value']}"


def _folded(text: str) -> str:
    """Its letters, with their marks, and its numbers."""
    return "".join(
        sign
        for sign in unicodedata.normalize("NFKC", text).casefold()
        if unicodedata.category(sign)[0] in "LMN"
    )
