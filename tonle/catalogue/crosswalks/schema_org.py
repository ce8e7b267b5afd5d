"""schema.org's words to DataCite's: what CodeMeta, RO-Crate and pages of repositories share.

Source: schema.org 29; its use for data as in "Science on schema.org" 1.3 and RO-Crate 1.2.
"""

from __future__ import annotations

import re
from typing import Any, Final

from tonle.catalogue.crosswalks import datacite, jsontext, kinds
from tonle.catalogue.crosswalks.clean import (
    Cleaner,
    as_list,
    as_map,
    as_text,
    partial_date,
    unique,
    year,
)
from tonle.catalogue.crosswalks.common import (
    Document,
    Notes,
    Parsed,
    ParsedRecord,
    Remark,
    digest,
    refused_file,
)
from tonle.catalogue.crosswalks.identifiers import agent_identifier, identifier_of, work_identifier
from tonle.catalogue.crosswalks.jsonld import (
    Entity,
    Graph,
    address_of,
    language_of,
    text_of,
    types,
)
from tonle.catalogue.crosswalks.keys import finish
from tonle.kernel.errors import N_
from tonle.kernel.formats import format_named
from tonle.kernel.packages import package_from

FORMAT: Final = "schema-org-jsonld"

# Types of a creative work, as text without case, where kinds.general_of_word has none.
_GENERAL_OF_TYPE: Final = {
    "computationalworkflow": "Workflow",
    "datacatalog": "Collection",
    "digitaldocument": "Text",
    "howto": "Text",
    "imageobject": "Image",
    "legislation": "Text",
    "mediaobject": "Other",
    "scholarlyarticle": "JournalArticle",
    "softwareapplication": "Software",
    "softwaresourcecode": "Software",
    "videoobject": "Audiovisual",
    "webpage": "Text",
    "website": "Collection",
}
# What a page may hold beside the work it is about.
_NOT_A_WORK: Final = frozenset(
    ["breadcrumblist", "organization", "person", "place", "searchaction", "listitem", "graph"]
)
_RELATIONS: Final = (
    ("citation", "References"),
    ("referencePublication", "IsDescribedBy"),
    ("isBasedOn", "IsDerivedFrom"),
    ("isBasedOnUrl", "IsDerivedFrom"),
    ("codeRepository", "IsDerivedFrom"),
    ("isPartOf", "IsPartOf"),
    ("softwareHelp", "IsDocumentedBy"),
    ("readme", "IsDocumentedBy"),
    ("subjectOf", "IsDescribedBy"),
    ("mentions", "References"),
    ("exampleOfWork", "IsVersionOf"),
    ("predecessorOf", "IsPreviousVersionOf"),
    ("successorOf", "IsNewVersionOf"),
    ("releaseNotes", "IsDocumentedBy"),
    ("softwareRequirements", "Requires"),
)
_DATES: Final = (
    ("datePublished", "Issued"),
    ("dateCreated", "Created"),
    ("dateModified", "Updated"),
    ("copyrightYear", "Copyrighted"),
    ("embargoEndDate", "Available"),
    ("embargoDate", "Available"),
    ("temporalCoverage", "Coverage"),
)
_SOFTWARE: Final = frozenset({"softwaresourcecode", "softwareapplication"})
# How deep an organisation may stand in another before we stop asking.
_DEPTH: Final = 4


def parse(data: bytes, name: str) -> Parsed:
    """A JSON-LD file about one work, as pages of repositories carry it."""
    try:
        graph = Graph(jsontext.parse(data))
    except jsontext.NotJson as error:
        return refused_file(FORMAT, data, name, error.remark)
    works = [entity for entity in graph.entities if not _NOT_A_WORK & set(types(entity))]
    works = [entity for entity in works if entity.get("name") or entity.get("headline")] or works
    if not works:
        return refused_file(FORMAT, data, name, Remark("", N_("The file describes no work.")))
    if len(works) > 1:
        # A graph of one thing and its parts: what nothing else is part of comes first.
        works = works[:1]
    return Parsed(FORMAT, (record(works[0], graph, FORMAT, name, data),))


def record(
    entity: Entity,
    graph: Graph,
    format_name: str,
    name: str,
    data: bytes,
    *,
    people: datacite.People = datacite.People.SOMEBODY,
) -> ParsedRecord:
    """One work of a graph as a record."""
    notes = Notes()
    made = described(entity, graph, notes, format_name, people)
    return finish(made, notes, f"file:{name}", digest(data))


