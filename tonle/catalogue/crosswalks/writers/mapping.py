"""What becomes of a record in each format that it is written in, and what is lost.

Data for docs/reference/export-formats.md. A table has a row for every field of a record, so
that nothing is lost without being told; a test holds it to that. A format is added by adding
its table to TABLES.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# (fields of the record, where they go; "" where they go nowhere, what of them is lost)
Row = tuple[str, str, str]


@dataclass(frozen=True)
class Table:
    """formats: names in FORMATS that the rows hold for. note: what holds for all of it."""

    title: str
    formats: tuple[str, ...]
    note: str
    rows: tuple[Row, ...]


DATACITE: Final = Table(
    "DataCite 4.7, as XML and JSON",
    ("datacite-xml", "datacite-json"),
    "Mandatory properties that nobody knows are `:unav`, a year is `0000`. A word that is in no "
    "list of the schema becomes `Other`, with the word beside it where there is a place. What "
    "DataCite can say comes back equal through `tonle import`, but for the names that this node "
    "gives: its page and its ARK.",
    (
        ("id, home, state", "url; in XML an alternateIdentifier", "the home of another node"),
        ("pids", "identifier (the DOI, else the first other name, else the page), identifiers "
         "or alternateIdentifiers", ""),
        ("alternate_identifiers", "identifiers; alternateIdentifiers", ""),
        ("kind", "resourceTypeGeneral, where the record states none",
         "kinds that DataCite has not: facilities, calls, agreements… are `Other` or the nearest"),
        ("resource_type", "resourceTypeGeneral, resourceType", ""),
        ("titles", "title; those in other languages are TranslatedTitle",
         "a translation in an unknown language is another title"),
        ("other_titles", "title with titleType", ""),
        ("creators, contributors", "creator, contributor",
         "spellings in other scripts than the name's own; credit_roles; the role `Funder`, which "
         "becomes Sponsor"),
        ("publisher", "publisher; of what was published here first, this node", ""),
        ("publication_year", "publicationYear; else the year of the date that tells best", ""),
        ("dates", "date", ""),
        ("published_at, updated_at, created_at, revision",
         "publicationYear, the date `Updated` after a revision", "the instants"),
        ("subjects", "subject, one for each language",
         "that they were one subject; in XML signs of a classificationCode that no address has"),
        ("languages", "language", "all but the first"),
        ("rights", "rights", "its text in other languages than the record's own"),
        ("descriptions", "description, one for each language", ""),
        ("relations", "relatedIdentifier; records here by their page",
         "schemes that DataCite does not list become `URL`"),
        ("related_items", "relatedItem", "in XML identifiers and affiliations of its people"),
        ("geo_locations", "geoLocation: place, point, box, polygon",
         "place names in other languages; outlines of fewer than three points; in JSON digits "
         "beyond the fifteenth"),
        ("funding_references", "fundingReference",
         "titles of awards in other languages; identifiers of funders that DataCite has no type "
         "for are `Other`"),
        ("sizes, formats", "size, format; else those of the files", ""),
        ("version_label, version", "version", ""),
        ("access, embargo", "the date `Available` for the end of an embargo", "the level"),
        ("files, distributions", "size and format together", "names, checksums, addresses"),
        ("members, communities, translations, profile, effects, source", "", "all"),
    ),
)  # fmt: skip

DUBLIN_CORE: Final = Table(
    "Dublin Core (oai_dc)",
    ("oai-dc",),
    "Fifteen elements without grammar. Access, types, grants, embargoes are in OpenAIRE's terms "
    "(info:eu-repo).",
    (
        ("id, home, state", "identifier: the page", ""),
        ("pids, alternate_identifiers", "identifier, as addresses where they have one", "types"),
        ("kind, resource_type", "type: OpenAIRE's, DCMI's, DataCite's, the record's own", ""),
        ("titles, other_titles", "title, by language", "which of them is the title"),
        ("creators, contributors", "creator, contributor",
         "identifiers, affiliations, roles, other spellings"),
        ("publisher", "publisher", "its identifier"),
        ("publication_year, dates", "date: the day of issue, else the year; Collected and Coverage "
         "are coverage", "all other dates"),
        ("published_at, updated_at, created_at, revision", "", "all; OAI-PMH has a datestamp"),
        ("subjects", "subject, by language", "schemes and codes"),
        ("languages", "language", ""),
        ("rights", "rights: address of the licence, text", ""),
        ("descriptions", "description, by language", "types"),
        ("relations", "relation, as addresses", "in which way they are related"),
        ("related_items", "source for what it was published in; else relation", "all but a line"),
        ("geo_locations", "coverage: names, DCMI Box, DCMI Point", "outlines"),
        ("funding_references", "relation: info:eu-repo/grantAgreement",
         "grants without a number; identifiers, titles"),
        ("sizes, formats", "format; else those of the files", ""),
        ("version_label, version", "", "all"),
        ("access, embargo", "rights and date, in OpenAIRE's terms", "the note"),
        ("files, distributions", "format", "all else"),
        ("members, communities, translations, profile, effects, source", "", "all"),
    ),
)  # fmt: skip

DCAT: Final = Table(
    "DCAT 3 by DCAT-AP 3.0.1, as Turtle and JSON-LD",
    ("dcat", "dcat-jsonld"),
    "A record with files, here or elsewhere, is a dcat:Dataset, and so are datasets and "
    "indicators; a service of programs is a dcat:DataService; anything else a dcat:Resource. "
    "Values are taken from the European lists where their meaning is beyond doubt.",
    (
        ("id, home, state", "dcat:landingPage, dct:identifier, the address of the thing", ""),
        ("pids", "the address of the thing, adms:identifier", ""),
        ("alternate_identifiers", "", "all"),
        ("kind", "dct:type, a word of the node's own catalogue", ""),
        ("resource_type", "the class", "its own words"),
        ("titles, other_titles", "dct:title, dct:alternative, by language", "their types"),
        ("creators", "dct:creator: foaf:Agent with every spelling, ORCID or ROR as its address, "
         "org:memberOf", "further identifiers; credit_roles"),
        ("contributors", "prov:qualifiedAttribution with the role; dct:contributor where the agent "
         "has an address", "further identifiers; credit_roles"),
        ("publisher", "dct:publisher; dcat:contactPoint, with the page to ask at and no address "
         "of a person", ""),
        ("publication_year, dates", "dct:issued, modified, created, available; Coverage and "
         "Collected are dct:temporal", "other dates; what is no date; notes"),
        ("published_at, updated_at, revision", "the dcat:CatalogRecord", ""),
        ("created_at", "", "all"),
        ("subjects", "dcat:keyword, by language; dcat:theme: fields of research (FORD) as European "
         "themes, others by their address", "codes of other schemes without an address"),
        ("languages", "dct:language, of the European list", "languages without two letters"),
        ("rights", "dct:license (the first with an address), dct:rights for texts",
         "addresses of the others"),
        ("descriptions", "dct:description, by language, the abstract first; Methods are "
         "dct:provenance", "other types"),
        ("relations", "the nearest property of DCAT and Dublin Core, else dct:relation",
         "in which way, where there is no property"),
        ("related_items", "as relations, where they have an identifier", "those without; titles"),
        ("geo_locations", "dct:spatial: names, dcat:bbox, dcat:centroid, locn:geometry", ""),
        ("funding_references", "schema:funding", ""),
        ("sizes", "dct:extent", ""),
        ("formats", "", "all; files say their own"),
        ("version_label, version", "dcat:version", ""),
        ("access, embargo", "dct:accessRights of the European list; dct:available", "the note"),
        ("files", "dcat:Distribution with checksum, where anybody may have them",
         "all where nobody may"),
        ("distributions", "dcat:Distribution", "formats without a media type"),
        ("members, communities, translations, profile, effects, source", "", "all"),
    ),
)  # fmt: skip

TABLES: Final[tuple[Table, ...]] = (DATACITE, DUBLIN_CORE, DCAT)
