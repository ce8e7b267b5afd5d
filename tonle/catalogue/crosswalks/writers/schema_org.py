"""schema.org in JSON-LD, as search engines for data, texts and software read it.

What they require and recommend: name, description, creator, licence, identifier, keywords,
distribution, coverage, dates, version, funder, whether it is free.
Source: schema.org 29; Google "Dataset structured data"; "Science on schema.org" 1.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tonle.catalogue.crosswalked import grants_of, schema_org_of
from tonle.catalogue.crosswalks.writers import jsonld
from tonle.catalogue.crosswalks.writers.common import (
    abstract,
    address,
    main_title,
    own_languages,
    words,
)
from tonle.catalogue.crosswalks.writers.here import Here
from tonle.catalogue.crosswalks.writers.jsonld import Entity
from tonle.catalogue.rules.citation import work_of
from tonle.kernel.dates import day_at
from tonle.kernel.text import choose

# Longer ones are cut by search engines; shorter than 50 are not shown.
LONGEST_DESCRIPTION: Final = 4_900
SHORTEST_DESCRIPTION: Final = 50
MOST_FILES: Final = 50
MOST_RELATED: Final = 60
MOST_AGENTS: Final = 500
# It stands in the page itself, which a weak link carries; Croissant has all of them.
MOST_VARIABLES: Final = 25

_TYPE_OF_GENERAL: Final = {
    "Audiovisual": "VideoObject", "Book": "Book", "BookChapter": "Chapter",
    "Collection": "Collection", "ComputationalNotebook": "SoftwareSourceCode",
    "ConferencePaper": "ScholarlyArticle", "DataPaper": "ScholarlyArticle",
    "Dataset": "Dataset", "Dissertation": "Thesis", "Image": "ImageObject",
    "JournalArticle": "ScholarlyArticle", "PeerReview": "Review", "Poster": "Poster",
    "Preprint": "ScholarlyArticle", "Presentation": "PresentationDigitalDocument",
    "Report": "Report", "Software": "SoftwareSourceCode", "Sound": "AudioObject",
    "Workflow": "SoftwareSourceCode",
}  # fmt: skip
_TYPE_OF_KIND: Final = {
    "dataset": "Dataset", "software": "SoftwareSourceCode", "publication": "CreativeWork",
    "training": "Course", "project": "ResearchProject", "enterprise": "Organization",
    "facility": "ResearchOrganization", "service": "Service", "instrument": "Product",
    "funding_opportunity": "FundingScheme", "technology_offer": "Offer",
    "technology_need": "Demand", "fellowship": "EducationalOccupationalProgram",
    "agreement": "DigitalDocument", "policy": "DigitalDocument", "assessment": "Report",
    "indicator": "StatisticalVariable",
}  # fmt: skip
# What a policy is, by its own type, where schema.org knows more of it than that it is a text.
_LAWS: Final = frozenset(["law", "regulation"])
# These are no works: they have no authors, licences or files in schema.org's model. By type,
# the property that names who stands behind them.
_PARTY_OF_TYPE: Final = {
    "ResearchProject": "member", "Organization": "parentOrganization",
    "ResearchOrganization": "parentOrganization", "Service": "provider",
    "Product": "manufacturer", "FundingScheme": "funder", "Offer": "offeredBy", "Demand": "seller",
    "EducationalOccupationalProgram": "provider", "StatisticalVariable": "",
}  # fmt: skip
# Of these schema.org says where they are, by "location"; of works, what they cover.
_PLACED: Final = frozenset(["ResearchProject", "Organization", "ResearchOrganization"])
_RELATIONS: Final = {
    "Cites": "citation", "References": "citation", "IsDerivedFrom": "isBasedOn",
    "IsPartOf": "isPartOf", "HasPart": "hasPart", "IsSupplementTo": "subjectOf",
    "IsDescribedBy": "subjectOf", "IsDocumentedBy": "subjectOf", "IsVersionOf": "exampleOfWork",
    "IsIdenticalTo": "sameAs", "Requires": "softwareRequirements", "IsCitedBy": "subjectOf",
    "IsPublishedIn": "isPartOf", "IsPreviousVersionOf": "predecessorOf",
    "IsNewVersionOf": "successorOf", "IsSourceOf": "mentions", "IsTranslationOf":
    "translationOfWork", "HasTranslation": "workTranslation", "HasVersion": "workExample",
}  # fmt: skip


def write(document: Mapping[str, Any], here: Here) -> str:
    """The record as JSON-LD."""
    return jsonld.dump(entity(document, here)) + "\n"


def in_page(document: Mapping[str, Any], here: Here) -> str:
    """The record as JSON-LD for a script element: nothing in it can end the element."""
    text = jsonld.dump(entity(document, here), compact=True)
    # Also the line ends of JavaScript, which JSON may hold and old parsers stumble on.
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def type_of(document: Mapping[str, Any]) -> str:
    """schema.org's type for a record."""
    general = document.get("resource_type", {}).get("general", "")
    kind = document["kind"]
    if kind in ("dataset", "software", "publication") and general in _TYPE_OF_GENERAL:
        found = _TYPE_OF_GENERAL[general]
        # A dataset of pictures is a Dataset to those who search for data.
        return "Dataset" if kind == "dataset" else found
    if kind == "policy" and document.get("profile", {}).get("type") in _LAWS:
        return "Legislation"
    return _TYPE_OF_KIND.get(kind, "CreativeWork")


