"""Which records of a node a name may mean, wherever it was said.

A record's id ends whatever names it: its ARK, a DOI of the node, its address, its name in
OAI-PMH. No other thing has a name that ends so, since an id is drawn among 29 to the 14th and
carries a check character. So a name is known without its beginning: also that of a node which
had another host, or another number for its ARKs, when the name was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from tonle.kernel import identifiers

_PARTS = re.compile(r"[/:]")
# An id has fifteen characters; what follows it in an address may say how to show it.
_LONGEST = 2000


def id_in(name: str) -> str:
    """The id that a name ends with; "" where it ends with none."""
    if len(name) > _LONGEST:
        return ""
    last = _PARTS.split(re.split(r"[?#]", name, maxsplit=1)[0].rstrip("/"))[-1]
    return last if identifiers.is_valid(last) else ""


# The three ways in which a node of this program names a record of its own to others.
_OF_A_NODE = re.compile(
    r"(?:oai:[^:/\s]+:|https?://[^?#\s]+/records/|(?:https?://[^?#\s]+/)?ark:/?[^/\s]+/)"
    r"([^/:?#\s]+)(?:#it)?"
)


def at_home(document: Mapping[str, Any]) -> tuple[str, str] | None:
    """The name by which a record of another node is known, whichever way it was read there.

    ("home", the host that was asked and the record's id); None for what was asked of nobody,
    or is called nothing that a node calls its records. The host is that of the source and not
    of the name: so nobody but a host itself can say what two of its things are one. A landing
    page is no name, since many things may share one.
    """
    source = document.get("source", {})
    host = _host(source.get("base_url", ""))
    if not host:
        return None
    for name in (source.get("identifier", ""), *names_of(document)):
        found = _OF_A_NODE.fullmatch(name[:_LONGEST])
        if found and identifiers.is_valid(found[1]):
            return "home", f"{host}/{found[1]}"
    return None


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def names_of(document: Mapping[str, Any]) -> Iterator[str]:
    """All that a description calls the thing itself: names, addresses, numbers elsewhere."""
    for key in ("pids", "alternate_identifiers"):
        for name in document.get(key, ()):
            yield name["value"]
