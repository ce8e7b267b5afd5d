"""Identify: what this repository says of itself (section 4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from email.utils import parseaddr
from typing import Final

from django.conf import settings

from tonle.catalogue.public import earliest_entry_at, settled_at
from tonle.federation.oai.place import Place
from tonle.federation.oai.rules import dates
from tonle.federation.oai.rules.xml import OAI, XSI, element

_IDENTIFIER: Final = f"{OAI}oai-identifier"
_EPRINTS: Final = "http://www.openarchives.org/OAI/1.1/eprints"
# Of the right form, and nobody's.
_SAMPLE: Final = "0123456789bcdfg"


def identify(place: Place, now: datetime) -> Iterator[str]:
    yield "<Identify>"
    yield element("repositoryName", settings.TONLE_NODE_NAME)
    yield element("baseURL", place.base)
    yield "<protocolVersion>2.0</protocolVersion>"
    yield element("adminEmail", admin_email(place))
    yield element("earliestDatestamp", dates.write(earliest_entry_at() or settled_at(now)))
    # Withdrawn and purged records keep a tombstone for ever.
    yield "<deletedRecord>persistent</deletedRecord>"
    yield element("granularity", dates.GRANULARITY)
    yield "<compression>gzip</compression>"
    if place.has_domain:
        yield f"<description>{oai_identifier(place)}</description>"
    yield f"<description>{policies(place)}</description>"
    yield "</Identify>"


def admin_email(place: Place) -> str:
    """Whom a harvester's people write to: the option, else where the node's letters come from."""
    address: str = settings.TONLE_ADMIN_EMAIL or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    # The schema demands a domain with a dot, which a node that is only tried has not got.
    return address if "." in address.partition("@")[2] else f"noreply@{place.host}.invalid"


def oai_identifier(place: Place) -> str:
    """How identifiers are made: guideline "OAI Identifier Format"."""
    return (
        f'<oai-identifier xmlns="{_IDENTIFIER}" xmlns:xsi="{XSI}"'
        f' xsi:schemaLocation="{_IDENTIFIER} {_IDENTIFIER}.xsd"><scheme>oai</scheme>'
        f"{element('repositoryIdentifier', place.host)}<delimiter>:</delimiter>"
        f"{element('sampleIdentifier', place.identifier(_SAMPLE))}</oai-identifier>"
    )


def policies(place: Place) -> str:
    """What there is and on which terms: guideline "eprints"."""
    told = {
        "content": (
            f"{settings.TONLE_NODE_NAME} is a node of a shared research commons: data, software, "
            "publications, funding, laboratories, instruments and more, each a record."
        ),
        "metadataPolicy": (
            "Descriptions of records are public. Anybody may harvest, keep and show them, and "
            "should lead readers to the record's own page."
        ),
        "dataPolicy": (
            "Each record names the rights in its own files, and whether they are open, under "
            "embargo, or given on request."
        ),
    }
    texts = "".join(
        f"<{name}>{element('URL', f'{place.url}/about') if name == 'content' else ''}"
        f"{element('text', text)}</{name}>"
        for name, text in told.items()
    )
    return (
        f'<eprints xmlns="{_EPRINTS}" xmlns:xsi="{XSI}"'
        f' xsi:schemaLocation="{_EPRINTS} {_EPRINTS}.xsd">{texts}</eprints>'
    )