def is_work(document: Mapping[str, Any]) -> bool:
    """Whether schema.org sees a work in it, with authors, a licence and files."""
    return type_of(document) not in _PARTY_OF_TYPE


def entity(document: Mapping[str, Any], here: Here) -> Entity:
    """The record as one entity."""
    kind = type_of(document)
    _, title = main_title(document)
    made: Entity = {
        "@context": "https://schema.org",
        "@type": kind,
        "@id": here.pid_url,
        "url": here.url,
        # One plain text: search engines read no language tags here.
        "name": title,
        "alternateName": [
            *(text for text in document["titles"].values() if text != title),
            *(t for other in document.get("other_titles", ()) for t in other["text"].values()),
        ],
        "description": description(document),
        "identifier": identifiers_of(document, here),
        "sameAs": _same(document, here),
    }
    made |= work(document, here, kind) if is_work(document) else _thing(document, kind)
    made |= schema_org_of(document)
    return jsonld.clean(made)


def work(document: Mapping[str, Any], here: Here, kind: str) -> Entity:
    """What is said of a work: who, when, under which terms, of what, and where it can be had."""
    cited = work_of(
        document, languages=own_languages(document), pid="", kind_label="", zone=here.zone
    )
    grants = document.get("funding_references", ())
    level = document.get("access", {}).get("level")
    made: Entity = {
        "creator": [jsonld.agent(one) for one in document.get("creators", ())][:MOST_AGENTS],
        "contributor": [jsonld.agent(one) for one in document.get("contributors", ())][:100],
        "publisher": jsonld.organisation(document["publisher"])
        if "publisher" in document
        else None,
        "datePublished": cited.published_on or cited.year,
        "dateModified": day_at(document.get("updated_at", ""), here.zone),
        "dateCreated": _date(document, "Created"),
        "version": cited.version or str(document.get("version", 1)),
        "inLanguage": list(document.get("languages", ())),
        "license": jsonld.licences(document),
        "keywords": words(document)[:50],
        # Of what is given on request nobody can say what it will cost.
        "isAccessibleForFree": True if level in ("open", "embargoed") else None,
        "conditionsOfAccess": choose(
            document.get("access", {}).get("note", {}), own_languages(document)
        )[1],
        "spatialCoverage": [jsonld.place(one) for one in document.get("geo_locations", ())][:50],
        "temporalCoverage": [
            jsonld.period(d["date"])
            for d in document.get("dates", ())
            if d["type"] in ("Coverage", "Collected")
        ],
        "funding": [jsonld.grant(one) for one in grants if jsonld.is_award(one)],
        "funder": jsonld.unique([jsonld.funder(one) for one in grants]),
        "includedInDataCatalog": catalogue(here) if kind == "Dataset" else None,
    }
    for name, found in related(document, here).items():
        made.setdefault(name, []).extend(found)
    name = "distribution" if kind == "Dataset" else "encoding"
    made[name] = jsonld.files(
        document, here, "DataDownload" if kind == "Dataset" else "MediaObject", MOST_FILES
    )
    if kind == "Dataset":
        made |= measured(document)
    if kind == "SoftwareSourceCode":
        made |= _software(document)
    if kind == "Legislation":
        profile = document.get("profile", {})
        made["legislationDate"] = profile.get("dated_on")
        made["legislationJurisdiction"] = profile.get("country")
    if cited.container:
        made["pagination"] = cited.pages
    return made


