"""The options of a DataCite account, held against each other before anything is registered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

_PREFIX = re.compile(r"10\.\d{4,9}(\.\d{1,9})*\Z", re.ASCII)


def contradiction(
    *, url: str, account: str, password: str, prefix: str, kinds: Sequence[str], node_url: str
) -> str:
    """What does not fit together, as a sentence; "" where all is well or nothing is asked for.

    node_url: TONLE_URL as it was given, "" where it was not.
    """
    if not account:
        return "TONLE_DATACITE_PASSWORD is set, but no TONLE_DATACITE_ACCOUNT." if password else ""
    if not password or not prefix:
        missing = "TONLE_DOI_PREFIX" if password else "TONLE_DATACITE_PASSWORD"
        return f"TONLE_DATACITE_ACCOUNT is set, but no {missing}."
    if not _PREFIX.match(prefix):
        return f"TONLE_DOI_PREFIX is a DOI prefix such as 10.12345, not {prefix!r}."
    if not kinds:
        return "TONLE_DOI_KINDS names no kind, so nothing would be registered."
    if urlsplit(url).scheme != "https" and not _is_here(url):
        return f"TONLE_DATACITE_URL must begin with https://, since the password goes there: {url}"
    if not node_url or (_is_here(node_url) and not _is_here(url)):
        return (
            "A DOI leads the world to TONLE_URL. Set it to the address by which everybody reaches "
            "this node before it registers any."
        )
    return ""


def _is_here(url: str) -> bool:
    """Whether an address is of this machine, as that of a stand-in for trying is."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
