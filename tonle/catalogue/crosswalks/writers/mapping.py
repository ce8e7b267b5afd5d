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
    "list of the schema becomes `Other`, with the word beside it where there is a place. What is "
    "lost to DataCite stands beside it, in XML as a processing instruction, in JSON as `meta`, so "
    "that `tonle import` makes the same record of the file. Harvesters and DOIs are told "
    "DataCite's words alone.",
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
        ("members, communities, translations, serves, profile, effects, source", "", "all"),
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
        ("members, communities, translations, serves, profile, effects, source", "", "all"),
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
         "org:memberOf", "their order, further identifiers, credit_roles"),
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
        ("members, communities, translations, serves, profile, effects, source", "", "all"),
    ),
)  # fmt: skip

SCHEMA_ORG: Final = Table(
    "schema.org, as JSON-LD",
    ("schema-org",),
    "What search engines for data require and recommend; it stands in every page too. A record "
    "has the type that schema.org has for it. Projects, organisations, instruments, services, "
    "offers and calls are no works there: they have who stands behind them and where they are, and "
    "no authors, licences or files.",
    (
        ("id", "url; identifier as ARK", ""),
        ("home, state", "sameAs: where a harvested record is at home", "the state"),
        ("pids", "@id, identifier with propertyID, sameAs", ""),
        ("alternate_identifiers", "", "all"),
        ("kind, resource_type", "@type", "kinds and types without a word of their own"),
        ("titles, other_titles", "name in the thing's own language; the rest are alternateName",
         "languages; types"),
        ("creators", "creator: names, other spellings, ORCID or ROR, affiliations",
         "roles (CRediT)"),
        ("contributors", "contributor", "in which role"),
        ("publisher", "publisher", ""),
        ("publication_year, dates", "datePublished, dateCreated; Coverage and Collected are "
         "temporalCoverage", "other dates; notes"),
        ("published_at, updated_at", "dateModified", ""),
        ("created_at, revision", "", "all"),
        ("subjects", "keywords in the thing's own language", "schemes, codes, other languages"),
        ("languages", "inLanguage", ""),
        ("rights", "license: address, else its words", "words beside an address"),
        ("descriptions", "description: the abstract in the thing's own language, up to 4,900 "
         "characters, and more of them where it is shorter than 50; Methods are "
         "measurementTechnique", "other types and languages"),
        ("relations", "citation, isBasedOn, isPartOf, hasPart, subjectOf and other properties",
         "relations without a property; in which way, of several that share one"),
        ("related_items", "the same, as described works", "editions, other contributors"),
        ("geo_locations", "spatialCoverage: Place with GeoCoordinates and GeoShape",
         "outlines beyond twenty of two hundred points"),
        ("funding_references", "funding: Grant, and funder", ""),
        ("sizes, formats", "", "all; files say their own"),
        ("version_label, version", "version", ""),
        ("access, embargo", "isAccessibleForFree where it is open or will be; the note is "
         "conditionsOfAccess", "the level, the day"),
        ("files, distributions", "distribution or encoding: the first fifty that anybody may have",
         "sha512; files that are closed"),
        ("serves", "", "all"),
        ("profile", "of data variableMeasured and measurementTechnique; of software "
         "codeRepository, programmingLanguage, runtimePlatform; of others their deadline, days "
         "and page", "the rest"),
        ("members, communities, translations, effects, source", "", "all"),
    ),
)  # fmt: skip