def catalogue(here: Here) -> Entity:
    return {"@type": "DataCatalog", "name": here.node_name, "url": here.node_url}


def related(document: Mapping[str, Any], here: Here) -> dict[str, list[Any]]:
    """Other things by the property that leads to them: addresses, and what has none by name."""
    found: dict[str, list[Any]] = {}
    for relation in document.get("relations", ())[:MOST_RELATED]:
        name = _RELATIONS.get(relation["type"])
        where = address(relation["target"], here)
        if name and name != "sameAs" and where:
            found.setdefault(name, []).append(jsonld.safe_iri(where))
    for item in document.get("related_items", ())[:MOST_RELATED]:
        name = _RELATIONS.get(item["relation_type"])
        title = next((choose(t["text"])[1] for t in item.get("titles", ())), "")
        if not name or name == "sameAs" or not title:
            continue
        found.setdefault(name, []).append(_item(item, title, here))
    return found


_TYPE_OF_ITEM: Final = {**_TYPE_OF_GENERAL, "Journal": "Periodical"}


def _item(item: Mapping[str, Any], title: str, here: Here) -> Entity:
    """A work that is only described. A volume or issue of a journal is both in one."""
    where = address(item["identifier"], here) if "identifier" in item else ""
    kinds = [_TYPE_OF_ITEM.get(item["type"], "CreativeWork")]
    kinds += ["PublicationVolume"] if "volume" in item else []
    kinds += ["PublicationIssue"] if "issue" in item else []
    paged = kinds[0] in ("ScholarlyArticle", "Chapter") or len(kinds) > 1
    return jsonld.clean(
        {
            "@type": kinds,
            "@id": jsonld.safe_iri(where) if where else None,
            "name": title,
            "author": [jsonld.agent(one) for one in item.get("creators", ())],
            "datePublished": str(item.get("publication_year", "")),
            "volumeNumber": item.get("volume"),
            "issueNumber": item.get("issue"),
            "pageStart": item.get("first_page") if paged else None,
            "pageEnd": item.get("last_page") if paged else None,
            "publisher": item.get("publisher")
            and {"@type": "Organization", "name": item["publisher"]},
        }
    )


def measured(document: Mapping[str, Any]) -> Entity:
    """What the columns are, and how the values came about."""
    profile = document.get("profile", {})
    methods: dict[str, str] = next((d["text"] for d in document.get("descriptions", ())
                    if d["type"] == "Methods"), {})  # fmt: skip
    return {
        "variableMeasured": [
            jsonld.clean(_variable(v)) for v in profile.get("variables", ())[:MOST_VARIABLES]
        ],
        "measurementTechnique": choose(
            profile.get("collection_method") or methods, own_languages(document)
        )[1],
    }


def _variable(said: Mapping[str, Any]) -> Entity:
    """A column: by its label, else by its name; other languages' labels are other names of it."""
    labels: Mapping[str, str] = said.get("label", {})
    name = choose(labels)[1] or said["name"]
    return {
        "@type": "PropertyValue",
        "name": name,
        "alternateName": [text for text in (said["name"], *labels.values()) if text != name],
        "description": choose(said.get("description", {}))[1],
        "unitText": said.get("unit"),
    }


