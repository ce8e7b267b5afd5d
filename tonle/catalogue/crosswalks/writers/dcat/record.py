"""One record as a tree of DCAT statements.

What it is in DCAT: a record with files, here or elsewhere, is a dcat:Dataset whatever its kind,
and so are datasets and indicators without; anything else (a laboratory, a call, a law) is a
dcat:Resource, which a catalogue of data portals leaves aside. A service of programs
(resource type Service, with an address where it answers) is a dcat:DataService. `dct:type`
tells the kind. The entry of a dataset or service in the catalogue is a dcat:CatalogRecord.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tonle.catalogue.crosswalks.writers.common import address, is_closed, main_title
from tonle.catalogue.crosswalks.writers.datacite import UNKNOWN_YEAR, home_url, label, year_of
from tonle.catalogue.crosswalks.writers.dcat import terms
from tonle.catalogue.crosswalks.writers.dcat.places import location
from tonle.catalogue.crosswalks.writers.dcat.rdf import (
    Node,
    add,
    blank,
    concept,
    every,
    link,
    moment,
    plain,
    said,
    typed,
)
from tonle.catalogue.crosswalks.writers.here import Here
from tonle.catalogue.crosswalks.writers.iri import iri
from tonle.kernel.codes import codes, licence_url
from tonle.kernel.identifiers import resolver_url

DATA: Final = frozenset(("dataset", "indicator"))
RESOURCE: Final = ["dcat:Resource"]
# Dates that say of what time a thing is.
_OF_TIME: Final = ("Coverage", "Collected")
# DataCite's relations that have a word of their own; any other is a dct:relation. The profile's
# dcat:Relationship is for what stands in the same catalogue alone.
_RELATIONS: Final = {
    "Cites": "dct:references", "References": "dct:references", "IsCitedBy": "dct:isReferencedBy",
    "IsReferencedBy": "dct:isReferencedBy", "IsPartOf": "dct:isPartOf", "HasPart": "dct:hasPart",
    "IsVersionOf": "dct:isVersionOf",
    "IsNewVersionOf": "dcat:previousVersion", "IsDerivedFrom": "prov:wasDerivedFrom",
    "Requires": "dct:requires", "IsRequiredBy": "dct:isRequiredBy", "Obsoletes": "dct:replaces",
    "IsObsoletedBy": "dct:isReplacedBy", "IsVariantFormOf": "dct:isFormatOf",
}  # fmt: skip
# The relations that lead to pages for people.
_PAGES: Final = frozenset(("IsDocumentedBy", "IsDescribedBy"))
_ALGORITHM: Final = re.compile(r"(?:md5|sha1|sha224|sha256|sha384|sha512)")
_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2})+")
_MEDIA_TYPE: Final = re.compile(r"[a-z]+/[A-Za-z0-9.+-]+")

Document = Mapping[str, Any]


def describe(document: Document, here: Here) -> Node:
    """The record's entry in a catalogue, and within it the thing that it is about.

    The profile knows entries of datasets and services alone; of anything else, the thing.
    """
    about = thing(document, here)
    if about["@type"] == RESOURCE:
        return about
    entry = link(
        f"{here.url}#entry",
        "dcat:CatalogRecord",
        foaf__primaryTopic=about,
        dct__conformsTo=link(terms.PROFILE, "dct:Standard"),
        adms__status=_change(document),
    )
    for name, key in (("dct:issued", "published_at"), ("dct:modified", "updated_at")):
        add(entry, name, moment(document.get(key, "")))
    return entry


def _change(document: Document) -> Node:
    changed = document.get("version", 1) > 1 or document.get("revision", 0)
    name = "modified" if changed else "created"
    return concept(f"{terms.CHANGE_TYPES}{name}", name)


def thing(document: Document, here: Here) -> Node:
    """The thing itself, by the address it is cited by."""
    distributions = list(_distributions(document, here))
    types = _types(document, distributions, here)
    node = link(
        _name(document, here),
        *types,
        dct__title=every(document["titles"]),
        dct__description=_described(document),
        dct__alternative=[n for o in document.get("other_titles", ()) for n in every(o["text"])],
        dct__type=concept(
            f"{here.node_url}catalog#kind-{document['kind']}", here.kind_label or document["kind"]
        ),
        dct__identifier=plain(here.pid_url),
        dcat__landingPage=link(_page(document, here), "foaf:Document"),
    )
    _add_people(node, document, here)
    _add_subjects(node, document)
    _add_rights(node, document, here)
    _add_dates(node, document, here)
    _add_relations(node, document, here)
    add(node, "dct:language", _languages(document))
    add(node, "adms:identifier", [_notation(pid) for pid in document.get("pids", ())])
    add(node, "dct:spatial", [location(place) for place in document.get("geo_locations", ())])
    add(node, "dct:extent", [blank(rdfs__label=plain(s)) for s in document.get("sizes", ())])
    add(
        node,
        "dcat:version",
        plain(document.get("version_label") or str(document.get("version", 1))),
    )
    add(node, "schema:funding", [_grant(one) for one in document.get("funding_references", ())])
    if "dcat:DataService" in types:
        ends = [one["dcat:accessURL"][0] for one in distributions]
        add(node, "dcat:endpointURL", ends)
    else:
        add(node, "dcat:distribution", distributions)
    return node


def _name(document: Document, here: Here) -> str:
    """What the thing is called: the name it is cited by; else it gets one.

    A page, here or at its home, is not what it describes, and many things may share one.
    """
    names = {
        resolver_url(pid["scheme"], pid["value"])
        for pid in document.get("pids", ())
        if pid["scheme"] != "url"
    }
    cited = iri(here.pid_url) if here.pid_url in names else ""
    return cited or f"{here.url}#it"


def _types(document: Document, distributions: list[Node], here: Here) -> list[str]:
    general = document.get("resource_type", {}).get("general", "")
    if general == "Service" and distributions and not document.get("files"):
        return ["dcat:DataService", "dcat:Resource"]
    if document["kind"] in DATA or distributions or (document.get("files") and not here.files_open):
        return ["dcat:Dataset", "dcat:Resource"]
    return list(RESOURCE)


def _page(document: Document, here: Here) -> str:
    return iri(home_url(document, here)) or here.url


def _described(document: Document) -> list[Node]:
    """Descriptions, the abstract first; the title again where there is none: one must be."""
    found = sorted(document.get("descriptions", ()), key=lambda d: d["type"] != "Abstract")
    texts = [node for d in found if d["type"] != "Methods" for node in every(d["text"])]
    tag, title = main_title(document)
    return texts or [said(title, tag)]


# --- people --------------------------------------------------------------------------------------


def _add_people(node: Node, document: Document, here: Here) -> None:
    add(node, "dct:creator", [agent(one) for one in document.get("creators", ())])
    for one in document.get("contributors", ()):
        add(node, "dct:contributor", _reference(person := agent(one)))
        add(
            node,
            "prov:qualifiedAttribution",
            blank(
                "prov:Attribution",
                prov__agent=person,
                dcat__hadRole=_role("contributor_types", one["type"], here),
            ),
        )
    stated = document.get("publisher")
    if stated:
        add(node, "dct:publisher", _publisher(stated))
    elif "source" not in document:
        add(node, "dct:publisher", home(here.node_name, here.node_url))
    if not document.get("source", {}).get("home_url"):
        name = stated["name"] if stated else here.node_name
        add(
            node,
            "dcat:contactPoint",
            blank(
                "vcard:Kind",
                "vcard:Organization",
                vcard__fn=plain(name),
                vcard__hasURL=link(f"{here.url}/ask"),
            ),
        )


def _reference(node: Node) -> list[Node]:
    """A named node by its name alone; a blank one cannot be referred to."""
    return [link(node["@id"])] if "@id" in node else []


def home(name: str, url: str) -> Node:
    """The node itself, as an agent."""
    return link(
        f"{url}#node", "foaf:Agent", "foaf:Organization",
        foaf__name=plain(name), foaf__homepage=link(url, "foaf:Document"),
    )  # fmt: skip


def agent(one: Mapping[str, Any]) -> Node:
    """A person or organisation, by ORCID or ROR where there is one, with every spelling."""
    person = one["name_type"] == "Personal"
    node = _named(one.get("identifiers", ()))
    node["@type"] = ["foaf:Agent", "foaf:Person" if person else "foaf:Organization"]
    # A name in its language is not also one in none.
    spelt = {text: tag for tag, text in one.get("names", {}).items()}
    add(node, "foaf:name", plain(one["name"]) if one["name"] not in spelt else None)
    add(node, "foaf:name", [said(text, tag) for text, tag in spelt.items()])
    for key, name in (("given_name", "foaf:givenName"), ("family_name", "foaf:familyName")):
        if one.get(key):
            add(node, name, plain(one[key]))
    for place in one.get("affiliations", ()):
        member = _named([place["identifier"]] if "identifier" in place else ())
        member["@type"] = ["foaf:Agent", "foaf:Organization"]
        add(member, "foaf:name", plain(place["name"]))
        add(node, "org:memberOf", member)
    return node


def _publisher(stated: Mapping[str, Any]) -> Node:
    node = _named([stated["identifier"]] if "identifier" in stated else ())
    node["@type"] = ["foaf:Agent", "foaf:Organization"]
    add(node, "foaf:name", said(stated["name"], stated.get("language", "und")))
    return node


def _named(identifiers: Any) -> Node:
    """A node by the first identifier that is an address, else a blank one."""
    for identifier in identifiers:
        where = iri(resolver_url(identifier["scheme"], identifier["value"]) or "")
        if where:
            return link(where)
    return {}


def _role(name: str, code: str, here: Here) -> Node:
    known = codes(name).get(code)
    where = f"{here.node_url}catalog#role-{code}" if known else ""
    names = {"skos__prefLabel": said(known.label(), "en") if known else plain(code)}
    return link(where, "dcat:Role", **names) if where else blank("dcat:Role", **names)


# --- what it is about, and what may be done with it ----------------------------------------------


def _add_subjects(node: Node, document: Document) -> None:
    themes: dict[str, Node] = {}
    for subject in document.get("subjects", ()):
        theme = _theme(subject)
        where = iri(subject["value_uri"]) if subject.get("value_uri") else ""
        if theme:
            themes.setdefault(theme["@id"], theme)
        if where and subject["text"]:
            own = link(where, "skos:Concept", skos__prefLabel=every(subject["text"]))
            scheme = iri(subject.get("scheme_uri", ""))
            if scheme:
                add(own, "skos:inScheme", link(scheme))
            themes.setdefault(where, own)
        else:
            add(node, "dcat:keyword", every(subject["text"]))
    add(node, "dcat:theme", list(themes.values()))


# As DataCite's examples name it, and as our form does.
_FORD: Final = frozenset({"FORD", "OECD FORD"})


def _theme(subject: Mapping[str, Any]) -> Node | None:
    """The European theme that a field of research belongs to."""
    if subject.get("scheme", "").upper() not in _FORD:
        return None
    field = subject.get("classification_code", "")
    code = terms.THEME_OF_FORD.get(field) or terms.THEME_OF_FORD.get(field.partition(".")[0])
    if code is None:
        return None
    scheme = f"{terms.AUTHORITY}data-theme"
    return concept(f"{scheme}/{code}", terms.THEMES[code], scheme)


def _languages(document: Document) -> list[Node]:
    found = (terms.LANGUAGES.get(tag.partition("-")[0]) for tag in document.get("languages", ()))
    return [language(code) for code in dict.fromkeys(found) if code]


def language(code: str) -> Node:
    """A language of the European list, by its three letters."""
    scheme = f"{terms.AUTHORITY}language"
    return link(f"{scheme}/{code}", "dct:LinguisticSystem", skos__inScheme=link(scheme))


def _add_rights(node: Node, document: Document, here: Here) -> None:
    level = document.get("access", {}).get("level", "")
    if level == "open" and document.get("files") and not here.files_open:
        level = "restricted"
    if level in terms.ACCESS:
        scheme = f"{terms.AUTHORITY}access-right"
        where = f"{scheme}/{terms.ACCESS[level]}"
        add(
            node,
            "dct:accessRights",
            link(where, "dct:RightsStatement", skos__inScheme=link(scheme)),
        )
    # A data service has one licence at most, and so the first is the one.
    add(node, "dct:license", _licence(document.get("rights", ())))
    for right in document.get("rights", ()):
        if right.get("text"):
            add(node, "dct:rights", blank("dct:RightsStatement", rdfs__label=every(right["text"])))


def _licence(rights: Any) -> Node | None:
    for right in rights:
        code = right.get("identifier", "")
        where = iri((licence_url(code) if code else None) or right.get("uri", ""))
        if where:
            named = {"dct__identifier": plain(code)} if code else {}
            return link(where, "dct:LicenseDocument", **named)
    return None


# --- dates, names, relations ---------------------------------------------------------------------


def _add_dates(node: Node, document: Document, here: Here) -> None:
    stated = document.get("dates", ())
    dates = {one["type"]: one["date"] for one in reversed(stated)}
    year = year_of(document, here.zone)
    issued = moment(dates.get("Issued", ""))
    add(node, "dct:issued", issued or (moment(year) if year != UNKNOWN_YEAR else None))
    add(
        node,
        "dct:modified",
        moment(dates.get("Updated", "")) or moment(document.get("updated_at", "")),
    )
    add(node, "dct:created", moment(dates.get("Created", "")))
    add(node, "dct:available", moment(document.get("access", {}).get("embargo_until", "")))
    for one in stated:
        if one["type"] in _OF_TIME:
            add(node, "dct:temporal", _period(one["date"]))
    methods = [d for d in document.get("descriptions", ()) if d["type"] == "Methods"]
    for one in methods:
        add(
            node, "dct:provenance", blank("dct:ProvenanceStatement", rdfs__label=every(one["text"]))
        )


def _period(text: str) -> Node | None:
    start, slash, end = text.partition("/")
    period = blank("dct:PeriodOfTime")
    add(period, "dcat:startDate", moment(start.strip()))
    add(period, "dcat:endDate", moment(end.strip() if slash else start))
    return period if len(period) > 1 else None


def _notation(pid: Mapping[str, str]) -> Node:
    return blank(
        "adms:Identifier",
        skos__notation=plain(pid["value"]),
        rdfs__label=plain(label(pid["scheme"])),
    )


def _add_relations(node: Node, document: Document, here: Here) -> None:
    for relation in document.get("relations", ()):
        _add_relation(node, relation["type"], relation["target"], here)
    for item in document.get("related_items", ()):
        if "identifier" in item:
            _add_relation(node, item["relation_type"], item["identifier"], here)


def _add_relation(node: Node, kind: str, target: Mapping[str, str], here: Here) -> None:
    where = iri(address(target, here) or target["value"])
    if not where:
        other = blank(
            dct__identifier=plain(target["value"]), rdfs__label=plain(label(target["scheme"]))
        )
    elif kind in _PAGES:
        add(node, "foaf:page", link(where, "foaf:Document"))
        return
    else:
        other = link(where)
    add(node, _RELATIONS.get(kind, "dct:relation"), other)


def _grant(grant: Mapping[str, Any]) -> Node:
    where = iri(grant.get("award_uri", ""))
    node = link(where, "schema:Grant") if where else blank("schema:Grant")
    if "award_number" in grant:
        add(node, "schema:identifier", plain(grant["award_number"]))
    add(node, "schema:name", every(grant.get("award_title", {})))
    funder = _named([grant["funder_identifier"]] if "funder_identifier" in grant else ())
    funder["@type"] = ["foaf:Agent", "foaf:Organization"]
    add(funder, "foaf:name", plain(grant["funder_name"]))
    add(node, "schema:funder", funder)
    return node


# --- files ---------------------------------------------------------------------------------------


def _distributions(document: Document, here: Here) -> Iterator[Node]:
    """Files here, where anybody may have them, and files that stay elsewhere."""
    licence = _licence(document.get("rights", ()))
    if here.files_open:
        for number, file in enumerate(document.get("files", ()), start=1):
            yield _own_file(file, f"{here.url}#file-{number}", licence, here)
    for number, given in enumerate(document.get("distributions", ()), start=1):
        yield _elsewhere(given, f"{here.url}#distribution-{number}", licence, document, here)


def _own_file(file: Mapping[str, Any], name: str, licence: Node | None, here: Here) -> Node:
    node = link(
        name,
        "dcat:Distribution",
        dct__title=plain(file["name"]),
        dcat__accessURL=link(here.url),
        dcat__downloadURL=link(iri(here.file_url(file["name"])) or here.url),
        dct__license=licence,
        spdx__checksum=_checksum("sha256", file.get("sha256", "")),
    )
    _add_type(node, file["media_type"], file["size_bytes"])
    return node


def _elsewhere(
    given: Mapping[str, Any], name: str, licence: Node | None, document: Document, here: Here
) -> Node:
    # Where files are for some people only, their page says how to have them.
    download = "" if is_closed(document) else iri(given.get("download_url", ""))
    access = iri(given.get("access_url", "")) or download or _page(document, here)
    checksum = given.get("checksum", {})
    own = _licence([given["licence"]]) if "licence" in given else None
    node = link(
        name,
        "dcat:Distribution",
        dct__title=every(given.get("title", {})),
        dct__description=every(given.get("description", {})),
        dcat__accessURL=link(access),
        dcat__downloadURL=link(download) if download else None,
        dct__license=own or licence,
        spdx__checksum=_checksum(checksum.get("algorithm", ""), checksum.get("value", "")),
    )
    _add_type(node, given.get("media_type", ""), given.get("size_bytes"))
    return node


def _add_type(node: Node, media_type: str, size_bytes: int | None) -> None:
    media_type = media_type.partition(";")[0].strip()
    if _MEDIA_TYPE.fullmatch(media_type):
        add(node, "dcat:mediaType", link(terms.MEDIA_TYPES + media_type, "dct:MediaType"))
    if media_type in terms.FILE_TYPES:
        scheme = f"{terms.AUTHORITY}file-type"
        where = f"{scheme}/{terms.FILE_TYPES[media_type]}"
        add(node, "dct:format", link(where, "dct:MediaTypeOrExtent", skos__inScheme=link(scheme)))
    if size_bytes is not None:
        add(node, "dcat:byteSize", typed(str(size_bytes), "xsd:nonNegativeInteger"))


def _checksum(algorithm: str, value: str) -> Node | None:
    name = algorithm.lower().replace("-", "")
    if not _ALGORITHM.fullmatch(name) or not _HEX.fullmatch(value):
        return None
    return blank(
        "spdx:Checksum",
        spdx__algorithm=link(terms.CHECKSUMS + name, "spdx:ChecksumAlgorithm"),
        spdx__checksumValue=typed(value, "xsd:hexBinary"),
    )
