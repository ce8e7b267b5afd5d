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
    cff,
    codemeta,
    croissant,
    csl_json,
    datacite_json,
    datacite_xml,
    dcat,
    dublin_core,
    head,
    linkset,
    oai_dc,
    ris,
    ro_crate,
    schema_org,
)
from tonle.catalogue.crosswalks.writers.here import Here

__all__ = [
    "FORMATS",
    "Here",
    "WrittenFormat",
    "dcat",
    "dublin_core",
    "head",
    "linkset",
    "schema_org",
]


# Of a record's document, standing there, a text.
Writer = Callable[[Mapping[str, Any], Here], str]


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
    needs_files: whether it says nothing without files that anybody may have.
    group: what a reader wants it for, as pages arrange them: cite, metadata or data.
    plain: the same without what only our own reader takes from it, for harvesters and
    registries; None where there is no such.
    """

    name: str
    label: str
    media_types: Sequence[str]
    extension: str
    write: Writer
    profile: str = ""
    applies: Callable[[Mapping[str, Any]], bool] = always
    needs_files: bool = False
    group: str = "metadata"
    plain: Writer | None = None

    @property
    def write_plain(self) -> Writer:
        """What writes the format's own words alone."""
        return self.plain or self.write

    @property
    def media_type(self) -> str:
        """The type that is sent, without its parameters."""
        return self.media_types[0].partition(";")[0].strip()

    def possible(self, document: Mapping[str, Any], here: Here) -> bool:
        """Whether this record can be written so where it stands now."""
        return self.applies(document) and (here.files_open or not self.needs_files)


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
                plain=datacite_json.write_plain,
            ),
            WrittenFormat(
                "datacite-xml",
                "DataCite XML",
                ("application/vnd.datacite.datacite+xml",),
                "xml",
                datacite_xml.write,
                "http://datacite.org/schema/kernel-4",
                plain=datacite_xml.write_plain,
            ),
            WrittenFormat(
                "oai-dc",
                "Dublin Core",
                ("application/xml",),
                "xml",
                oai_dc.write,
                "http://www.openarchives.org/OAI/2.0/oai_dc/",
            ),
            WrittenFormat(
                "dcat", "DCAT (Turtle)", ("text/turtle",), "ttl", dcat.write_turtle, dcat.PROFILE
            ),
            WrittenFormat(
                "dcat-jsonld",
                "DCAT (JSON-LD)",
                (f'application/ld+json; profile="{dcat.PROFILE}"',),
                "jsonld",
                dcat.write_json_ld,
                dcat.PROFILE,
            ),
            WrittenFormat(
                "schema-org",
                "schema.org JSON-LD",
                ("application/ld+json", "application/vnd.schemaorg.ld+json"),
                "jsonld",
                schema_org.write,
                "https://schema.org/",
            ),
            WrittenFormat(
                "ro-crate",
                "RO-Crate",
                (ro_crate.MEDIA_TYPE,),
                "json",
                ro_crate.write,
                ro_crate.PROFILE,
                group="data",
            ),
            WrittenFormat(
                "croissant",
                "Croissant",
                (croissant.MEDIA_TYPE,),
                "json",
                croissant.write,
                croissant.PROFILE,
                croissant.applies,
                needs_files=True,
                group="data",
            ),
            WrittenFormat(
                "codemeta",
                "CodeMeta",
                (codemeta.MEDIA_TYPE, "application/vnd.codemeta.ld+json"),
                "json",
                codemeta.write,
                codemeta.PROFILE,
                codemeta.applies,
            ),
            WrittenFormat(
                "cff",
                "CITATION.cff",
                (cff.MEDIA_TYPE, "application/vnd.cff+yaml"),
                "cff",
                cff.write,
                applies=cff.applies,
                group="cite",
            ),
            WrittenFormat(
                "bibtex", "BibTeX", ("application/x-bibtex",), "bib", bibtex.write, group="cite"
            ),
            WrittenFormat(
                "ris",
                "RIS",
                ("application/x-research-info-systems",),
                "ris",
                ris.write,
                group="cite",
            ),
            WrittenFormat(
                "csl-json",
                "CSL-JSON",
                ("application/vnd.citationstyles.csl+json",),
                "json",
                csl_json.write,
                "https://citationstyles.org/",
                group="cite",
            ),
        )
    }
)
