"""Concepts of the node's vocabularies that a draft speaks of, for its depositor and curators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tonle.search.public import Part, Suggestions, suggest_concepts


def suggested(document: Mapping[str, Any]) -> Suggestions:
    """What the draft speaks of and does not name yet, the surest first."""
    held = document.get("subjects", ())
    have = {
        subject.get(key, "") for subject in held for key in ("value_uri", "classification_code")
    }
    return suggest_concepts(_parts(document), have=have - {""})


def _parts(document: Mapping[str, Any]) -> Iterator[Part]:
    for subject in document.get("subjects", ()):
        # What comes from a vocabulary is not looked for in another one.
        if not subject.get("scheme"):
            yield from (Part("keyword", tag, text) for tag, text in subject["text"].items())
    yield from (Part("title", tag, text) for tag, text in document.get("titles", {}).items())
    for other in document.get("other_titles", ()):
        yield from (Part("title", tag, text) for tag, text in other["text"].items())
    for one in document.get("descriptions", ()):
        yield from (Part("description", tag, text) for tag, text in one["text"].items())