def described(
    entity: Entity, graph: Graph, notes: Notes, format_name: str, people: datacite.People
) -> Document:
    """What a graph says of one work: the descriptive part of a record."""
    clean = Cleaner(notes)
    made = datacite.document(
        properties(entity, graph, clean), notes, format_name=format_name, people=people
    )
    _profile(entity, graph, clean, made)
    return made


def properties(entity: Entity, graph: Graph, clean: Cleaner) -> dict[str, Any]:
    """The work in the shape of DataCite's properties."""
    found: dict[str, Any] = {
        "titles": _titles(entity, graph),
        "types": _types(entity, graph),
        "creators": _agents(
            graph.all(entity, "author", "authors", "creator", "creators", "agents"), graph, clean
        ),
        "contributors": _contributors(entity, graph, clean),
        "publisher": _publisher(entity, graph),
        "descriptions": _descriptions(entity, graph),
        "subjects": _subjects(entity, graph),
        "dates": _dates(entity),
        "language": [
            _language(value) for value in graph.all(entity, "inLanguage", "naturalLanguage")
        ],
        "version": text_of(_first(entity, "version", "softwareVersion")),
        "rightsList": _rights(entity, graph),
        "geoLocations": [
            place
            for value in graph.all(entity, "spatialCoverage", "contentLocation", "spatial")
            if (place := _place(value, graph))
        ],
        "fundingReferences": _funding(entity, graph),
        "sizes": [text_of(value) for value in graph.all(entity, "contentSize", "size")],
        "formats": [text_of(v) for v in graph.all(entity, "encodingFormat", "fileFormat")],
    }
    if not found["creators"] and found["publisher"]:
        # Agencies publish without naming anybody; the work is then theirs.
        found["creators"] = [{**one, "nameType": "Organizational"} for one in found["publisher"]]
        clean.notes.warn("author", N_("Nobody is named as author; the publisher was taken."))
    published = as_text(_first(entity, "datePublished", "dateCreated", "copyrightYear")).strip()
    found["publicationYear"] = str(year(published) or "")
    found["identifiers"] = _identifiers(entity, graph)
    found["relatedIdentifiers"], found["relatedItems"] = _relations(entity, graph, clean)
    return found


def _first(entity: Entity, *names: str) -> Any:
    return next((v for n in names for v in as_list(entity.get(n)) if v not in ("", {}, [])), None)


def _titles(entity: Entity, graph: Graph) -> list[dict[str, Any]]:
    main = graph.all(entity, "name") or graph.all(entity, "headline", "title")
    made = [{"title": text_of(value), "lang": language_of(value)} for value in main]
    made += [
        {
            "title": text_of(value),
            "lang": language_of(value),
            "titleType": "AlternativeTitle",
        }
        for value in graph.all(entity, "alternateName", "alternativeHeadline")
    ]
    return made


def _types(entity: Entity, graph: Graph) -> dict[str, str]:
    stated = types(entity)
    # The crate is a Dataset; where it holds one main workflow or program, it is that.
    for main in graph.all(entity, "mainEntity"):
        stated = [one for one in types(main) if one != "file"] + stated
    order = ["computationalworkflow", *stated] if "computationalworkflow" in stated else stated
    for one in order:
        general = _GENERAL_OF_TYPE.get(one) or kinds.general_of_word(one)
        if general:
            words = text_of(_first(entity, "additionalType", "learningResourceType"))
            return {"resourceTypeGeneral": general, "resourceType": words}
    return {}


def _descriptions(entity: Entity, graph: Graph) -> list[dict[str, Any]]:
    texts = graph.all(entity, "abstract") + graph.all(entity, "description")
    return [
        {
            "description": text_of(value),
            "descriptionType": "Abstract",
            "lang": language_of(value),
        }
        for value in texts
    ]


def _subjects(entity: Entity, graph: Graph) -> list[dict[str, Any]]:
    made = []
    for value in graph.all(entity, "keywords", "tags", "about", "applicationCategory"):
        if isinstance(value, dict):
            within = graph.resolve(value.get("inDefinedTermSet"))
            made.append(
                {
                    "subject": text_of(value),
                    "lang": language_of(value),
                    "subjectScheme": text_of(within),
                    "valueUri": address_of(value),
                    "classificationCode": as_text(value.get("termCode")),
                }
            )
        else:
            # One string of words, as schema.org allows: commas or semicolons part them.
            words = re.split(r"[,;]\s*", as_text(value))
            made += [{"subject": word.strip()} for word in words if word.strip()]
    return made


def _dates(entity: Entity) -> list[dict[str, Any]]:
    made = []
    for name, kind in _DATES:
        for value in as_list(entity.get(name)):
            given = text_of(value).strip()
            # A coverage in words or with an open end written `..` is no fault.
            if given and (kind != "Coverage" or partial_date(given)):
                made.append({"date": given, "dateType": kind})
    return made


