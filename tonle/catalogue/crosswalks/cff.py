"""CITATION.cff, versions 1.0 to 1.2.

Source: Citation File Format 1.2.0 (doi:10.5281/zenodo.5171937); 1.0.3 and 1.1.0 before it.
"""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from tonle.catalogue.crosswalks import datacite
from tonle.catalogue.crosswalks.clean import Cleaner, as_list, as_map, as_text, partial_date, year
from tonle.catalogue.crosswalks.common import Document, Notes, Parsed, Remark, digest, refused_file
from tonle.catalogue.crosswalks.identifiers import doi, identifier_of
from tonle.catalogue.crosswalks.keys import finish
from tonle.kernel.errors import N_

FORMAT: Final = "cff"
# A citation file of a thousand authors has some 150 kB, and a name, a key and a value each of
# its parts: this is room for five thousand, which no form could show.
MAX_BYTES: Final = 1_000_000
MAX_NODES: Final = 50_000
MAX_DEPTH: Final = 40
_VERSION = re.compile(r"1\.[0-2](?:\.\d+)?\Z")

# Types of a reference, folded to DataCite's general types.
# Source: CFF 1.2.0, "definitions.reference.type".
_REFERENCE_TYPES: Final = {
    "article": "JournalArticle",
    "book": "Book",
    "conference-paper": "ConferencePaper",
    "data": "Dataset",
    "database": "Dataset",
    "proceedings": "ConferenceProceeding",
    "report": "Report",
    "software": "Software",
    "software-code": "Software",
    "thesis": "Dissertation",
}


# libyaml is ten times as fast; where a build of PyYAML lacks it, a large file takes seconds.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _PlainLoader(_Loader):  # type: ignore[misc] # One of two, chosen as said above.
    """A safe loader whose plain scalars stay the text that was written.

    YAML 1.1 would make a date of 2020-01-01, a float of version 1.10 and a boolean of No.
    """

    yaml_implicit_resolvers: dict[Any, Any] = {}


