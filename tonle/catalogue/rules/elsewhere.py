"""Of a record that another place keeps: where it is at home, and what lies there.

Plain values out of a `tonle-record/1`; a page, a head and a search index say them alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from tonle.kernel.text import LanguageMap

# A page shows these and counts the rest; the document has all.
MOST_SHOWN = 100


@dataclass(frozen=True)
class Home:
    """Where a record is at home.

    url: its page there. name: what that place is called. protocol: how it was read.
    read_at: when, an instant as documents write it.
    """

    url: str
    name: str
    protocol: str
    read_at: str


def home(document: Mapping[str, Any]) -> Home | None:
    """The record's home; None for one that is at home here."""
    source = document.get("source", {})
    url = source.get("home_url", "")
    if not url:
        return None
    return Home(
        url,
        source.get("home_name") or host(url),
        source.get("protocol", ""),
        source.get("harvested_at", ""),
    )


def is_kept_there(document: Mapping[str, Any]) -> bool:
    """Whether a record that is taken back here is still at its home, and may be led to."""
    category = document.get("tombstone", {}).get("category", "")
    return home(document) is not None and category in {"hidden_here", "source_removed"}


def is_let_go(document: Mapping[str, Any]) -> bool:
    """Whether its home has taken the record back, or the node its home: nobody here hid it."""
    category = document.get("tombstone", {}).get("category", "")
    return category in {"deleted_at_source", "source_removed"}


@dataclass(frozen=True)
class Distribution:
    """A file, or a service, that stays where it is."""

    title: LanguageMap
    name: str
    url: str
    host: str
    format: str
    media_type: str
    size_bytes: int | None


def distributions(document: Mapping[str, Any]) -> list[Distribution]:
    """What the home offers to fetch, in its order; without an address there is nothing."""
    found = []
    for row in document.get("distributions", ()):
        url = row.get("download_url") or row.get("access_url") or ""
        if url:
            found.append(
                Distribution(
                    row.get("title", {}),
                    file_name(url),
                    url,
                    host(url),
                    row.get("format", ""),
                    row.get("media_type", ""),
                    row.get("size_bytes"),
                )
            )
    return found


def formats(document: Mapping[str, Any]) -> list[str]:
    """Media types of the files elsewhere, each once."""
    types = (row.get("media_type", "") for row in document.get("distributions", ()))
    return sorted({one for one in types if one})


def host(url: str) -> str:
    """The host of an address, as people read it; the whole where it has none."""
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def file_name(url: str) -> str:
    """What the file is called in its address; its host where nothing there is a file's name."""
    try:
        name = PurePosixPath(unquote(urlsplit(url).path)).name
    except ValueError:
        name = ""
    return name if "." in name else host(url)