def _language(value: Any) -> str:
    if isinstance(value, dict):
        # alternateName holds the tag: {"@type": "Language", "name": "Khmer", "alternateName": "km"}
        return as_text(value.get("alternateName")) or text_of(value)
    return as_text(value)


def _rights(entity: Entity, graph: Graph) -> list[dict[str, Any]]:
    made = []
    for value in graph.all(entity, "license", "licenseId"):
        address = address_of(value)
        named = text_of(value)
        text = "" if named == address else named
        made.append({"rights": text, "rightsUri": address})
    for value in graph.all(entity, "conditionsOfAccess", "usageInfo", "copyrightNotice"):
        made.append({"rights": "" if address_of(value) else text_of(value),
                     "rightsUri": address_of(value)})  # fmt: skip
    return [one for one in made if one.get("rights") or one.get("rightsUri")]


def _agents(
    values: list[Any], graph: Graph, clean: Cleaner, role: str = ""
) -> list[dict[str, Any]]:
    made = []
    for value in values:
        one = _agent(value, graph, clean)
        if one:
            made.append({**one, "contributorType": role} if role else one)
    return made


def _agent(value: Any, graph: Graph, clean: Cleaner) -> dict[str, Any]:
    if not isinstance(value, dict):
        text = as_text(value)
        return {"name": text} if text and not address_of(value) else {}
    # CodeMeta 3 states who did what in Role objects: {"@type": "Role", "author": {...}}.
    if "role" in types(value):
        inner = next(iter(graph.all(value, "author", "creator", "contributor")), None)
        return _agent(inner, graph, clean) if inner != value and isinstance(inner, dict) else {}
    stated = types(value)
    organisation = any(
        one == "organization" or one.endswith(("organization", "university", "project"))
        for one in stated
    )
    given, family = (" ".join(text_of(v) for v in as_list(value.get(n))) for n in _PARTS)
    whole = next((text for v in as_list(value.get("name")) if (text := text_of(v))), "")
    name = ", ".join(part for part in (family, given) if part) if family and given else whole
    made: dict[str, Any] = {
        "name": name or family or given,
        "givenName": "" if organisation else given,
        "familyName": "" if organisation else family,
        "nameIdentifiers": _agent_identifiers(value, graph, clean),
        "affiliation": [
            place for v in graph.all(value, "affiliation", "memberOf", "worksFor")
            if (place := _affiliation(v, graph, clean))
        ],
    }  # fmt: skip
    if stated:
        made["nameType"] = "Organizational" if organisation else "Personal"
    return made if made["name"] else {}


_PARTS: Final = ("givenName", "familyName")


def _agent_identifiers(value: Entity, graph: Graph, clean: Cleaner) -> list[dict[str, str]]:
    candidates = [value.get("@id"), *graph.all(value, "identifier", "sameAs")]
    made = []
    for one in candidates:
        text = (as_text(as_map(one).get("value")) or text_of(one)) if one else ""
        label = text_of(as_map(one).get("propertyID")) if isinstance(one, dict) else ""
        # Local names such as "#alice" and homepages name nobody outside the file.
        found = identifier_of(text.strip().rstrip("/"), "") if text else None
        if found and found["scheme"] in ("orcid", "ror", "isni", "grid", "wikidata", "scopus"):
            made.append({"nameIdentifier": found["value"], "nameIdentifierScheme": found["scheme"]})
        elif (
            label
            and text
            and not re.match(r"https?:", label)
            and agent_identifier(text, label, clean, "identifier")
        ):
            made.append({"nameIdentifier": text, "nameIdentifierScheme": label})
    return made


def _affiliation(value: Any, graph: Graph, clean: Cleaner) -> dict[str, str]:
    if not isinstance(value, dict):
        return {"name": as_text(value)} if not address_of(value) else {}
    made = {"name": text_of(value.get("name")) or text_of(value.get("legalName"))}
    for one in _agent_identifiers(value, graph, clean)[:1]:
        made["affiliationIdentifier"] = one["nameIdentifier"]
        made["affiliationIdentifierScheme"] = one["nameIdentifierScheme"]
    return made if made["name"] else {}


def _contributors(entity: Entity, graph: Graph, clean: Cleaner) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for name, role in (
        ("contributor", "Other"),
        ("editor", "Editor"),
        ("maintainer", "ContactPerson"),
        ("contactPoint", "ContactPerson"),
        ("copyrightHolder", "RightsHolder"),
        ("producer", "Producer"),
        ("provider", "Distributor"),
        ("sourceOrganization", "HostingInstitution"),
    ):
        made += _agents(graph.all(entity, name), graph, clean, role)
    return made


