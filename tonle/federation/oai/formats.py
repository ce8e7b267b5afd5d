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
    """One format: its prefix, schema and namespace, and the catalogue's name for it.

    wrap(element, symbol): what is put around what the catalogue writes; symbol: who registers
    the records.
    """

    name: str
    schema: str
    namespace: str
    written: str
    wrap: Callable[[str, str], str] = lambda element, _symbol: element

    def applies(self, document: Document) -> bool:
        """Whether a record of this document can be written so at all."""
        return FORMATS[self.written].applies(document)

    def write(self, document: Document, here: Here, symbol: str) -> str:
        """The record as one element."""
        return self.wrap(FORMATS[self.written].write_plain(document, here), symbol)


def _envelope(resource: str, symbol: str) -> str:
    """DataCite's envelope for harvesters, oai-1.1: whose record, which schema, and the record."""
    return (
        f'<oai_datacite xmlns="{_OAI_DATACITE}" xmlns:xsi="{XSI}"'
        f' xsi:schemaLocation="{_OAI_DATACITE} {_OAI_DATACITE}oai.xsd">'
        f"{element('schemaVersion', _DATACITE_VERSION)}{element('datacentreSymbol', symbol)}"
        f"<payload>{resource}</payload></oai_datacite>"
    )


PREFIXES: Final[Mapping[str, Prefix]] = {
    one.name: one
    for one in (
        Prefix("oai_dc", f"{OAI}oai_dc.xsd", f"{OAI}oai_dc/", "oai-dc"),
        Prefix("oai_datacite", f"{_OAI_DATACITE}oai.xsd", _OAI_DATACITE, "datacite-xml", _envelope),
        Prefix(
            "datacite",
            f"http://schema.datacite.org/meta/kernel-{_DATACITE_VERSION}/metadata.xsd",
            "http://datacite.org/schema/kernel-4",
            "datacite-xml",
        ),
    )
}
