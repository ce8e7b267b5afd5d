"""The reference pages that speak of records: what a kind adds, which formats are read and written.

`docs/reference/profiles.md`, `import-formats.md` and `export-formats.md` are these texts; a test
fails when they differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tonle.catalogue.crosswalks import MAX_BYTES, formats
from tonle.catalogue.crosswalks.kinds import KIND_OF_GENERAL
from tonle.catalogue.crosswalks.losses import GAINED, LOST
from tonle.catalogue.crosswalks.tables import FIELDS
from tonle.catalogue.crosswalks.writers import FORMATS
from tonle.catalogue.crosswalks.writers.mapping import TABLES
from tonle.catalogue.kinds import kinds

PROFILES_HEAD = """\
# Profiles

What each kind of record adds to the common part, in the record's `profile`. This page is
generated from each context's `kinds.py`; do not edit it by hand.

No property is required but `schema`. Unknown properties are kept. A name that ends in
`_as_stated` holds the source's own words, where the source leaves a doubt about the value.
"""

FORMATS_HEAD = """\
# Formats that are imported

What `tonle import` reads, what becomes of it, and what is lost. This page is generated from
`tonle/catalogue/crosswalks/`; the mappings stand in `tonle/catalogue/reference.py`.

A file is recognised by its content. A file is at most {limit} MB,
a CITATION.cff 1 MB; a table is read row by row and may be of any size. Nothing in a file is
ever run, followed or fetched: XML has no document type (JATS and FGDC may name one, which is
not looked up), YAML no alias and no type of its own, linked data no context.

## What a record needs

| format | needed | else |
|---|---|---|
| DataCite XML and JSON | one title; one creator, or the code for none | refused, every reason |
| CITATION.cff | a version 1.0 to 1.2, one title, one author | refused, with every reason |
| RO-Crate | one name | refused; that nobody is named as author is said |
| a record document of Tonle | a kind and one title | refused, with every reason |
| all others | one title; one creator, contributor or publisher | refused, with every reason |

Of what a catalogue is asked for, or of an OAI-PMH answer, the catalogue itself answers where
nobody is named: it becomes the publisher, and that is said. A bare file has nobody behind it.

A form that takes over a record (`read_metadata` of the catalogue) is given what could be read
of a refused one too, with what is missing.

A year, a publisher and a type may be missing: the record is taken in and the import says so.
Without a type, DataCite's records are datasets, oai_dc's are texts and those of CITATION.cff
are software.

## What is repaired, and said

- HTML, JATS and MathML in text become plain text; scripts and styles are dropped.
- E-mail addresses are removed from all text; `email`, `tel` and the like are never read.
- DataCite's codes for missing values (`:unav`, `:tba` and their kin) count as nothing.
- Empty elements are left out.
- Words of a vocabulary that are unknown become `Other`; the word is kept where there is a
  place for it.
- Years, dates, coordinates and identifiers that cannot be are left out, except that a related
  identifier is kept as it was given.
- Languages become BCP 47 tags (`khm`, `GER` and `English` are known); without one, `und`.
- A licence gets its SPDX identifier where its identifier, address or name leaves no doubt;
  address and name stay.

## Which record it is

A record's key is `doi:…` where it has a DOI, `oai:…` with the name a repository harvests it
by, or another name of the world (`ark:…`, `handle:…`, `swhid:…`). What has none is known by its
place: `file:` with the folder that was named and the path in it, so that two folders with a
`CITATION.cff` are two things. Imported from further up or down, it is the same where its title
is the same and neither creators nor year speak against it; the same bytes are the same anywhere.
A thing at the place of another that shares no name, title or creator with it is refused, until
somebody says `--same`. The address of a repository is no key: many things may lie in one.

