"""What a reviewer is shown of a proposal, by the blindness that the text of the call fixes. Pure.

In a double-blind call nothing that names people or institutions leaves here: partners are
numbered within their country, people are left out, and money is told by party alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

Document = Mapping[str, Any]

DOUBLE: Final = "double"


def of_title(document: Document, blindness: str) -> dict[str, Any]:
    """What is seen before anything is declared: title, theme and team, or without the team."""
    shown = {
        "title": document["title"],
        "theme": document["theme"],
        "language": document["language"],
    }
    if blindness != DOUBLE:
        shown |= {"people": document["people"], "partners": document["partners"]}
    return shown


def of_whole(document: Document, blindness: str) -> dict[str, Any]:
    """The document as a reviewer reads it, in the shape of `tonle-proposal/1`."""
    if blindness != DOUBLE:
        return dict(document)
    counted: Counter[str] = Counter()
    names: dict[str, str] = {}
    partners: list[dict[str, Any]] = []
    for one in document["partners"]:
        counted[one["country"]] += 1
        names[one["id"]] = f"{one['country']} {counted[one['country']]}"
        kept = {name: one[name] for name in ("country", "party") if name in one}
        partners.append({"id": f"p{len(partners) + 1}", "name": names[one["id"]], **kept})
    numbered = dict(zip(names, (one["id"] for one in partners), strict=True))
    return {
        **{
            name: document[name]
            for name in (
                "schema", "call", "text", "language", "title", "summary", "theme", "answers",
            )
        },
        "proposal": "",
        "partners": partners,
        "people": [],
        "costs": [{**one, "partner": numbered[one["partner"]]} for one in document["costs"]],
    }  # fmt: skip
