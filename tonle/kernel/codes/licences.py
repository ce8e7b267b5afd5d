"""Licences by the many ways in which records write them."""

from __future__ import annotations

import re
from typing import Final

from tonle.kernel.codes.lists import code_list, find
from tonle.kernel.text import one_line

_CREATIVE_COMMONS: Final = re.compile(
    r"creativecommons\.org/licenses/(?P<terms>by(?:-nc)?(?:-nd|-sa)?)/(?P<version>[0-9]\.[0-9])"
    r"(?:/(?P<place>igo|[a-z]{2}))?(?=[/?#]|$)"
)
_PLAIN: Final = re.compile(
    r"cc[- ](?P<terms>by(?:[- ]nc)?(?:[- ](?:nd|sa))?)[- ](?P<version>[0-9]\.[0-9])"
)
# Addresses that licensors themselves give, without scheme, `www.` and what may follow.
_ADDRESSES: Final = {
    "creativecommons.org/publicdomain/zero/1.0": "CC0-1.0",
    "creativecommons.org/publicdomain/mark/1.0": "CC-PDM-1.0",
    "opendatacommons.org/licenses/odbl/1-0": "ODbL-1.0",
    "opendatacommons.org/licenses/odbl/1.0": "ODbL-1.0",
    "opendatacommons.org/licenses/by/1-0": "ODC-By-1.0",
    "opendatacommons.org/licenses/by/1.0": "ODC-By-1.0",
    "opendatacommons.org/licenses/pddl/1-0": "PDDL-1.0",
    "opendatacommons.org/licenses/pddl/1.0": "PDDL-1.0",
    "apache.org/licenses/license-2.0": "Apache-2.0",
    "gnu.org/licenses/gpl-3.0": "GPL-3.0-only",
    "gnu.org/licenses/gpl-2.0": "GPL-2.0-only",
    "gnu.org/licenses/lgpl-3.0": "LGPL-3.0-only",
    "gnu.org/licenses/agpl-3.0": "AGPL-3.0-only",
    "mozilla.org/mpl/2.0": "MPL-2.0",
    "mozilla.org/en-us/mpl/2.0": "MPL-2.0",
    "eupl.eu/1.2": "EUPL-1.2",
}
_ENDING: Final = re.compile(
    r"(?:/legalcode|/deed)?(?:\.[a-z]{2,4}(?:[-_][a-z]+)?){0,2}/?(?:[?#].*)?$"
)


def licence_from(text: str) -> str | None:
    """The SPDX id that a licence's id, name or address means, or None.

    Case does not matter; `CC BY 4.0` and the addresses of Creative Commons, Open Data
    Commons, SPDX, OSI and a few licensors are understood. A licence without its version
    is None: which one was meant would be a guess.
    """
    wanted = one_line(text)
    if known := find("licences", wanted):
        return known.code
    low = wanted.lower()
    if plain := _PLAIN.fullmatch(low):
        return _id(f"cc-{plain['terms'].replace(' ', '-')}-{plain['version']}")
    address = re.match(r"https?://(?:www\.)?(.+)", low)
    if not address:
        return None
    place = address[1]
    if found := _CREATIVE_COMMONS.match(place):
        ported = f"-{found['place']}" if found["place"] else ""
        return _id(f"cc-{found['terms']}-{found['version']}{ported}")
    bare = _ENDING.sub("", place)
    if bare in _ADDRESSES:
        return _ADDRESSES[bare]
    listed = re.match(r"(?:spdx\.org/licenses|opensource\.org/licenses?)/([^/?#]+)", place)
    return _id(re.sub(r"\.(?:html|json|php)$", "", listed[1])) if listed else None


def licence_url(code: str) -> str | None:
    """The address to link for an SPDX id: its own deed for Creative Commons, else SPDX's page.

    None for what is no SPDX id, so that nothing unknown becomes a link.
    """
    if code not in code_list("licences").codes:
        return None
    if code == "CC0-1.0":
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    if found := re.fullmatch(r"CC-(BY[A-Z-]*?)-([0-9]\.[0-9])(?:-([A-Z]{2,3}))?", code):
        ported = f"{found[3].lower()}/" if found[3] else ""
        return f"https://creativecommons.org/licenses/{found[1].lower()}/{found[2]}/{ported}"
    return f"https://spdx.org/licenses/{code}.html"


def is_open(code: str) -> bool | None:
    """Whether a licence is open, by OSI, FSF or the Open Definition; None if it is unknown."""
    known = code_list("licences").codes.get(code)
    return None if known is None else bool(known.data["open"])


def _id(low: str) -> str | None:
    known = find("licences", low)
    return known.code if known else None