The digest of the item as received, without its envelope, tells the same again from a newer
state. DOI, ARK, handle, RAiD, SWHID and CSTR
are names of one record alone, the first of each; other identifiers and addresses are
alternate identifiers.
"""

DATACITE = (
    ("identifier; doi, id, identifiers", "pids, or alternate_identifiers", ""),
    ("alternateIdentifiers", "alternate_identifiers; pids where they are names", ""),
    ("url", "alternate_identifiers", ""),
    ("creators", "creators", "names in the order and spelling given"),
    ("contributors", "contributors", "`Funder` of old kernels stays a type"),
    ("nameIdentifier", "identifiers of the agent", "faulty ones are left out; schemeURI"),
    ("affiliation", "affiliations", "schemeURI"),
    ("titles", "titles by language; other_titles", "a second title of a language is alternative"),
    ("publisher", "publisher", "all but the first; schemeURI"),
    ("publicationYear", "publication_year", "all but the first"),
    ("resourceType", "resource_type; the kind, by its very word or by the general type", ""),
    ("subjects", "subjects; words of one code in several languages are one", ""),
    ("dates", "dates", "what is no date"),
    ("language", "languages", ""),
    ("relatedIdentifiers", "relations", ""),
    ("relatedItems", "related_items", "relatedMetadataScheme and the like of the identifier"),
    ("sizes, formats, version", "sizes, formats, version_label", ""),
    ("`<?tonle-record-1 …?>`; meta", "what DataCite cannot say, from a node's own file", ""),
    (
        "rightsList; rights",
        "rights; terms in several languages are one",
        "rightsIdentifierScheme, schemeURI",
    ),
    ("descriptions", "descriptions; texts of one type in several languages are one", ""),
    ("geoLocations", "geo_locations", "coordinates that cannot be"),
    ("fundingReferences", "funding_references", "those without a funder's name"),
    ("container, agency, state, types of other vocabularies", "", "all"),
)
DUBLIN_CORE = (
    ("title, alternative", "titles by language; other_titles", ""),
    ("creator", "creators", ""),
    ("contributor", "contributors, as `Other`", ""),
    ("publisher", "publisher", "all but the first"),
    ("date", "dates, as `Issued`; the earliest is publication_year", "what is no date"),
    ("date with `embargoEnd`", "dates, as `Available`", ""),
    ("type", "kind, resource_type; the most telling one", "the others, but for the first's words"),
    ("description, abstract, tableOfContents", "descriptions", ""),
    ("subject", "subjects", ""),
    ("language", "languages", "`other`"),
    ("rights, license", "rights; name and address of one licence are one entry", ""),
    ("identifier", "pids, alternate_identifiers", ""),
    ("relation, source and their refinements", "relations; text goes to descriptions", ""),
    ("relation with `grantAgreement`", "funding_references", "the programme"),
    ("coverage", "geo_locations, as a place", "periods of time"),
    ("format", "formats", ""),
    ("header: identifier", "the key", ""),
    (
        "header: setSpec",
        "the kind, where no type tells and the set is named like a type",
        "else all",
    ),
    ("header: deleted", "told apart, with its key", ""),
)
CITATION = (
    ("title", "titles, as `und`", ""),
    ("abstract", "descriptions", ""),
    ("authors", "creators; particles and suffixes join the family name", "alias beside a name"),
    ("contact", "contributors, as `ContactPerson`", "every way to reach them"),
    ("doi", "pids; the key", ""),
    ("identifiers", "pids (DOI if none yet, SWHID), alternate_identifiers", "descriptions"),
    ("commit", "alternate_identifiers", ""),
    ("repository-code, repository", "relations: IsDerivedFrom", ""),
    ("repository-artifact", "relations: IsSourceOf", ""),
    ("url", "relations: IsDescribedBy", ""),
    ("license, license-url", "rights", ""),
    ("version, date-released, keywords, type", "version_label, dates and year, subjects, kind", ""),
    ("preferred-citation, references", "related_items", "editors, pages beyond first and last…"),
    ("message", "", "all"),
)

LINKED = (
    ("name, headline; alternateName", "titles by language; other_titles", ""),
    ("@type; that of mainEntity", "kind, resource_type", "all but the first that is known"),
    ("description, abstract", "descriptions", ""),
    ("author, creator", "creators; the publisher where there is none", "role names, e-mail"),
    ("contributor, editor, maintainer, copyrightHolder, provider…", "contributors", ""),
    ("@id, identifier, sameAs of people", "identifiers (ORCID, ROR, ISNI…)", "addresses of pages"),
    ("publisher", "publisher", "all but the first"),
    ("datePublished, dateCreated, dateModified, temporalCoverage", "dates; year", "words"),
    ("license, conditionsOfAccess, usageInfo", "rights", ""),
    ("keywords, about, applicationCategory", "subjects", ""),
    ("@id, identifier, cite-as, sameAs, url", "pids, alternate_identifiers", ""),
    (
        "citation, isBasedOn, isPartOf, referencePublication, codeRepository…",
        "relations; related_items where there is no identifier",
        "versions of what is required",
    ),
    ("funder, funding, sponsor", "funding_references", ""),
    ("spatialCoverage, contentLocation", "geo_locations: names, points, boxes", "other shapes"),
    ("version, inLanguage, encodingFormat, contentSize", "the like", ""),
    ("programmingLanguage, operatingSystem, codeRepository", "profile of software", "versions"),
    (
        "additionalProperty with `tonle-record/1#…` (RO-Crate)",
        "the field, where the crate still says what it said at its export",
        "",
    ),
    ("hasPart, distribution, variableMeasured, actions, all else", "", "all"),
)
CITED = (
    ("title, subtitle / TI / title", "titles, as `und`", ""),
    ("author / AU / author", "creators; names without a comma stay whole", ""),
    ("editor / ED, A2, A3 / editor", "contributors; creators where there is no author", ""),
    ("@type / TY / type", "kind, resource_type", ""),
    ("date, year, month / PY, DA / issued", "dates, as `Issued`; year", "seasons"),
    ("journal, booktitle, volume, number, pages, issn / T2… / container-title…",
     "related_items: IsPublishedIn", "series, edition, chapter"),
    ("publisher, school, institution / PB / publisher", "publisher", "its place"),
    ("doi, url, isbn, eprint / DO, UR, SN / DOI, URL, ISBN", "pids, alternate_identifiers", ""),
    ("abstract, note / AB, N2 / abstract, note", "descriptions", "N1"),
    ("keywords / KW / keyword, categories", "subjects", ""),
    ("langid, language / LA / language", "languages", ""),
    ("LaTeX accents, ligatures, signs", "letters", "unknown commands"),
    ("funder, license (CSL-JSON of Crossref)", "funding_references, rights", ""),
    ("files, notes and call numbers of a library", "", "all"),
)  # fmt: skip


EXPORTS_HEAD = """\
# Formats that records are written in