RO_CRATE: Final = Table(
    "RO-Crate 1.2",
    ("ro-crate",),
    "The metadata file of a research object whose files lie on the web. The zip of a whole record "
    "(`/records/<id>/zip`) is a crate as well, with its files beside it and `record.json`, which "
    "holds everything; what is lost below is lost only to who reads the metadata file alone. "
    "People, places, grants and licences are entities of their own; what is no dataset is the "
    "crate's mainEntity. sha512 is in the zip's manifest.",
    (
        ("id, home, state", "the @id of the root: its page", "the state"),
        ("pids", "identifier, cite-as", ""),
        ("alternate_identifiers", "", "all"),
        ("kind, resource_type", "mainEntity with its type; additionalType for its own word",
         "general types that schema.org has not"),
        ("titles, other_titles", "name, alternateName, by language", "types"),
        ("creators", "author: Person or Organization, ORCID or ROR as @id, affiliation", ""),
        ("contributors", "contributor", "in which role"),
        ("publisher", "publisher; where none is stated, the node", ""),
        ("publication_year, dates", "datePublished (a day where one is known), dateCreated, "
         "temporalCoverage", "other dates"),
        ("published_at, updated_at, created_at", "dateModified; sdDatePublished of files", ""),
        ("revision", "", "all"),
        ("subjects", "keywords, by language", "schemes and codes"),
        ("languages", "inLanguage", ""),
        ("rights", "license: CreativeWork with name; that none is stated is stated", ""),
        ("descriptions", "description: the abstract, by language; Methods are "
         "measurementTechnique", "other types"),
        ("relations, related_items", "citation, isBasedOn, isPartOf, subjectOf and others; what "
         "has no address, and parts that are no files, are mentions", "in which way, of these"),
        ("geo_locations", "spatialCoverage: Place; shapes as schema.org and as WKT", ""),
        ("funding_references", "funding, funder", ""),
        ("sizes, formats", "", "all; files say their own"),
        ("version_label, version", "version", ""),
        ("access, embargo", "isAccessibleForFree, conditionsOfAccess", "the level, the day"),
        ("files, distributions", "hasPart: File with contentSize, encodingFormat, sha256, of those "
         "that anybody may have; in a zip of those that are in it", "files beyond ten thousand"),
        ("serves", "", "all"),
        ("profile", "as in schema.org", "the rest"),
        ("members, communities, translations, effects, source", "", "all"),
    ),
)  # fmt: skip

CROISSANT: Final = Table(
    "Croissant 1.1",
    ("croissant",),
    "Of datasets whose files anybody may have now. Record sets and file sets need a look into the "
    "files and are not written yet.",
    (
        ("id, home, state", "url", "the state"),
        ("pids", "sameAs, citeAs", "those that are not cited"),
        ("alternate_identifiers", "", "all"),
        ("kind, resource_type", "sc:Dataset", "what else it is"),
        ("titles", "name, by language", ""),
        ("other_titles", "", "all"),
        ("creators, publisher", "creator, publisher: name, ORCID or ROR as url", "affiliations"),
        ("contributors", "", "all"),
        ("publication_year, dates", "datePublished, a day", "other dates"),
        ("published_at, updated_at", "datePublished where no day is stated; dateModified", ""),
        ("created_at", "", "all"),
        ("subjects", "keywords in the thing's own language", "schemes, codes, other languages"),
        ("languages", "inLanguage", ""),
        ("rights", "license", "words beside an address"),
        ("descriptions", "description: the abstract, by language; Methods are rai:dataCollection",
         "other types"),
        ("relations, related_items, geo_locations, funding_references", "", "all"),
        ("sizes, formats", "", "all; files say their own"),
        ("version_label, version, revision", "version: the makers' where it is semantic, else "
         "version.revision.0", "makers' versions that are not"),
        ("access, embargo", "", "all: what is closed is not written"),
        ("files, distributions", "distribution: cr:FileObject with contentUrl, contentSize, "
         "encodingFormat, sha256", "files elsewhere without a sha256; files beyond ten thousand"),
        ("serves", "", "all"),
        ("profile", "collection_method is rai:dataCollection", "the rest"),
        ("members, communities, translations, effects, source", "", "all"),
    ),
)  # fmt: skip

CODEMETA: Final = Table(
    "CodeMeta 3.1",
    ("codemeta",),
    "Of software. Licences are SPDX's pages, as CodeMeta wants them.",
    (
        ("id, home, state", "url", "the state"),
        ("pids", "id, identifier", ""),
        ("alternate_identifiers", "", "all"),
        ("kind, resource_type", "type: SoftwareSourceCode", "which kind of software"),
        ("titles, other_titles", "name in the thing's own language; the rest are alternateName",
         "languages; types"),
        ("creators, contributors", "author, contributor: names, ORCID or ROR, affiliation",
         "in which role"),
        ("publisher", "publisher", ""),
        ("publication_year, dates", "datePublished, dateCreated", "other dates"),
        ("published_at, updated_at", "datePublished where none is stated; dateModified", ""),
        ("created_at, revision", "", "all"),
        ("subjects", "keywords in the thing's own language", "schemes, codes, other languages"),
        ("languages", "inLanguage", ""),
        ("rights", "license", "licences without an address"),
        ("descriptions", "description, in the thing's own language", "other types and languages"),
        ("relations", "referencePublication, softwareRequirements, softwareHelp, citation, "
         "isPartOf, hasPart, sameAs, relatedLink", "other relations"),
        ("related_items, geo_locations", "", "all"),
        ("funding_references", "funder; funding, as text", ""),
        ("sizes, formats", "", "all"),
        ("version_label, version", "version", ""),
        ("access, embargo", "isAccessibleForFree, embargoEndDate", "the note"),
        ("files, distributions", "downloadUrl of those that anybody may have, fileSize",
         "names, digests"),
        ("serves", "", "all"),
        ("profile", "codeRepository, programmingLanguage, operatingSystem", "the rest"),
        ("members, communities, translations, effects, source", "", "all"),
    ),
)  # fmt: skip

