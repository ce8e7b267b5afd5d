"""Metadata formats by prefix: the catalogue's writers under the names that harvesters know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tonle.catalogue.public import FORMATS, Here
from tonle.federation.oai.rules.xml import OAI, XSI, element

Document = Mapping[str, Any]
_OAI_DATACITE: Final = "http://schema.datacite.org/oai/oai-1.1/"
_DATACITE_VERSION: Final = "4.7"


@dataclass(frozen=True)
class Prefix:
    """One format. write(document, here, symbol): an element; symbol: who registers the records."""

    name: str
    schema: str
    namespace: str
    write: Callable[[Document, Here, str], str]
    applies: Callable[[Document], bool]


def _datacite(document: Document, here: Here, _symbol: str) -> str:
    return FORMATS["datacite-xml"].write(document, here)


def _oai_dc(document: Document, here: Here, _symbol: str) -> str:
    return FORMATS["oai_dc"].write(document, here)


def _oai_datacite(document: Document, here: Here, symbol: str) -> str:
    """DataCite's envelope for harvesters, oai-1.1: whose record, which schema, and the record."""
    return (
        f'<oai_datacite xmlns="{_OAI_DATACITE}" xmlns:xsi="{XSI}"'
        f' xsi:schemaLocation="{_OAI_DATACITE} {_OAI_DATACITE}oai.xsd">'
        f"{element('schemaVersion', _DATACITE_VERSION)}{element('datacentreSymbol', symbol)}"
        f"<payload>{_datacite(document, here, symbol)}</payload></oai_datacite>"
    )


PREFIXES: Final[Mapping[str, Prefix]] = {
    one.name: one
    for one in (
        Prefix(
            "oai_dc",
            f"{OAI}oai_dc.xsd",
            f"{OAI}oai_dc/",
            _oai_dc,
            lambda document: FORMATS["oai_dc"].applies(document),
        ),
        Prefix(
            "oai_datacite",
            f"{_OAI_DATACITE}oai.xsd",
            _OAI_DATACITE,
            _oai_datacite,
            lambda document: FORMATS["datacite-xml"].applies(document),
        ),
        Prefix(
            "datacite",
            f"http://schema.datacite.org/meta/kernel-{_DATACITE_VERSION}/metadata.xsd",
            "http://datacite.org/schema/kernel-4",
            _datacite,
            lambda document: FORMATS["datacite-xml"].applies(document),
        ),
    )
}