Ask for one by `?format=` and its name, or by `Accept` and its media type; a record's page links
to those that it comes in. What becomes of each field, and what is lost, is said below. This page
is generated from `tonle/catalogue/crosswalks/writers/mapping.py`.

Never in any of them: drafts, and addresses of files that not everybody may have.

| name | format | media types |
|---|---|---|
"""


def export_formats() -> str:
    """docs/reference/export-formats.md."""
    parts = [EXPORTS_HEAD]
    for one in FORMATS.values():
        types = ", ".join(f"`{media_type}`" for media_type in one.media_types)
        parts.append(f"| `{one.name}` | {one.label} | {types} |\n")
    for table in TABLES:
        names = ", ".join(f"`{name}`" for name in table.formats)
        parts.append(f"\n## {table.title}\n\n{names}. {table.note}\n\n")
        parts.append("| record | becomes | lost |\n|---|---|---|\n")
        parts += [f"| {field} | {where} | {lost} |\n" for field, where, lost in table.rows]
    return "".join(parts)


CROSSREF = (
    ("the element whose own DOI was asked for", "the record; what stands around it is related", ""),
    ("title, subtitle, original_language_title", "titles by language; other_titles", ""),
    ("contributors, organization, ORCID, affiliation", "creators, contributors", "`sequence`"),
    ("publisher_name, institution, crm-item", "publisher", "its place"),
    (
        "publication_date, posted_date, approval_date…",
        "dates; year: the earliest",
        "print or online",
    ),
    ("abstract", "descriptions", ""),
    ("AccessIndicators", "rights", "terms of text mining"),
    ("fundref", "funding_references", ""),
    ("relations, citation_list", "relations", "citations without a DOI"),
    ("journal, issue, book, series, pages, ISSN", "related_items: IsPublishedIn", "second ISSN"),
    ("isbn, doi_data", "alternate_identifiers, pids", ""),
    ("components, crossmark, archives", "", "all"),
)
JATS_ROWS = (
    ("article-title, subtitle, trans-title", "titles by language; other_titles", "footnotes"),
    ("contrib: name, collab, contrib-id", "creators, contributors", "who is in a collaboration"),
    ("aff, xref", "affiliations", "addresses"),
    ("journal-meta, volume, issue, pages", "related_items: IsPublishedIn; publisher", ""),
    ("pub-date, history", "dates; year: the earliest", ""),
    ("abstract, trans-abstract, kwd", "descriptions, subjects", "figures in an abstract"),
    ("permissions", "rights", ""),
    ("funding-group, related-article", "funding_references, relations", "funding in words"),
    ("formulas", "text, from MathML where it is there", "layout"),
    ("body, back", "", "all"),
    ("doc:document (Elsevier): dct, prism", "the same", "what only the article itself says"),
)
DDI_ROWS = (
    ("titl, parTitl, subTitl, altTitl", "titles by language; other_titles", ""),
    ("AuthEnty, othId; producer where there is none", "creators, contributors", "abbreviations"),
    ("distrbtr", "publisher; the others are contributors", "addresses"),
    ("distDate, prodDate, depDate, timePrd, collDate", "dates; year", "dates in words"),
    ("abstract, serStmt, dataColl", "descriptions", "the rest of `method`"),
    ("keyword, topcClas", "subjects", ""),
    ("nation, geogCover, geoBndBox", "geo_locations", "polygons"),
    ("useStmt, notes of terms", "rights", "citeReq, disclaimer"),
    ("grantNo, fundAg", "funding_references", ""),
    ("relPubl, relMat, relStdy", "relations", "those without an identifier"),
    ("fileDscr: fileType, fileSize", "formats, sizes", "the files themselves"),
    ("dataDscr", "", "all variables"),
)
ISO_ROWS = (
    ("title, alternateTitle, PT_FreeText / title", "titles by language; other_titles", ""),
    (
        "CI_ResponsibleParty by role / origin, cntperp",
        "creators, contributors, publisher",
        "addresses",
    ),
    ("abstract, purpose, lineage / abstract, purpose", "descriptions", "process steps"),
    ("CI_Date, TimePeriod / pubdate, timeperd", "dates; year", "times without a date"),
    ("descriptiveKeywords, topicCategory / keywords", "subjects", ""),
    ("useLimitation, otherConstraints / accconst, useconst", "rights", "restriction codes"),
    ("EX_GeographicBoundingBox, description / bounding", "geo_locations", "polygons, heights"),
    ("onLine / onlink", "distributions / alternate_identifiers", "what is not http"),
    ("fileIdentifier, identifier, parentIdentifier", "identifiers; relations: IsPartOf", ""),
    ("hierarchyLevel", "kind, resource_type", ""),
    ("quality reports, grids, bands, services' operations", "", "all"),
)
SOFTWARE_ROWS = (
    ("name / Name / dc:title, title", "titles, as `und`", ""),
    ("author, contributors / Author / citation", "creators, contributors", "e-mail, home pages"),
    ("maintainers / Maintainer", "creators, where there is no author", "else all"),
    ("version / Version", "version_label", ""),
    ("description / Summary / dc:description", "descriptions", "the long description"),
    ("keywords / Keywords, Classifier: Topic", "subjects", "other classifiers"),
    ("license / License-Expression, License, Classifier", "rights", "the licence's own text"),
    (
        "repository, homepage / Project-URL / dcat:accessURL",
        "relations, identifiers; profile",
        "trackers",
    ),
    ("prov:wasDerivedFrom, dc:bibliographicCitation", "relations, related_items", "versions"),
    ("tables", "sizes, as rows of each", "columns"),
    ("dependencies, scripts, engines, files", "", "all"),
)
OWN_ROWS = (
    ("every descriptive field, also unknown ones", "the same", ""),
    (
        "id, state, version, revision, dates, home, files, effects",
        "",
        "all: this node writes its own",
    ),
    ("home and id", "source.uri", ""),
)


TABLES_HEAD = """
## Tables

