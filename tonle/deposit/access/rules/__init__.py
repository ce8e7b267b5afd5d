"""The terms on which restricted files are given out. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from tonle.kernel.errors import N_
from tonle.kernel.text import choose

TERMS = (
    N_("I use the files only for the purpose that I have stated."),
    N_("I give them to nobody else, and keep them where others cannot reach them."),
    N_("I try to find out about nobody who may be described in them."),
    N_("I name the source wherever I use them."),
    N_("I delete them when my access ends."),
)


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
