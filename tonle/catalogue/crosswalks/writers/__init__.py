"""Record documents out, in other people's formats: plain values to text, nothing else.

`FORMATS` is what a landing page offers by `?format=`, by content negotiation and in its links.
A writer needs the document and `Here`, what the document does not know of its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from tonle.catalogue.crosswalks.writers import (
    bibtex,
    csl_json,
    datacite_json,
    dublin_core,
    head,
    ris,
    schema_org,
)
from tonle.catalogue.crosswalks.writers.here import Here

__all__ = ["FORMATS", "Here", "WrittenFormat", "dublin_core", "head", "schema_org"]


def always(_document: Mapping[str, Any]) -> bool:
    """Of every record."""
    return True


@dataclass(frozen=True)
class WrittenFormat:
    """A format that records are written in.

    name: as in `?format=`. label: as its owners write it. media_types: the first is sent, any
    may be asked for. extension: of a saved file. profile: the address of the format's own
    definition, for Link headers; "" where there is none. applies: whether a record of this
    document can be written so at all; CITATION.cff, say, is for software alone.
    """

    name: str
    label: str
    media_types: Sequence[str]
    extension: str
    write: Callable[[Mapping[str, Any], Here], str]
    profile: str = ""
    applies: Callable[[Mapping[str, Any]], bool] = always


FORMATS: Mapping[str, WrittenFormat] = MappingProxyType(
    {
        written.name: written
        for written in (
            WrittenFormat(
                "datacite-json",
                "DataCite JSON",
                ("application/vnd.datacite.datacite+json",),
                "json",
                datacite_json.write,
                "http://datacite.org/schema/kernel-4",
            ),
            WrittenFormat(
                "schema-org",
                "schema.org JSON-LD",
                ("application/ld+json", "application/vnd.schemaorg.ld+json"),
                "jsonld",
                schema_org.write,
                "https://schema.org/",
            ),
            WrittenFormat("bibtex", "BibTeX", ("application/x-bibtex",), "bib", bibtex.write),
            WrittenFormat("ris", "RIS", ("application/x-research-info-systems",), "ris", ris.write),
            WrittenFormat(
                "csl-json",
                "CSL-JSON",
                ("application/vnd.citationstyles.csl+json",),
                "json",
                csl_json.write,
                "https://citationstyles.org/",
            ),
        )
    }
)