def description(document: Mapping[str, Any]) -> str:
    """The abstract, and where that is too short to be shown, what else is said of the thing."""
    languages = own_languages(document)
    text = choose(abstract(document), languages)[1]
    if text and len(text) < SHORTEST_DESCRIPTION:
        more = [choose(d["text"], languages)[1] for d in document.get("descriptions", ())]
        more += [choose(document["titles"], languages)[1], ", ".join(words(document))]
        for one in more:
            if one and one not in text and len(text) < SHORTEST_DESCRIPTION:
                text = f"{text} {one}"
    if not text:
        # Search engines pass over what says nothing of itself.
        text = choose(document["titles"], languages)[1]
    return text if len(text) <= LONGEST_DESCRIPTION else f"{text[:LONGEST_DESCRIPTION]}…"


def identifiers_of(document: Mapping[str, Any], here: Here) -> list[Any]:
    made: list[Any] = [jsonld.identifier(pid, here) for pid in document.get("pids", ())]
    return [*made, *([here.ark] if here.ark else [])]


def _same(document: Mapping[str, Any], here: Here) -> list[str]:
    """Where else the very same thing is shown: at its home, and under its other names."""
    source = document.get("source", {})
    found = [source.get("home_url", "")]
    found += [address(pid, here) for pid in document.get("pids", ())]
    found += [
        address(r["target"], here)
        for r in document.get("relations", ())
        if r["type"] == "IsIdenticalTo"
    ]
    web = [jsonld.safe_iri(where) for where in found if where.startswith(("https://", "http://"))]
    return [where for where in dict.fromkeys(web) if where not in (here.pid_url, here.url)]


def _date(document: Mapping[str, Any], kind: str) -> str:
    return str(next((d["date"] for d in document.get("dates", ()) if d["type"] == kind), ""))


def _software(document: Mapping[str, Any]) -> Entity:
    profile = document.get("profile", {})
    return {
        "codeRepository": profile.get("repository", ""),
        "programmingLanguage": profile.get("programming_languages", []),
        "runtimePlatform": [*profile.get("runtimes", ()), *profile.get("runs_on", ())],
    }


def _thing(document: Mapping[str, Any], kind: str) -> Entity:
    """What is said of what is no work: who stands behind it, where it is, until when it stands."""
    profile = document.get("profile", {})
    party = _PARTY_OF_TYPE[kind]
    named = ("partners", "host", "offered_by", "needed_by", "manufacturer",
             "funders_as_stated")  # fmt: skip
    said: Any = next((profile[key] for key in named if profile.get(key)), [])
    parties: list[Entity] = [jsonld.agent(one) for one in document.get("creators", ())]
    if not parties:
        names = [said] if isinstance(said, str) else said
        parties = [{"@type": "Organization", "name": name} for name in names]
    until = profile.get("closes_at") or profile.get("open_until")
    made: Entity = {
        party: parties[:MOST_AGENTS] if party else None,
        "keywords": words(document)[:50] if kind not in _NO_KEYWORDS else None,
        "location": [jsonld.place(one) for one in document.get("geo_locations", ())][:50]
        if kind in _PLACED
        else None,
        "mainEntityOfPage": profile.get("url"),
    }
    if kind == "ResearchProject":
        made |= {
            "foundingDate": profile.get("starts_on"),
            "dissolutionDate": profile.get("ends_on"),
            "funding": [jsonld.grant(one) for one in grants_of(document)],
        }
    elif kind in ("Offer", "Demand"):
        made["availabilityEnds"] = until
    elif kind == "EducationalOccupationalProgram":
        made["applicationDeadline"] = until
    elif kind == "Product":
        made["model"] = profile.get("model")
    return made


# schema.org lets organisations, products, places and services have keywords, and no others.
_NO_KEYWORDS: Final = frozenset(
    ["Offer", "Demand", "EducationalOccupationalProgram", "StatisticalVariable",
     "Service"]
)  # fmt: skip
