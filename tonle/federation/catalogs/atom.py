"""Atom: what is new, for newsreaders and for programs that follow a part of the node.

Newest first, in pages that lead on to the older ones (RFC 5005, section 3); a record that is
taken back is told of (RFC 6721). Source: RFC 4287.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from tonle.catalogue.public import Here
from tonle.federation.oai.rules.xml import legal
from tonle.kernel.text import UNDETERMINED, choose

ATOM: Final = "http://www.w3.org/2005/Atom"
TOMBSTONES: Final = "http://purl.org/atompub/tombstones/1.0"
TYPE: Final = "application/atom+xml"
# Enough to know whether one wants to read on; the page has the rest.
LONGEST_SUMMARY: Final = 2000
MOST_AUTHORS: Final = 20


@dataclass(frozen=True)
class Shown:
    """A record to tell of. updated_at: when its description last changed."""

    document: Mapping[str, Any]
    here: Here
    updated_at: datetime


@dataclass(frozen=True)
class Gone:
    """A record that is not shown any more. url: what its entry had for an id."""

    url: str
    at: datetime


@dataclass(frozen=True)
class Feed:
    """What a feed says of itself. url: of this page; links: (relation, address) of others.

    id: of the feed, the same on all its pages.
    """

    id: str
    title: str
    url: str
    page_url: str
    node_name: str
    updated_at: datetime
    links: Sequence[tuple[str, str]] = ()


def write(feed: Feed, entries: Iterable[Shown | Gone]) -> str:
    """The feed as XML, legal whatever the records hold."""
    return legal("".join(_parts(feed, entries)))


def _parts(feed: Feed, entries: Iterable[Shown | Gone]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<feed xmlns="{ATOM}" xmlns:at="{TOMBSTONES}">\n'
    yield f"<id>{escape(feed.id)}</id><title>{escape(feed.title)}</title>"
    yield f"<updated>{instant(feed.updated_at)}</updated>"
    # Entries without creators are the node's.
    yield f"<author><name>{escape(feed.node_name)}</name></author>\n"
    yield _link("self", feed.url, TYPE) + _link("alternate", feed.page_url, "text/html")
    for relation, address in feed.links:
        yield _link(relation, address, TYPE)
    yield "\n"
    for entry in entries:
        yield _gone(entry) if isinstance(entry, Gone) else _entry(entry)
    yield "</feed>\n"


def _entry(shown: Shown) -> str:
    document, here = shown.document, shown.here
    languages = document.get("languages", ())
    published = document.get("published_at")
    kind = document["kind"]
    parts = [
        f"<id>{escape(here.url)}</id>",
        _text("title", choose(document["titles"], languages)),
        f"<updated>{instant(shown.updated_at)}</updated>",
        f"<published>{escape(published)}</published>" if published else "",
        *_authors(document),
        _link("alternate", here.url, "text/html"),
        _link("via", document["source"]["home_url"], "")
        if document.get("source", {}).get("home_url")
        else "",
        f"<category term={quoteattr(kind)} label={quoteattr(here.kind_label)}/>",
        *_subjects(document),
        _summary(document),
    ]
    return f"<entry>{''.join(parts)}</entry>\n"


def _gone(gone: Gone) -> str:
    return f'<at:deleted-entry ref={quoteattr(gone.url)} when="{instant(gone.at)}"/>\n'


def _authors(document: Mapping[str, Any]) -> list[str]:
    names = [creator["name"] for creator in document.get("creators", ())]
    return [f"<author><name>{escape(name)}</name></author>" for name in names[:MOST_AUTHORS]]


def _subjects(document: Mapping[str, Any]) -> list[str]:
    words = (choose(row["text"], "en")[1] for row in document.get("subjects", ()))
    return [f"<category term={quoteattr(word)}/>" for word in list(dict.fromkeys(words))[:20]]


def _summary(document: Mapping[str, Any]) -> str:
    described = document.get("descriptions", ())
    chosen = next((d for d in described if d["type"] == "Abstract"), None)
    chosen = chosen or next(iter(described), None)
    if chosen is None:
        return ""
    tag, text = choose(chosen["text"], document.get("languages", ()))
    cut = text if len(text) <= LONGEST_SUMMARY else f"{text[:LONGEST_SUMMARY]}…"
    return _text("summary", (tag, cut))


def _text(name: str, told: tuple[str, str]) -> str:
    tag, text = told
    language = "" if tag == UNDETERMINED else f" xml:lang={quoteattr(tag)}"
    return f"<{name}{language}>{escape(text)}</{name}>"


def _link(relation: str, address: str, media_type: str) -> str:
    of_type = f" type={quoteattr(media_type)}" if media_type else ""
    return f"<link rel={quoteattr(relation)} href={quoteattr(address)}{of_type}/>"


def instant(at: datetime) -> str:
    """RFC 3339, in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
