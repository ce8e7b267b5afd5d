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


def names_of(document: Mapping[str, Any]) -> Iterator[str]:
    """All that a description calls the thing itself: names, addresses, numbers elsewhere."""
    for key in ("pids", "alternate_identifiers"):
        for name in document.get(key, ()):
            yield name["value"]
