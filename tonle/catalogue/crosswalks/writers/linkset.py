"""Every link of a record as one document: FAIR Signposting, level 2.

The page with all of its links, each file with the way back to the page, each format of the
metadata with what it describes. Source: RFC 9264 sections 4.1 and 4.2; signposting.org/FAIR.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from tonle.catalogue.crosswalks.writers import head
from tonle.catalogue.crosswalks.writers.head import Link

TEXT: Final = "application/linkset"
JSON: Final = "application/linkset+json"

Context = tuple[str, Sequence[Link]]


def contexts(page_url: str, links: Sequence[Link]) -> Iterable[Context]:
    """(anchor, links) of the page, then of what it links to. links: as `head.of_page` has them."""
    yield page_url, links
    for link in links:
        if link.relation == "item":
            yield link.target, head.of_file(page_url, link.media_type)
        elif link.relation == "describedby":
            yield link.target, head.of_metadata(page_url)


def as_text(found: Iterable[Context]) -> str:
    """As one Link field, a link to a line; each says its context."""
    lines = [
        f'{link}; anchor="{head.safe_address(anchor)}"' for anchor, links in found for link in links
    ]
    return ",\n".join(lines) + "\n"


def as_json(found: Iterable[Context]) -> str:
    """As JSON: an object for each context, in it a list for each relation."""
    made = []
    for anchor, links in found:
        one: dict[str, Any] = {"anchor": head.safe_address(anchor)}
        for link in links:
            target = {"href": head.safe_address(link.target)}
            if link.media_type:
                target["type"] = link.media_type
            if link.profile:
                target["profile"] = link.profile
            one.setdefault(link.relation, []).append(target)
        made.append(one)
    return json.dumps({"linkset": made}, ensure_ascii=False, indent=1) + "\n"