A table is imported with `--mapping FILE`, which says in TOML or JSON what its columns are;
`--suggest-mapping` prints a first one. What is not said of a table is found out: UTF-8, UTF-16,
Thai (Windows-874, TIS-620), Chinese (GB18030), Vietnamese (Windows-1258) or Western European
(Windows-1252), and whether tabs, semicolons, commas or bars part the cells. A guess is said. A
table has at most 200,000 rows of 1,000 columns, and a cell 200,000 characters. Formulas are
text. What is refused or repaired names its row.

Of the mapping:

| key | is |
|---|---|
| `separator` | parts several values of one cell, where a field takes several; else `;` |
| `date_order` | `dmy`, `mdy` or `ymd`, for dates such as 07/05/2024; without it these are refused |
| `encoding` | of the table, as Python names it (`cp874`); else found out |
| `delimiter` | between cells, one character; else found out |
| `skip_rows` | rows above the header, 0 to 1000 |
| `[constants]` | field and value, the same for every row; any field below, one value each |
| `[[columns]]` | one for each column that is read; the others are left out |

Of a column:

| key | is |
|---|---|
| `name` | what stands above it in the table, letter for letter |
| `field` | one of those below, or `profile.` and a property of the kind's [profile](profiles.md) |
| `language` | BCP 47, of its texts; without one, `und` |
| `type` | a word of DataCite's list for the field, else as below; of `identifiers` any: `ISBN` |
| `scheme` | the vocabulary of its subjects |
| `separator` | for this column; "" takes the cell as one value |
| `date_order` | for this column |
| `values` | what its codes stand for: `{ Open = "CC-BY-4.0", "ខ្មែរ" = "km" }` |

Without a `type` a description is an `Abstract`, a date `Issued`, a contributor or an identifier
`Other`, another title an `AlternativeTitle`, and a relation `References`.

