"""Typed links for machines: FAIR Signposting, in HTTP headers (level 1) and link sets (level 2).

`of_page` has every link of a landing page; `header` writes of them what a header can hold,
`linkset` writes them all, with those of the files and of the metadata back to the page.
Source: signposting.org/FAIR (2 October 2023); RFC 8288 (Link), RFC 8574 (cite-as), RFC 6573
(item, collection), RFC 6892 (describes), RFC 9264 (linkset), RFC 6906 (profile).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from tonle.catalogue.crosswalks.writers.common import distributions_elsewhere, licence_urls
from tonle.catalogue.crosswalks.writers.here import Here
from tonle.catalogue.crosswalks.writers.schema_org import type_of
from tonle.kernel import identifiers

# Proxies refuse a head beyond some kilobytes (8 kB of nginx, with all other fields).
LONGEST: Final = 4_000
ABOUT_PAGE: Final = "https://schema.org/AboutPage"
_TYPE_OF_MEDIA: Final = {"audio": "AudioObject", "image": "ImageObject", "video": "VideoObject"}


@dataclass(frozen=True)
class Link:
    """One link; its context is said elsewhere. media_type, profile: "" where there is none."""

    relation: str
    target: str
    media_type: str = ""
    profile: str = ""

    def __str__(self) -> str:
        parts = [f'<{safe_address(self.target)}>; rel="{self.relation}"']
        if self.media_type:
            parts.append(f'type="{self.media_type}"')
        if self.profile:
            parts.append(f'profile="{self.profile}"')
        return "; ".join(parts)


@dataclass(frozen=True)
class Described:
    """A format that a record comes in: its address, its type, its profile or ""."""

    url: str
    media_type: str
    profile: str = ""


def of_page(
    document: Mapping[str, Any], here: Here, described_by: Iterable[Described]
) -> list[Link]:
    """Every link of a landing page, in the order of their worth to a reader of headers."""
    found = [
        Link("cite-as", here.pid_url),
        Link("type", ABOUT_PAGE),
        Link("type", f"https://schema.org/{type_of(document)}"),
    ]
    # The profile allows one; the first is the one that the depositor put first.
    found += [Link("license", where) for where in licence_urls(document)[:1]]
    found += [Link("describedby", one.url, one.media_type, one.profile) for one in described_by]
    found += [Link("author", where) for where in _authors(document)]
    return found + _items(document, here)


def of_metadata(page_url: str) -> list[Link]:
    """Links of one format of a record, back to the page of what it describes."""
    return [Link("describes", page_url, "text/html")]


def of_file(page_url: str, media_type: str) -> list[Link]:
    """Links of a file: the page of the record that it is part of, and what it is."""
    kind = _TYPE_OF_MEDIA.get(media_type.partition("/")[0], "MediaObject")
    return [Link("collection", page_url, "text/html"), Link("type", f"https://schema.org/{kind}")]


def to_linksets(url: str) -> list[Link]:
    """Where the whole set lies, in both of its forms. url: of the page."""
    return [
        Link("linkset", f"{url}?format=linkset", "application/linkset"),
        Link("linkset", f"{url}?format=linkset-json", "application/linkset+json"),
    ]


def header(links: Sequence[Link]) -> str:
    """The value of a Link field, below LONGEST characters.

    A relation is there with all of its links or not at all: half a list of files would be
    taken for the whole. What is left out is in the link set.
    """
    kept: list[str] = []
    room = LONGEST
    for relation in dict.fromkeys(link.relation for link in links):
        written = [str(link) for link in links if link.relation == relation]
        size = sum(len(one) + 2 for one in written)
        if size <= room:
            kept += written
            room -= size
    return ", ".join(kept)


def safe_address(where: str) -> str:
    """An address between brackets: nothing in it may end it or its line."""
    return quote(where, safe="%/:?#[]@!$&'()*+,;=~-._")


def _authors(document: Mapping[str, Any]) -> list[str]:
    """One resolving name of each creator that has one, ORCID and ROR before others."""
    found = []
    for agent in document.get("creators", ()):
        known = sorted(agent.get("identifiers", ()), key=lambda i: i["scheme"] not in _FIRST)
        urls = (identifiers.resolver_url(one["scheme"], one["value"]) for one in known)
        where = next((url for url in urls if url and url.startswith(("https://", "http://"))), "")
        if where:
            found.append(where)
    return list(dict.fromkeys(found))


_FIRST: Final = ("orcid", "ror")


def _items(document: Mapping[str, Any], here: Here) -> list[Link]:
    """The files that anybody may have: those here while they are open, those elsewhere."""
    own = document.get("files", ()) if here.files_open else ()
    return [
        Link("item", here.file_url(file["name"]), plain_type(file["media_type"])) for file in own
    ] + [
        Link("item", one["download_url"], plain_type(one.get("media_type", "")))
        for one in distributions_elsewhere(document)
    ]


def plain_type(media_type: str) -> str:
    """A media type that may stand in quotes, "" for what is none."""
    good = media_type and all(c.isascii() and (c.isalnum() or c in "/+-.;= _") for c in media_type)
    return media_type if good else ""
