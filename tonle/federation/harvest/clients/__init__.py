"""Asking foreign catalogues: one client a protocol, one door for the harvest.

    with open_client("ckan", "https://data.example.org", rate=2) as client:
        for page in client.pages(since=None, cursor=None):
            …

A client is for one walk after another in one thread. Protocols: `PROTOCOLS`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final, cast

from tonle.federation.harvest.clients.door import (
    OVERLAP_HOURS,
    Client,
    CursorLost,
    HarvestError,
    Identity,
    NotSpoken,
    Options,
    Page,
    Received,
    TryAgain,
    Unfit,
)

__all__ = [
    "OVERLAP_HOURS",
    "PROTOCOLS",
    "Client",
    "CursorLost",
    "HarvestError",
    "Identity",
    "NotSpoken",
    "Options",
    "Page",
    "Received",
    "TryAgain",
    "Unfit",
    "detect",
    "open_client",
]

# Name of the protocol -> its name for people. The module of the same name has `open_client`;
# it is loaded when asked for, since each brings a parser.
PROTOCOLS: Final = MappingProxyType(
    {
        "oai": "OAI-PMH",
        "ckan": "CKAN",
        "dataverse": "Dataverse",
        "invenio": "InvenioRDM",
        "dspace": "DSpace",
        "dcat": "DCAT",
    }
)


def open_client(protocol: str, url: str, **options: Any) -> Client:
    """A client for the source at that address; nothing is asked yet.

    options: the fields of `Options`. Raises KeyError for a protocol that is none of PROTOCOLS,
    TypeError for an option that is none.
    """
    if protocol not in PROTOCOLS:
        raise KeyError(protocol)
    made: Callable[[str, Options], Client] = import_module(f"{__name__}.{protocol}").open_client
    return made(url, Options(**options))


def detect(url: str, **options: Any) -> str:
    """Which protocol answers at an address, asked in the order of how surely it can be told.

    Asks at most a dozen times. Raises HarvestError: TryAgain when nothing answered at all,
    NotSpoken when what answers is none of PROTOCOLS.
    """
    detection = import_module(f"{__name__}.detection")
    return cast(str, detection.detect(url, Options(**options)))
