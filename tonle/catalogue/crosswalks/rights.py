"""Licences by SPDX identifier, where an address or a name says plainly which one is meant."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from tonle.kernel.codes import spdx

_CREATIVE_COMMONS = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/licenses/"
    r"(by|by-sa|by-nd|by-nc|by-nc-sa|by-nc-nd)/([1-4]\.[05])(?:/([a-z]{2,4}))?(?:/.*)?\Z"
)
_LISTED = re.compile(
    r"https?://(?:www\.)?(?:spdx\.org/licenses|opensource\.org/(?:licenses|license))/"
    r"([A-Za-z0-9.+-]+?)(?:\.html|\.php|\.json)?/?\Z"
)
_ADDRESSES: Final = MappingProxyType(
    {
        "creativecommons.org/publicdomain/zero/1.0": "CC0-1.0",
        "apache.org/licenses/LICENSE-2.0": "Apache-2.0",
        "opendatacommons.org/licenses/odbl/1.0": "ODbL-1.0",
        "opendatacommons.org/licenses/by/1.0": "ODC-By-1.0",
        "opendatacommons.org/licenses/pddl/1.0": "PDDL-1.0",
        "opensource.org/licenses/mit-license": "MIT",
    }
)
_TAIL = re.compile(r"(?:/(?:legalcode|deed)(?:\.[a-z-]{2,10})?|\.html|\.txt|/)\Z")
# Short names that people write; each can mean only one licence.
_NAMES: Final = MappingProxyType(
    {
        "apache license 2.0": "Apache-2.0",
        "apache license, version 2.0": "Apache-2.0",
        "apache 2.0": "Apache-2.0",
        "cc0": "CC0-1.0",
        "cc0 1.0": "CC0-1.0",
        "cc by 4.0": "CC-BY-4.0",
        "cc-by 4.0": "CC-BY-4.0",
        "cc by-sa 4.0": "CC-BY-SA-4.0",
        "cc by-nc 4.0": "CC-BY-NC-4.0",
        "mit": "MIT",
        "mit licence": "MIT",
    }
)


def of_identifier(value: str) -> str | None:
    """The SPDX identifier itself, in SPDX's own spelling."""
    return spdx.identifier(value.strip())


def of_address(value: str) -> str | None:
    """The licence at a well-known address. A national port of a licence is another licence."""
    address = value.strip()
    if found := _CREATIVE_COMMONS.match(address):
        conditions, version, port = found.groups()
        if port and port not in ("deed", "legalcode"):
            return of_identifier(f"CC-{conditions}-{version}-{port}")
        return of_identifier(f"CC-{conditions}-{version}")
    if found := _LISTED.match(address):
        return of_identifier(found.group(1))
    bare = re.sub(r"\Ahttps?://(?:www\.)?", "", address)
    return _ADDRESSES.get(bare) or _ADDRESSES.get(_TAIL.sub("", bare))


def of_name(value: str) -> str | None:
    """The licence whose full SPDX name, or one of a few plain short names, this is."""
    name = " ".join(value.split()).rstrip(".")
    return _NAMES.get(name.lower()) or spdx.identifier_of_name(name) or of_identifier(name)