| field | holds |
|---|---|
"""

BACK_HEAD = """
## Out and in again

What a record loses and gains when it is exported and imported again; a record that holds
nothing of what is lost comes back equal. The JSON of a node (`?format=json`) loses nothing. Nor
does a crate, in a zip or alone, or a file of DataCite: what schema.org and DataCite have no word
for stands beside it, and an edit of the file outweighs it. `oai_datacite` is DataCite without
that, as harvesters get it: all that DataCite itself cannot say.
"""


def profiles() -> str:
    """docs/reference/profiles.md. Needs the contexts to have registered their kinds."""
    parts = [PROFILES_HEAD]
    for kind in sorted(kinds(), key=lambda k: (k.context, k.name)):
        parts.append(f"\n## `{kind.name}`: {kind.label}\n")
        parts.append(f"\nContext: {kind.context}. Schema: `{kind.profile_schema}`. ")
        parts.append(
            f"{kind.profile['description']}\n\n| property | type | meaning |\n|---|---|---|\n"
        )
        for name, schema in kind.profile["properties"].items():
            parts.append(f"| `{name}` | {_type(schema)} | {schema['description']} |\n")
            inner = schema.get("items", {}).get("properties") or schema.get("properties") or {}
            for part, its in inner.items():
                parts.append(f"| `{name}.{part}` | {_type(its)} | {its['description']} |\n")
    return "".join(parts)


def _type(schema: Mapping[str, Any]) -> str:
    """A schema's type in a word or two."""
    if "enum" in schema:
        return "one of " + ", ".join(f"`{value}`" for value in schema["enum"])
    if schema["type"] == "array":
        return f"list of {_type(schema['items'])}"
    if schema["type"] == "object":
        return "language map" if "propertyNames" in schema else "group"
    if schema["type"] == "string":
        if "format" in schema:
            return {"date": "date", "date-time": "instant"}[schema["format"]]
        pattern = schema.get("pattern", "")
        return (
            "address" if pattern.startswith("^https")
            else "decimal" if "-?" in pattern
            else "record id" if pattern
            else "text"
        )  # fmt: skip
    return {"integer": "whole number", "boolean": "yes or no"}[schema["type"]]


def import_formats() -> str:
    """docs/reference/import-formats.md."""
    parts = [FORMATS_HEAD.format(limit=MAX_BYTES // 1_000_000)]
    for title, rows in (
        ("DataCite, kernels 2.2 to 4.7", DATACITE),
        ("Dublin Core in OAI-PMH answers", DUBLIN_CORE),
        ("CITATION.cff 1.0 to 1.2", CITATION),
        ("CodeMeta 1 to 3.1, RO-Crate 1.0 to 1.2, schema.org in JSON-LD", LINKED),
        ("BibTeX / RIS / CSL-JSON", CITED),
        ("Crossref (UNIXREF, UNIXSD)", CROSSREF),
        ("JATS, front matter", JATS_ROWS),
        ("DDI Codebook 1.2 to 2.5", DDI_ROWS),
        ("ISO 19139 / FGDC", ISO_ROWS),
        ("npm package.json / Python core metadata / CSVW of CLDF, Lexibank", SOFTWARE_ROWS),
        ("A record document of Tonle", OWN_ROWS),
    ):
        parts.append(f"\n## {title}\n\n| source | record | lost |\n|---|---|---|\n")
        parts += [f"| {source} | {record} | {lost} |\n" for source, record, lost in rows]
    parts.append(TABLES_HEAD)
    parts += [f"| `{name}` | {meaning} |\n" for name, meaning in FIELDS.items()]
    parts.append(BACK_HEAD)
    for name in LOST:
        fields = sorted({*LOST[name], *GAINED[name]})
        if fields:
            parts.append(f"\n### {name}\n\n| field | lost | gained |\n|---|---|---|\n")
        parts += [
            f"| {field} | {LOST[name].get(field, '')} | {GAINED[name].get(field, '')} |\n"
            for field in fields
        ]
    parts.append("\n## Kinds by DataCite's general type\n\n| type | kind |\n|---|---|\n")
    parts += [f"| {general} | {kind} |\n" for general, kind in sorted(KIND_OF_GENERAL.items())]
    parts.append(
        "\n## Formats\n\nFormats that are known and not read say why, and are counted apart.\n\n"
        "| name | format | read |\n|---|---|---|\n"
    )
    parts += [
        f"| `{f.name}` | {f.label} | {'yes' if f.read else f.why or 'not yet'} |\n"
        for f in formats()
    ]
    return "".join(parts)