def _bounded(data: bytes) -> None:
    """Raises YAMLError for a file that would cost more than it could say.

    Counted by events, before anything is built: an alias bomb has few bytes, deep nesting
    would exhaust the stack, and neither occurs in honest files.
    """
    nodes = depth = 0
    for event in yaml.parse(data, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not accepted")
        nodes += isinstance(event, yaml.NodeEvent)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if nodes > MAX_NODES or depth > MAX_DEPTH:
            raise yaml.YAMLError("too many or too deeply nested values")


class _Unreadable(Exception):
    def __init__(self, remark: Remark) -> None:
        super().__init__(str(remark))
        self.remark = remark


def _load(data: bytes) -> dict[str, Any]:
    try:
        _bounded(data)
        loader = _PlainLoader(data)
        try:
            value = loader.get_single_data()
        finally:
            loader.dispose()
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise _Unreadable(
            Remark("", N_("The file is not valid YAML: %(reason)s."), {"reason": reason})
        ) from None
    if not isinstance(value, dict):
        raise _Unreadable(Remark("", N_("The file holds no citation metadata.")))
    return {key: item for key, item in value.items() if isinstance(key, str)}


def parse(data: bytes, name: str) -> Parsed:
    """One CITATION.cff file: one piece of software, or one dataset."""
    if len(data) > MAX_BYTES:
        return refused_file(
            FORMAT, data, name, Remark("", N_("A citation file is at most 1 MB; this is larger."))
        )
    try:
        given = _load(data)
    except _Unreadable as error:
        return refused_file(FORMAT, data, name, error.remark)
    notes = Notes()
    made = _document(given, notes)
    return Parsed(FORMAT, (finish(made, notes, f"file:{name}", digest(data)),))


def _document(given: dict[str, Any], notes: Notes) -> Document:
    clean = Cleaner(notes)
    version = as_text(given.get("cff-version")).strip()
    if not version:
        notes.refuse("cff-version", N_("The version of the format is missing."))
    elif not _VERSION.match(version):
        notes.refuse(
            "cff-version",
            N_("Version %(version)s of the format is not known."),
            version=version[:40],
        )
    made = datacite.document(
        _properties(given, clean), notes, format_name=FORMAT, people=datacite.People.CREATORS
    )
    # DataCite asks for a publisher; a citation file has none, so that remark says nothing here.
    notes.warnings = [w for w in notes.warnings if w.where != "publisher"]
    return made


def _properties(given: dict[str, Any], clean: Cleaner) -> dict[str, Any]:
    """The citation in the shape of DataCite's properties."""
    stated = as_text(given.get("type")).strip() or "software"
    if stated not in ("software", "dataset"):
        clean.notes.warn(
            "type", N_("%(value)s is not a known type; the record was taken for software."),
            value=stated[:80],
        )  # fmt: skip
    released = as_text(given.get("date-released")).strip()
    dates = []
    if released:
        dates.append({"date": released, "dateType": "Issued"})
    found: dict[str, Any] = {
        "titles": [{"title": given.get("title")}],
        "types": {"resourceTypeGeneral": "Dataset" if stated == "dataset" else "Software"},
        "creators": _people(given.get("authors")),
        # `contact` names who answers questions; the way to reach them is not kept.
        "contributors": [
            {**person, "contributorType": "ContactPerson"}
            for person in _people(given.get("contact"))
        ],
        "descriptions": [{"description": given.get("abstract"), "descriptionType": "Abstract"}],
        "subjects": [{"subject": word} for word in as_list(given.get("keywords"))],
        "dates": dates,
        "publicationYear": str(year(released) or "") if partial_date(released) else "",
        "version": given.get("version"),
        "rightsList": _rights(given),
        "doi": given.get("doi"),
    }
    found["identifiers"], found["relatedIdentifiers"] = _identifiers(given, clean)
    found["relatedItems"] = [
        item
        for key, relation in (("preferred-citation", "IsDescribedBy"), ("references", "References"))
        for reference in as_list(given.get(key))
        if (item := _reference(as_map(reference), relation))
    ]
    return found


def _people(value: Any) -> list[dict[str, Any]]:
    made = []
    for item in as_list(value):
        given = as_map(item)
        if not given:
            continue
        family = " ".join(
            part for key in ("name-particle", "family-names", "name-suffix")
            if (part := as_text(given.get(key)).strip())
        )  # fmt: skip
        first_names = as_text(given.get("given-names")).strip()
        entity = as_text(given.get("name")).strip()
        made.append(
            {
                "name": entity
                or ", ".join(part for part in (family, first_names) if part)
                or as_text(given.get("alias")),
                "nameType": "Organizational" if entity else "Personal",
                "givenName": first_names,
                "familyName": family,
                "nameIdentifiers": [
                    {"nameIdentifier": given.get(key), "nameIdentifierScheme": label}
                    for key, label in (("orcid", "ORCID"), ("ror", "ROR"))
                    if given.get(key)
                ],
                "affiliation": given.get("affiliation"),
            }
        )
    return made


def _rights(given: dict[str, Any]) -> list[dict[str, Any]]:
    """Licences: SPDX identifiers (1.2 allows several: any of them), else the address."""
    address = as_text(given.get("license-url"))
    names = [text for item in as_list(given.get("license")) if (text := as_text(item).strip())]
    if not names:
        return [{"rightsUri": address}] if address else []
    return [
        {"rights": name, "rightsIdentifier": name, "rightsUri": address if len(names) == 1 else ""}
        for name in names
    ]


def _identifiers(
    given: dict[str, Any], clean: Cleaner
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Names of the thing itself, and what it is made from."""
    own: list[dict[str, Any]] = []
    for item in as_list(given.get("identifiers")):
        entry = as_map(item)
        kind = as_text(entry.get("type")).strip().lower()
        label = {"doi": "DOI", "url": "URL", "swh": "SWHID"}.get(kind, "Other")
        value = as_text(entry.get("value")).strip()
        if label == "DOI" and doi(given.get("doi")) and doi(value) != doi(given.get("doi")):
            # The DOI of the whole file wins; the others name versions of it.
            own.append({"identifier": value, "identifierType": "Other"})
        else:
            own.append({"identifier": value, "identifierType": label})
    if given.get("commit"):
        own.append({"identifier": given.get("commit"), "identifierType": "commit"})
    related = []
    for key, relation in (
        ("repository-code", "IsDerivedFrom"),
        ("repository", "IsDerivedFrom"),
        ("repository-artifact", "IsSourceOf"),
        ("url", "IsDescribedBy"),
    ):
        value = as_text(given.get(key)).strip()
        if not value:
            continue
        if identifier_of(value, "URL") is None:
            clean.notes.warn(key, N_("%(value)s is not an address."), value=value[:80])
            continue
        related.append(
            {"relatedIdentifier": value, "relatedIdentifierType": "URL", "relationType": relation}
        )
    return own, related


def _reference(given: dict[str, Any], relation: str) -> dict[str, Any]:
    if not given:
        return {}
    item: dict[str, Any] = {
        "relatedItemType": _REFERENCE_TYPES.get(as_text(given.get("type")), "Other"),
        "relationType": relation,
        "titles": [{"title": given.get("title")}],
        "creators": _people(given.get("authors")),
        "publicationYear": as_text(given.get("year")) or as_text(given.get("date-released")),
        "volume": given.get("volume"),
        "issue": given.get("issue"),
        "firstPage": given.get("start"),
        "lastPage": given.get("end"),
        "publisher": as_map(given.get("publisher")).get("name") or given.get("journal"),
    }
    for key, label in (("doi", "DOI"), ("url", "URL")):
        if as_text(given.get(key)):
            item["relatedItemIdentifier"] = {
                "relatedItemIdentifier": given.get(key),
                "relatedItemIdentifierType": label,
            }
            break
    return item
