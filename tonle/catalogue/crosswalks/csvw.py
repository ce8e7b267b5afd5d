"""CSV on the Web, as linguists describe a dataset with it: CLDF. The tables are not read.

CLDF names no authors; it gives the citation of what it was derived from, and who is named
there is taken.
Source: W3C "Metadata Vocabulary for Tabular Data"; Cross-Linguistic Data Formats 1.1 to 1.3.
"""

from __future__ import annotations

import re
from typing import Any, Final

from tonle.catalogue.crosswalks import datacite, jsontext
from tonle.catalogue.crosswalks.clean import Cleaner, as_list, as_map, as_text
from tonle.catalogue.crosswalks.common import Notes, Parsed, Remark, digest, refused_file
from tonle.catalogue.crosswalks.identifiers import identifier_of
from tonle.catalogue.crosswalks.keys import finish
from tonle.catalogue.crosswalks.works import from_citation, quiet, stand_in
from tonle.kernel.errors import N_

FORMAT: Final = "csvw"


def parse(data: bytes, name: str) -> Parsed:
    """One table group, or one table with its own description."""
    try:
        value = jsontext.parse(data)
    except jsontext.NotJson as error:
        return refused_file(FORMAT, data, name, error.remark)
    given = as_map(value)
    if not given:
        return refused_file(FORMAT, data, name, Remark("", N_("The file describes no tables.")))
    notes = Notes()
    clean = Cleaner(notes)
    found = _properties(given, clean)
    stand_in(found, clean, [])
    made = datacite.document(found, notes, format_name=FORMAT)
    quiet(notes)
    return Parsed(FORMAT, (finish(made, notes, f"file:{name}", digest(data)),))


def _get(given: dict[str, Any], name: str) -> Any:
    """A Dublin Core property under any of the prefixes in use."""
    return next((given[k] for k in (f"dc:{name}", f"dct:{name}", f"dcterms:{name}")
                 if given.get(k) not in (None, "", [], {})), None)  # fmt: skip


def _texts(value: Any) -> list[str]:
    """Texts, as they are, as `@value` or as names of agents."""
    found = []
    for one in as_list(value):
        entry = as_map(one)
        inner = entry.get("@value") or entry.get("schema:name") or entry.get("dc:title")
        inner = inner or entry.get("@id") or one
        if text := as_text(next(iter(as_list(inner)), "")):
            found.append(text)
    return found


def _properties(given: dict[str, Any], clean: Cleaner) -> dict[str, Any]:
    cited = " ".join(_texts(_get(given, "bibliographicCitation")))
    people = _texts(_get(given, "creator"))
    creators: list[dict[str, Any]] = [{"name": person} for person in people]
    year = ""
    source: list[dict[str, Any]] = []
    if not creators and cited:
        creators, year, source = from_citation(cited, clean)
    issued = next(iter(_texts(_get(given, "issued") or _get(given, "date"))), "")
    return {
        "titles": [
            {"title": as_text(as_map(t).get("@value")) or t, "lang": as_map(t).get("@language")}
            for t in as_list(_get(given, "title"))
        ],
        "types": {
            "resourceTypeGeneral": "Dataset",
            "resourceType": as_text(_get(given, "conformsTo")).rpartition("#")[2],
        },
        "creators": creators,
        "contributors": [
            {"name": text, "contributorType": "Other"}
            for text in _texts(_get(given, "contributor"))
        ],
        "publisher": next(iter(_texts(_get(given, "publisher"))), ""),
        "publicationYear": issued[:4] or year,
        "dates": [{"date": issued, "dateType": "Issued"}] if issued else [],
        "descriptions": [
            {"description": text, "descriptionType": "Abstract"}
            for text in _texts(_get(given, "description"))
        ],
        "subjects": [
            {"subject": text}
            for text in (*_texts(_get(given, "subject")), *_texts(given.get("dcat:keyword")))
        ],
        "language": _texts(_get(given, "language")),
        "rightsList": [
            {"rightsUri": text} if re.match(r"https?://", text) else {"rights": text}
            for text in _texts(_get(given, "license"))
        ],
        "identifiers": [
            {"identifier": text, "identifierType": ""} for text in _texts(_get(given, "identifier"))
        ]
        + [{"identifier": given.get("rdf:ID"), "identifierType": "rdf:ID"}],
        "relatedIdentifiers": _relations(given),
        "relatedItems": source,
        "formats": ["text/csv"],
        "sizes": _sizes(given),
    }


def _relations(given: dict[str, Any]) -> list[dict[str, Any]]:
    made = []
    stated = [(text, "IsDescribedBy") for text in _texts(given.get("dcat:accessURL"))]
    stated += [(text, "IsVersionOf") for text in _texts(_get(given, "isVersionOf"))]
    for one in as_list(given.get("prov:wasDerivedFrom")):
        entry = as_map(one)
        address = as_text(entry.get("rdf:about")) or as_text(entry.get("@id"))
        stated.append((address, "IsDerivedFrom"))
    for text, relation in stated:
        target = identifier_of(text, "") if text else None
        if target is not None:
            made.append(
                {
                    "relatedIdentifier": target["value"],
                    "relatedIdentifierType": target["scheme"],
                    "relationType": relation,
                }
            )
    return made


def _sizes(given: dict[str, Any]) -> list[str]:
    """The rows of each table, where they are told."""
    made = []
    for one in as_list(given.get("tables"))[:100]:
        table = as_map(one)
        rows = as_text(_get(table, "extent"))
        if rows.isdecimal():
            made.append(f"{as_text(table.get('url')) or 'table'}: {rows} rows")
    return made
