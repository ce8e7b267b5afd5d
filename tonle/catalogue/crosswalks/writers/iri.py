"""Addresses and names that stand as links in other formats: RFC 3986, whatever was typed."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

# What an address may hold (RFC 3986, appendix A), beyond letters, digits and "-._~".
_RESERVED: Final = "%/:?#@!$&'()*+,;="
_NO_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Most addresses are of this plain form and need no second look.
_PLAIN: Final = re.compile(r"https?://[A-Za-z0-9.-]+/[A-Za-z0-9._~/-]*(?:#[A-Za-z0-9._~/-]*)?")
# Names that are no web addresses; scripts, files and people's mail are none of ours to pass on.
_ABSOLUTE: Final = re.compile(
    r"(?:https?|ftp)://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:[/?][^#]*)?(?:#[^#]*)?"
    r"|(?:ark|doi|hdl|info|swh|tag|urn):[^/#?][^#]*(?:#[^#]*)?"
)


def escaped(value: str) -> str:
    """The value with every sign escaped that no address may hold."""
    return _NO_ESCAPE.sub("%25", quote(value, safe=_RESERVED))


def is_plain(value: str) -> bool:
    """Whether it is a web address beyond doubt, as it stands."""
    return _PLAIN.fullmatch(value) is not None


def iri(value: str) -> str:
    """The address as one that every parser takes; "" for what is no address or leads nowhere."""
    if is_plain(value):
        return value
    found = escaped(value.strip())
    return found if _ABSOLUTE.fullmatch(found) else ""
