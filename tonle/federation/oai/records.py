"""A record as harvesters get it: header, metadata, and where it was harvested (section 2.5)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from tonle.catalogue.public import Walked, place_of
from tonle.federation.oai.formats import PREFIXES, Prefix
from tonle.federation.oai.place import Place
from tonle.federation.oai.rules import dates
from tonle.federation.oai.rules.xml import OAI, XSI, attributes, element
from tonle.federation.oai.sets import specs_of

_PROVENANCE: Final = f"{OAI}provenance"
# Namespaces of prefixes that others use for what we read.
_NAMESPACES: Final = {name: one.namespace for name, one in PREFIXES.items()} | {
    "oai_openaire": "http://namespace.openaire.eu/schema/oaire/",
    "marc21": "http://www.loc.gov/MARC21/slim",
    "marcxml": "http://www.loc.gov/MARC21/slim",
    "mods": "http://www.loc.gov/mods/v3",
    "dim": "http://www.dspace.org/xmlns/dspace/dim",
    "oai_ddi": "ddi:codebook:2_5",
}


def header(one: Walked, place: Place) -> str:
    """The header of a record; of what is not shown any more, with its status."""
    status = ' status="deleted"' if one.gone else ""
    specs = "".join(map(_set_spec, specs_of(one.document)))
    # A host and an id hold nothing that XML would want escaped.
    return (
        f"<header{status}><identifier>{place.identifier(one.id)}</identifier>"
        f"<datestamp>{dates.write(one.at)}</datestamp>{specs}</header>"
    )


@lru_cache(maxsize=4096)
def _set_spec(spec: str) -> str:
    return element("setSpec", spec)


def record(one: Walked, prefix: Prefix, place: Place) -> str:
    """The record in a format that applies to it."""
    if one.gone:
        return f"<record>{header(one, place)}</record>"
    here = place_of(one.document, place.url, files_open=one.files_open)
    metadata = prefix.write(one.document, here, place.host)
    about = provenance(one.document.get("source", {}))
    return f"<record>{header(one, place)}<metadata>{metadata}</metadata>{about}</record>"


def provenance(source: Mapping[str, Any]) -> str:
    """From where a record was harvested by this same protocol; "" for all others.

    Source: Implementation Guidelines, "Specification and XML Schema for the OAI provenance".
    The description is altered: it has become a record of ours, and is written out anew.
    """
    if not str(source.get("protocol", "")).lower().startswith("oai"):
        return ""
    origin = {name: source.get(name, "") for name in ("base_url", "identifier", "datestamp")}
    namespace = _NAMESPACES.get(source.get("prefix", ""), "")
    harvested_at = source.get("harvested_at", "")
    if not (all(origin.values()) and namespace and harvested_at):
        return ""
    told = attributes({"harvestDate": harvested_at, "altered": "true"})
    return (
        f'<about><provenance xmlns="{_PROVENANCE}" xmlns:xsi="{XSI}"'
        f' xsi:schemaLocation="{_PROVENANCE} {_PROVENANCE}.xsd"><originDescription{told}>'
        f"{element('baseURL', origin['base_url'])}{element('identifier', origin['identifier'])}"
        f"{element('datestamp', origin['datestamp'])}{element('metadataNamespace', namespace)}"
        "</originDescription></provenance></about>"
    )