def _publisher(entity: Entity, graph: Graph) -> list[dict[str, Any]]:
    made = []
    for value in graph.all(entity, "publisher"):
        if isinstance(value, dict):
            name = text_of(value.get("name"))
            known = identifier_of(text_of(value.get("@id")).rstrip("/"), "")
            one: dict[str, Any] = {"name": name}
            if known and known["scheme"] == "ror":
                one["publisherIdentifier"] = known["value"]
                one["publisherIdentifierScheme"] = "ROR"
        else:
            one = {"name": as_text(value)}
        if one["name"]:
            made.append(one)
    return made


def _identifiers(entity: Entity, graph: Graph) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    values = [entity.get("@id"), *graph.all(entity, "identifier", "cite-as", "sameAs", "url")]
    for number, value in enumerate(values):
        if isinstance(value, dict):
            text = as_text(value.get("value")) or address_of(value)
            label = text_of(value.get("propertyID"))
            label = label.rstrip("/").rsplit("/", 1)[-1]
        else:
            text, label = as_text(value), ""
        text = text.strip()
        found = work_identifier(text, "") if text else None
        if found:
            made.append({"identifier": found["value"], "identifierType": found["scheme"]})
        # The @id is a name of the work in this file; an address alone says no more.
        elif re.match(r"https?://", text) and number:
            made.append({"identifier": text, "identifierType": "URL"})
        elif label and text:
            made.append({"identifier": text, "identifierType": label})
    return made


