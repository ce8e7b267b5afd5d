"""Links of a page for machines, as HTTP headers: FAIR Signposting, level 1.

Source: signposting.org/FAIR; RFC 8288 (Link), RFC 8574 (cite-as), RFC 6573 (item).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from tonle.catalogue.crosswalks.writers.here import Here
from tonle.catalogue.crosswalks.writers.schema_org import type_of
from tonle.kernel import identifiers
from tonle.kernel.codes import licence_url

# Proxies refuse headers beyond some kilobytes; a record of thousands of files has them in its
# document and in the API.
MOST_ITEMS: Final = 30
MOST_AUTHORS: Final = 20
LONGEST: Final = 4_000


def links(
    document: Mapping[str, Any], here: Here, described_by: Iterable[tuple[str, str, str]]
) -> str:
    """The value of a Link header.

    described_by: (address, media type, profile or "") of the formats the record comes in.
    """
    found = [_link(here.pid_url, "cite-as")]
    found += [
        _link("https://schema.org/AboutPage", "type"),
        _link(f"https://schema.org/{type_of(document)}", "type"),
    ]
    for agent in document.get("creators", ())[:MOST_AUTHORS]:
        for one in agent.get("identifiers", ()):
            where = identifiers.resolver_url(one["scheme"], one["value"])
            if where and where.startswith(("https://", "http://")):
                found.append(_link(where, "author"))
                break
    for right in document.get("rights", ()):
        where = licence_url(right.get("identifier", "")) or right.get("uri", "")
        if where.startswith(("https://", "http://")):
            found.append(_link(where, "license"))
    found += [
        _link(where, "describedby", media_type, profile)
        for where, media_type, profile in described_by
    ]
    if here.files_open:
        found += [
            _link(here.file_url(file["name"]), "item", file["media_type"])
            for file in document.get("files", ())[:MOST_ITEMS]
        ]
    kept: list[str] = []
    size = 0
    for one in found:
        size += len(one) + 2
        if size > LONGEST:
            break
        kept.append(one)
    return ", ".join(kept)


def _link(where: str, relation: str, media_type: str = "", profile: str = "") -> str:
    # What stands between the brackets is an address: nothing in it may end it or the line.
    safe = quote(where, safe="%/:?#[]@!$&'()*+,;=~-._")
    parts = [f'<{safe}>; rel="{relation}"']
    if media_type and all(c.isalnum() or c in "/+-.;= _" for c in media_type):
        parts.append(f'type="{media_type}"')
    if profile:
        parts.append(f'profile="{profile}"')
    return "; ".join(parts)
