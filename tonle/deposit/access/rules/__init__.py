"""Who may have the files, which of two answers is the stricter, and on which terms. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final, cast

from tonle.kernel.errors import N_
from tonle.kernel.text import choose

TERMS = (
    N_("I use the files only for the purpose that I have stated."),
    N_("I give them to nobody else, and keep them where others cannot reach them."),
    N_("I try to find out about nobody who may be described in them."),
    N_("I name the source wherever I use them."),
    N_("I delete them when my access ends."),
)


LEVELS: Final = ("open", "embargoed", "restricted", "metadata_only")
"""What a depositor can choose, from what everybody gets to what nobody gets."""

# What metadata from elsewhere says of access among its rights: terms of info:eu-repo
# (guidelines of OpenAIRE) and of the COAR vocabulary "Access Rights" 1.0.
_STATED: Final = {
    "info:eu-repo/semantics/embargoedaccess": "embargoed",
    "info:eu-repo/semantics/restrictedaccess": "restricted",
    "info:eu-repo/semantics/closedaccess": "metadata_only",
    "purl.org/coar/access_right/c_f1cf": "embargoed",
    "purl.org/coar/access_right/c_16ec": "restricted",
    "purl.org/coar/access_right/c_14cb": "metadata_only",
}


def strictness(access: Mapping[str, Any] | None) -> int:
    """How little is let out, from 0; an answer that nobody here knows lets out nothing."""
    level = (access or {}).get("level", "open")
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)


def stricter(one: Mapping[str, Any], other: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of two access conditions the one that lets out less; the first where they are alike."""
    return other if strictness(other) > strictness(one) else one


def stated(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The strictest access condition that a description states: as its own, or as rights.

    What is no description is left for the schema to refuse.
    """
    own, rights = document.get("access") or {"level": "open"}, document.get("rights") or ()
    if not isinstance(own, Mapping) or not isinstance(rights, list | tuple):
        return cast(Mapping[str, Any], own)
    found: Mapping[str, Any] = own
    for right in rights:
        if not isinstance(right, Mapping):
            continue
        uri = str(right.get("uri", "")).lower().removeprefix("https://").removeprefix("http://")
        if level := _STATED.get(uri):
            found = stricter(found, {"level": level})
    return found


def wants_conditions(access: Mapping[str, Any]) -> bool:
    """Whether people shall ask for the files and nothing tells them on which conditions."""
    return access.get("level") == "restricted" and not any(
        text.strip() for text in (access.get("note") or {}).values()
    )


def wants_end(access: Mapping[str, Any]) -> bool:
    """Whether the files shall open by themselves and no day is known: then they never do."""
    return access.get("level") == "embargoed" and not access.get("embargo_until")


def terms_text(document: Mapping[str, Any], language: str, sentences: tuple[str, ...]) -> str:
    """The whole text that is agreed to, in the reader's language as far as there is one.

    sentences: TERMS, translated. The record's own condition comes first.
    """
    note = (document.get("access") or {}).get("note") or {}
    own = choose(note, language)[1].strip() if note else ""
    return "\n".join(([own] if own else []) + list(sentences))


def digest(text: str) -> str:
    """SHA-256 of the text in UTF-8, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
