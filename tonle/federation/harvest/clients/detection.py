"""Which protocol answers at an address: each is asked what only it can answer.

The repositories' own APIs are tried before OAI-PMH, since they tell more: files, languages,
licences. OAI-PMH comes before DCAT, which any page of RDF might be.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Final

from tonle.federation.harvest.clients import open_client
from tonle.federation.harvest.clients.door import (
    HarvestError,
    NotSpoken,
    Options,
    TryAgain,
)
from tonle.infra import outbound
from tonle.kernel.errors import N_

_SAYS_SO: Final = (
    (r"verb=|/oai(?:2d|2|/request)?/?(?:\?|\Z)|/cgi/oai2", "oai"),
    (r"/api/3/action|/api/action", "ckan"),
    (r"\.(?:ttl|rdf|jsonld|nt|n3)(?:\?|\Z)|/catalog(?:\?|\Z)|/dcat", "dcat"),
)


def detect(url: str, options: Options) -> str:
    """The protocol's name.

    Raises TryAgain when nobody answers, NotSpoken when none fits; and what the first question
    raises where this node may not ask there.
    """
    unanswered: HarvestError | None = None
    answered = False
    for protocol, address in _candidates(url):
        try:
            with open_client(protocol, address, **vars(options)) as client:
                client.identify()
                return protocol
        except HarvestError as error:
            if isinstance(error.__cause__, (outbound.AddressRefused, outbound.OutboundClosed)):
                # It was this node that did not ask; no other question would be let out either.
                raise
            if isinstance(error, TryAgain):
                if options.until and time.monotonic() > options.until:
                    raise
                unanswered = error
            else:
                answered = True
    if unanswered is not None and not answered:
        raise unanswered
    raise NotSpoken(
        host=outbound.host_of(url),
        protocol="OAI-PMH",
        reason=N_(
            "Neither OAI-PMH nor CKAN, Dataverse, InvenioRDM, DSpace or DCAT was found there. "
            "Give the address at which it speaks to harvesters."
        ),
    )


def _candidates(url: str) -> Iterator[tuple[str, str]]:
    """What to ask, in order; what the address itself says comes first."""
    address = url.strip()
    told = [protocol for pattern, protocol in _SAYS_SO if re.search(pattern, address)]
    for protocol in told:
        yield protocol, address
    for protocol in ("ckan", "dataverse", "dspace", "invenio"):
        if protocol not in told:
            yield protocol, address
    for protocol in ("oai", "dcat"):
        if protocol not in told:
            yield protocol, address
