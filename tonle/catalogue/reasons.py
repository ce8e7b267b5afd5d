"""Why records are not shown any more, in words, for the reasons that the node itself gives.

What a person wrote stays as it was written. What a rule of ours does has one sentence a
category, which each reader has in their own language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WORDS: dict[str, str] = {}


def register_reason(category: str, message: str) -> None:
    """category: of a tombstone; message: a sentence of the source language, marked by N_."""
    if _WORDS.setdefault(category, message) != message:
        raise ValueError(f"the reason {category} has two sentences")


def reason_in_words(tombstone: Mapping[str, Any]) -> str:
    """The sentence of the source language for gettext; "" where a person wrote the reason."""
    message = _WORDS.get(tombstone.get("category", ""), "")
    return message if tombstone.get("reason") in ({"en": message}, None, {}) else ""