def _relations(
    entity: Entity, graph: Graph, clean: Cleaner
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Related works by identifier, and those that are only described."""
    related, items = [], []
    for name, relation in _RELATIONS:
        for value in graph.all(entity, name):
            address = address_of(value)
            if name == "softwareRequirements" and _SOFTWARE & set(types(entity)) and not address:
                continue  # In the words of its makers: part of the profile.
            if address:
                target = identifier_of(address.strip(), "")
                related.append(
                    {
                        "relatedIdentifier": target["value"] if target else address,
                        "relatedIdentifierType": target["scheme"] if target else "URL",
                        "relationType": relation,
                    }
                )
            elif title := text_of(_first(value, "name", "headline") if isinstance(value, dict)
                                  else value):  # fmt: skip
                if title.startswith(("#", "./", "_:")):
                    continue
                described = value if isinstance(value, dict) else {}
                items.append(
                    {
                        "relatedItemType": _types(described, graph).get("resourceTypeGeneral"),
                        "relationType": relation,
                        "titles": [{"title": title}],
                        "publicationYear": as_text(described.get("datePublished"))[:4],
                        "creators": _agents(graph.all(described, "author"), graph, clean),
                    }
                )
    return related, items


def _funding(entity: Entity, graph: Graph) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    # CodeMeta has `funding` as one text, which names a grant: of the funder, if one is named.
    named = [one for one in graph.all(entity, "funding") if isinstance(one, str) and one]
    grants = dict.fromkeys(named)
    for value in graph.all(entity, "funding", "funder", "sponsor"):
        if not isinstance(value, dict):
            if as_text(value) not in grants:
                made.append({"funderName": as_text(value)})
            continue
        is_grant = any(one.endswith("grant") for one in types(value)) or "funder" in value
        funder = next(iter(graph.all(value, "funder", "sponsor")), None) if is_grant else value
        one: dict[str, Any] = {"funderName": text_of(as_map(funder).get("name")) or (
            as_text(funder) if isinstance(funder, str) else "")}  # fmt: skip
        known = identifier_of(as_text(as_map(funder).get("@id")).rstrip("/"), "")
        if known and known["scheme"] in ("ror", "doi", "crossref_funder", "isni", "grid"):
            one["funderIdentifier"], one["funderIdentifierType"] = known["value"], known["scheme"]
        if is_grant:
            number = as_text(value.get("identifier")) or text_of(value.get("identifier"))
            one["awardNumber"] = "" if address_of(number) else number
            one["awardUri"] = address_of(value)
            one["awardTitle"] = text_of(value.get("name")) if value.get("name") else ""
        made.append(one)
    if grants and len(made) == 1 and "awardTitle" not in made[0]:
        made[0]["awardTitle"] = "; ".join(grants)
    elif grants:
        made += [{"funderName": grant} for grant in grants]
    # Search engines want funders named beside their grants: one that has a grant is told by it.
    award = ("awardNumber", "awardUri", "awardTitle")
    by_grant = {one["funderName"] for one in made if any(one.get(key) for key in award)}
    return unique(
        one
        for one in made
        if any(one.get(key) for key in award) or one["funderName"] not in by_grant
    )


def _place(value: Any, graph: Graph) -> dict[str, Any]:
    """A place by name, point or box; shapes beyond those are left as their name."""
    if not isinstance(value, dict):
        return {"geoLocationPlace": as_text(value)} if not address_of(value) else {}
    made: dict[str, Any] = {}
    if name := text_of(value.get("name")):
        made["geoLocationPlace"] = name
    shapes = [*graph.all(value, "geo"), value]
    for shape in (one for one in shapes if isinstance(one, dict)):
        if "latitude" in shape and "longitude" in shape:
            made["geoLocationPoint"] = {
                "pointLatitude": text_of(shape["latitude"]),
                "pointLongitude": text_of(shape["longitude"]),
            }
        # schema.org's box is "south west north east", parted by spaces or commas.
        corners = re.split(r"[\s,]+", text_of(shape.get("box")).strip())
        if len(corners) == 4:
            south, west, north, east = corners
            made["geoLocationBox"] = {
                "southBoundLatitude": south,
                "westBoundLongitude": west,
                "northBoundLatitude": north,
                "eastBoundLongitude": east,
            }
    return made


def _profile(entity: Entity, graph: Graph, clean: Cleaner, made: Document) -> None:
    """What software adds: what it is written in, where it runs, from where and with what it is
    installed, what it reads and writes, where it can be tried."""
    if made.get("kind") != "software":
        return
    profile: dict[str, Any] = {}
    for key, names in (
        ("programming_languages", ("programmingLanguage",)),
        ("runs_on", ("operatingSystem",)),
        ("runtimes", ("runtimePlatform", "runtime")),
        ("requirements", ("softwareRequirements", "requirements", "memoryRequirements")),
    ):
        values = [clean.line(_named(v), names[0], 200) for v in graph.all(entity, *names)]
        # What must be there, and has an address, is a relation.
        kept = [one for one in values if one and not re.match(r"https?://", one)]
        if kept := list(dict.fromkeys(kept))[:50]:
            profile[key] = kept
    for key, names in (("reads", ("consumesData",)), ("writes", ("producesData",))):
        if found := _formats(entity, graph, *names):
            profile[key] = found
    if packages := _packages(entity, graph):
        profile["packages"] = packages
    if pages := _addresses_of(entity, graph, "targetProduct"):
        profile["try_at"] = pages
    for key, name in (("repository", "codeRepository"), ("instructions", "buildInstructions")):
        address = clean.code(text_of(_first(entity, name)), name)
        if re.match(r"https?://[^\s]+\Z", address):
            profile[key] = address
    if profile:
        made["profile"] = {"schema": "tonle-software/1", **profile}


def _named(value: Any) -> str:
    """A text, or the name of a thing with its version."""
    version = text_of(value.get("version")) if isinstance(value, dict) else ""
    return f"{text_of(value)} {version}".strip()


def _formats(entity: Entity, graph: Graph, *names: str) -> list[str]:
    """Media types of what a program takes or gives: a text, or a work with its format."""
    said = []
    # Source: Software Input/Output Data, w3id.org/software-iodata; the prefix is as one likes.
    keys = [key for key in entity if key.rpartition(":")[2].rpartition("#")[2] in names]
    for value in graph.all(entity, *keys):
        formats = as_list(value.get("encodingFormat")) if isinstance(value, dict) else [value]
        said += [format_named(text_of(one)) for one in formats]
    return list(dict.fromkeys(one for one in said if one))[:50]


def _packages(entity: Entity, graph: Graph) -> list[str]:
    """Package URLs among what names it, and pages of registries where it is downloaded."""
    values = graph.all(entity, "identifier", "sameAs", "installUrl", "downloadUrl", "@id", "id")
    texts = [text_of(v.get("value") if isinstance(v, dict) else v) for v in values]
    found = [one for text in texts if "/" in text and (one := package_from(text))]
    return list(dict.fromkeys(one.purl for one in found))[:20]


def _addresses_of(entity: Entity, graph: Graph, name: str) -> list[str]:
    """Addresses of the products that a program is offered as: web applications, notebooks."""
    found = []
    for value in graph.all(entity, name):
        told = as_list(value.get("url")) if isinstance(value, dict) else [value]
        found += [text_of(one).strip() for one in told]
    return list(
        dict.fromkeys(one for one in found if re.fullmatch(r"https?://[^\s]{1,1000}", one))
    )[:20]