CFF: Final = Table(
    "CITATION.cff 1.2.0",
    ("cff",),
    "Of software: the file that lies beside its source. What has no author is its publisher's.",
    (
        ("id, home, state", "url, where there is no other name", "all else"),
        ("pids", "doi, identifiers", "types that the format does not know are `other`"),
        ("alternate_identifiers", "", "all"),
        ("kind, resource_type", "type: software", "which kind of software"),
        ("titles", "title, in the thing's own language", "other languages"),
        ("other_titles, contributors", "", "all"),
        ("creators", "authors: people with ORCID and affiliation, entities with their ROR as "
         "website", "other identifiers; other spellings"),
        ("publisher", "", "all, where there are authors"),
        ("publication_year, dates", "date-released, where it is a day", "all else"),
        ("published_at, updated_at, created_at, revision", "", "all"),
        ("subjects", "keywords", "schemes, codes, other languages"),
        ("languages", "", "all"),
        ("rights", "license: SPDX codes of May 2021; else license-url", "words"),
        ("descriptions", "abstract, in the thing's own language", "other types and languages"),
        ("relations", "", "all"),
        ("related_items", "references, of what it cites", "others; volumes, pages"),
        ("geo_locations, funding_references, sizes, formats", "", "all"),
        ("version_label, version", "version", ""),
        ("access, embargo, files, distributions", "", "all"),
        ("serves", "", "all"),
        ("profile", "repository-code", "the rest"),
        ("members, communities, translations, effects, source", "", "all"),
    ),
)  # fmt: skip

CITED: Final = Table(
    "BibTeX, RIS and CSL-JSON",
    ("bibtex", "ris", "csl-json"),
    "What a list of references needs, in the thing's own language. The same as one line of text in "
    "a style: `?format=` with `apa`, `vancouver`, `chicago`, `harvard`, `ieee`, `mla`, `gbt7714` "
    "or `bgddt`, and `&lang=` for its language.",
    (
        ("id", "the key of the entry; url where it has no other name", ""),
        ("home, state", "", "all"),
        ("pids", "doi, url", "others"),
        ("alternate_identifiers", "", "all"),
        ("kind, resource_type", "the type of the entry", "types that the format has not"),
        ("titles", "title", "other languages"),
        ("other_titles, contributors", "", "all"),
        ("creators", "author", "identifiers, affiliations, other spellings"),
        ("publisher", "publisher, school or institution", "its identifier"),
        ("publication_year, dates", "year, month or day of issue", "other dates"),
        ("published_at", "the day of issue of what was published here first", ""),
        ("updated_at, created_at, revision", "", "all"),
        ("subjects", "keywords", "schemes, codes, other languages"),
        ("languages", "language", "all but the first"),
        ("rights", "", "all"),
        ("descriptions", "abstract", "other types and languages"),
        ("relations", "", "all"),
        ("related_items", "journal or book, volume, issue, pages of what it was published in",
         "others"),
        ("geo_locations, funding_references, sizes, formats", "", "all"),
        ("version_label, version", "version", ""),
        ("access, embargo, files, distributions", "", "all"),
        ("members, communities, translations, serves, profile, effects, source", "", "all"),
    ),
)  # fmt: skip

TABLES: Final[tuple[Table, ...]] = (
    DATACITE, DUBLIN_CORE, DCAT, SCHEMA_ORG, RO_CRATE, CROISSANT, CODEMETA, CFF, CITED,
)  # fmt: skip
