"""DCAT catalogues: each thing they list, in Turtle, N-Triples, RDF/XML or JSON-LD.

DCAT borrows its words from Dublin Core, FOAF, vCard and SPDX, and its profiles (DCAT-AP and
its kin) say the same thing in several ways; all that have been seen are looked for.
Source: DCAT 3 (W3C Recommendation, 2024-08-22); DCAT-AP 3.0.1.
"""

from __future__ import annotations

import re
from typing import Any, Final

from tonle.catalogue.crosswalks import kinds, triples
from tonle.catalogue.crosswalks.clean import Cleaner, as_list, as_text, year
from tonle.catalogue.crosswalks.common import (
    Document,
    Parsed,
    refused_file,
)
from tonle.catalogue.crosswalks.elsewhere import (
    MAX_DISTRIBUTIONS,
    Texts,
    address,
    distribution,
    members_of,
    shapes,
)
from tonle.catalogue.crosswalks.identifiers import identifier_of, work_identifier
from tonle.catalogue.crosswalks.portals import Portal
from tonle.catalogue.crosswalks.triples import Graph, Node
from tonle.catalogue.crosswalks.works import stand_in
from tonle.kernel.errors import N_

FORMAT: Final = "dcat"

DCAT: Final = "http://www.w3.org/ns/dcat#"
DCT: Final = "http://purl.org/dc/terms/"
DC: Final = "http://purl.org/dc/elements/1.1/"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
VCARD: Final = "http://www.w3.org/2006/vcard/ns#"
ADMS: Final = "http://www.w3.org/ns/adms#"
LOCN: Final = "http://www.w3.org/ns/locn#"
SPDX: Final = "http://spdx.org/rdf/terms#"
SCHEMA: Final = "http://schema.org/"
RDFS_LABEL: Final = "http://www.w3.org/2000/01/rdf-schema#label"
OWL_VERSION: Final = "http://www.w3.org/2002/07/owl#versionInfo"

RESOURCE: Final = f"{DCAT}Resource"
THINGS: Final = (f"{DCAT}Dataset", f"{DCAT}DatasetSeries", RESOURCE)
# What tells of others, and is no thing that a catalogue lists for itself.
_APPARATUS: Final = (f"{DCAT}Catalog", f"{DCAT}CatalogRecord", f"{DCAT}Distribution")
# By these a catalogue lists what may have no class of DCAT's own.
_LISTED: Final = (f"{DCAT}resource", f"{FOAF}primaryTopic")
# A thing's kind as this program's catalogues tell it, by the end of the type's address.
_KIND: Final = re.compile(r"/catalog#kind-([a-z_]+)\Z")
_LABELS: Final = (
    f"{FOAF}name", f"{VCARD}fn", f"{VCARD}organization-name", f"{SKOS}prefLabel", RDFS_LABEL,
    f"{DCT}title", f"{SCHEMA}name",
)  # fmt: skip
_DATES: Final = (
    (f"{DCT}issued", "Issued"),
    (f"{DCT}modified", "Updated"),
    (f"{DCT}created", "Created"),
    (f"{DCT}available", "Available"),
)
_RELATIONS: Final = (
    (f"{DCT}isPartOf", "IsPartOf"),
    (f"{DCAT}inSeries", "IsPartOf"),
    (f"{DCT}hasPart", "HasPart"),
    (f"{DCT}isVersionOf", "IsVersionOf"),
    (f"{DCAT}isVersionOf", "IsVersionOf"),
    (f"{DCT}hasVersion", "HasVersion"),
    (f"{DCAT}hasVersion", "HasVersion"),
    (f"{DCAT}previousVersion", "IsNewVersionOf"),
    (f"{DCT}replaces", "Obsoletes"),
    (f"{DCT}isReplacedBy", "IsObsoletedBy"),
    (f"{DCT}source", "IsDerivedFrom"),
    (f"{DCT}isReferencedBy", "IsReferencedBy"),
    (f"{DCT}references", "References"),
    (f"{DCT}relation", "References"),
    (f"{DCT}requires", "Requires"),
    (f"{FOAF}page", "IsDocumentedBy"),
)


def dcat_things(graph: Graph) -> list[Node]:
    """What the graph describes for a catalogue: datasets, series, and resources of other kinds.

    In an order that is the same each time. What is listed and described without a class is
    noted as a dcat:Resource, since that is what being listed says of it; so it can be cut out
    of the graph and read by itself.
    """
    apparatus = set(graph.subjects(*_APPARATUS))
    for one in graph.values(*_LISTED):
        if one.kind != "literal" and not graph.one(one, triples.RDF_TYPE):
            graph.add(one, triples.RDF_TYPE, Node("iri", RESOURCE))
    return [
        one
        for one in graph.subjects(*THINGS)
        if one not in apparatus and graph.one(one, f"{DCT}title", f"{DC}title")
    ]


def parse(data: bytes, name: str) -> Parsed:
    """Every thing that the file describes."""
    try:
        graph = triples.load(data)
    except triples.NotRdf as error:
        return refused_file(FORMAT, data, name, error.remark)
    found = dcat_things(graph)
    others = frozenset(found)

    def reader(dataset: Node, clean: Cleaner) -> _Reader:
        return _Reader(dataset, graph, Texts(clean))

    return Portal(
        FORMAT,
        N_("The file describes no dcat:Dataset or dcat:Resource that has a title."),
        as_list,
        properties=lambda one, clean: reader(one, clean).properties(clean),
        beside=lambda one, clean, made: reader(one, clean).elsewhere(clean, made),
        source=lambda one: graph.about(one, others),
    ).read(found, data, name)


class _Reader:
    """What a graph says of one dataset."""

    def __init__(self, dataset: Node, graph: Graph, texts: Texts) -> None:
        self.dataset = dataset
        self.graph = graph
        self.texts = texts

    def properties(self, clean: Cleaner) -> dict[str, Any]:
        """The dataset in the shape of DataCite's properties."""
        issued = self._value(f"{DCT}issued", f"{DCT}created", f"{DCT}modified")
        found: dict[str, Any] = {
            "titles": self._named("title", f"{DCT}title", f"{DC}title")
            + [
                {**one, "titleType": "AlternativeTitle"}
                for one in self._named("title", f"{DCT}alternative")
            ],
            "types": self._types(),
            "creators": self._agents(f"{DCT}creator", f"{DC}creator", f"{FOAF}maker"),
            "contributors": [
                {**one, "contributorType": role}
                for role, predicate in (
                    ("Other", f"{DCT}contributor"),
                    ("RightsHolder", f"{DCT}rightsHolder"),
                    ("ContactPerson", f"{DCAT}contactPoint"),
                )
                for one in self._agents(predicate)
            ],
            "publisher": [
                {"name": one["name"], "lang": one["lang"]}
                for one in self._agents(f"{DCT}publisher", f"{DC}publisher")
            ][:1],
            "publicationYear": str(year(issued[:10]) or year(issued[:4]) or ""),
            "descriptions": self._descriptions(),
            "subjects": self._subjects(),
            "dates": self._dates(),
            "language": [
                _last(one.value) for one in self.graph.all(self.dataset, f"{DCT}language")
            ],
            "version": self._value(f"{DCAT}version", OWL_VERSION),
            "rightsList": self._rights(),
            "relatedIdentifiers": self._relations(),
            "geoLocations": self._places(),
        }
        stand_in(found, clean, ())
        found["identifiers"], found["alternateIdentifiers"] = self._identifiers()
        return found

    # Parts of it ------------------------------------------------------------------------------

    def _types(self) -> dict[str, str]:
        said = [one.value for one in self.graph.all(self.dataset, f"{DCT}type")]
        general = next((g for word in said if (g := kinds.general_of_word(_last(word)))), None)
        kind = next((found[1] for word in said if (found := _KIND.search(word))), "")
        if kind in kinds.LABELS:
            return {
                "resourceTypeGeneral": general or kinds.GENERAL_OF_KIND.get(kind, "Other"),
                "resourceType": kinds.LABELS[kind],
            }
        return {"resourceTypeGeneral": general or "Dataset"}

    def _value(self, *predicates: str) -> str:
        found = self.graph.one(self.dataset, *predicates)
        return "" if found is None else found.value.strip()

    def _texts(self, subject: Node, *predicates: str) -> list[tuple[str, str]]:
        """(language or "", text) of literals, and of the labels of things."""
        made = []
        for one in self.graph.all(subject, *predicates):
            if one.kind == "literal":
                made.append((one.language, one.value))
            else:
                labels = self.graph.all(one, *_LABELS)
                made += [(label.language, label.value) for label in labels]
        return [
            (self.texts.language(text, language, _last(predicates[0])), text)
            for language, text in made
            if text.strip()
        ]

    def _map(self, subject: Node, *predicates: str) -> dict[str, str]:
        made: dict[str, str] = {}
        for language, text in self._texts(subject, *predicates):
            made.setdefault(language or "und", text)
        return made

    def _named(self, name: str, *predicates: str) -> list[dict[str, str]]:
        return [
            {name: text, "lang": language}
            for language, text in self._texts(self.dataset, *predicates)
        ]

    def _agents(self, *predicates: str) -> list[dict[str, Any]]:
        made = []
        for one in self.graph.all(self.dataset, *predicates):
            if one.kind == "literal":
                language = self.texts.language(one.value, one.language, "agent")
                made.append({"name": one.value, "lang": language})
                continue
            labels = self._texts(one, *_LABELS)
            classes = " ".join(c.value for c in self.graph.all(one, triples.RDF_TYPE))
            agent: dict[str, Any] = {
                "name": labels[0][1] if labels else "",
                "lang": labels[0][0] if labels else "",
            }
            if "Person" in classes or "Individual" in classes:
                agent["nameType"] = "Personal"
            elif "Organization" in classes:
                agent["nameType"] = "Organizational"
            names = [one, *self.graph.all(one, f"{DCT}identifier", f"{FOAF}page")]
            told = [found for n in names if (found := identifier_of(n.value.rstrip("/"), ""))]
            agent["nameIdentifiers"] = [
                {"nameIdentifier": t["value"], "nameIdentifierScheme": t["scheme"]}
                for t in told
                if t["scheme"] in ("orcid", "ror", "isni", "wikidata")
            ]
            if agent["name"]:
                made.append(agent)
        return made

    def _descriptions(self) -> list[dict[str, str]]:
        made = []
        for kind, predicates in (
            ("Abstract", (f"{DCT}description", f"{DC}description", f"{DCT}abstract")),
            ("Other", (f"{DCT}provenance", f"{ADMS}versionNotes", f"{DCAT}versionNotes")),
        ):
            made += [
                {**one, "descriptionType": kind} for one in self._named("description", *predicates)
            ]
        return made

    def _subjects(self) -> list[dict[str, str]]:
        made = self._named("subject", f"{DCAT}keyword", f"{DC}subject")
        for one in self.graph.all(self.dataset, f"{DCAT}theme", f"{DCT}subject"):
            labels = self._texts(one, *_LABELS)
            uri = address(one.value) if one.kind == "iri" else ""
            if one.kind == "literal":
                labels = [(one.language, one.value)]
            elif not labels and uri:
                labels = [("", _last(uri))]
            made += [
                {"subject": text, "lang": language, "valueUri": uri} for language, text in labels
            ]
        return made

    def _dates(self) -> list[dict[str, str]]:
        made = [
            {"date": _day(one.value), "dateType": kind}
            for predicate, kind in _DATES
            for one in self.graph.all(self.dataset, predicate)
        ]
        for one in self.graph.all(self.dataset, f"{DCT}temporal"):
            if one.kind == "literal":
                made.append({"date": one.value, "dateType": "Coverage"})
                continue
            start = self.graph.one(one, f"{DCAT}startDate", f"{SCHEMA}startDate")
            end = self.graph.one(one, f"{DCAT}endDate", f"{SCHEMA}endDate")
            ends = [_day(end.value) if end else "" for end in (start, end)]
            if any(ends):
                made.append({"date": "/".join(ends), "dateType": "Coverage"})
        return [one for one in made if one["date"]]

    def _licences(self, subject: Node) -> list[Node]:
        return self.graph.all(subject, f"{DCT}license", f"{DC}license", f"{DCT}licence")

    def _rights(self) -> list[dict[str, str]]:
        made = []
        for predicate in (f"{DCT}license", f"{DCT}rights", f"{DC}rights", f"{DCT}accessRights"):
            for one in self.graph.all(self.dataset, predicate):
                uri = address(one.value) if one.kind == "iri" else ""
                if one.kind == "literal":
                    labels = [(one.language, one.value)]
                else:
                    labels = self._texts(one, *_LABELS)
                language, text = labels[0] if labels else ("", "")
                if uri or text:
                    made.append({"rights": text, "rightsUri": uri, "lang": language})
        return made

    def _relations(self) -> list[dict[str, str]]:
        made = []
        for predicate, relation in _RELATIONS:
            for one in self.graph.all(self.dataset, predicate):
                target = identifier_of(one.value, "") if one.kind != "blank" else None
                if target is not None and not one.value.startswith(triples.BASE):
                    made.append(
                        {
                            "relatedIdentifier": target["value"],
                            "relatedIdentifierType": target["scheme"],
                            "relationType": relation,
                        }
                    )
        return made

    def _identifiers(self) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
        pids: list[dict[str, str]] = []
        others: list[dict[str, str]] = []
        told = [] if self.dataset.kind == "blank" else [self.dataset.value]
        told += [one.value for one in self.graph.all(self.dataset, f"{DCT}identifier")]
        for one in self.graph.all(self.dataset, f"{ADMS}identifier"):
            notation = self.graph.one(one, f"{SKOS}notation")
            told.append(notation.value if notation else one.value)
        for text in dict.fromkeys(text.strip() for text in told):
            if text.startswith(triples.BASE) or not text:
                continue
            pid = work_identifier(text, "")
            if pid is not None:
                pids.append({"identifier": pid["value"], "identifierType": pid["scheme"]})
            else:
                kind = "URL" if address(text) else "Local"
                others.append({"alternateIdentifier": text, "alternateIdentifierType": kind})
        return pids, others

    def _places(self) -> list[dict[str, Any]]:
        made: list[dict[str, Any]] = []
        for one in self.graph.all(self.dataset, f"{DCT}spatial"):
            labels = self._texts(one, *_LABELS)
            name = labels[0][1] if labels else one.value if one.kind == "literal" else ""
            drawn: list[dict[str, Any]] = []
            for predicate in (f"{DCAT}bbox", f"{LOCN}geometry", f"{DCAT}centroid"):
                for shape in self.graph.all(one, predicate):
                    drawn = drawn or shapes(shape.value) or shapes(geojson_of_wkt(shape.value))
            if name or drawn:
                made.append({**(drawn[0] if drawn else {}), "geoLocationPlace": name})
                made += drawn[1:]
        return made

    # What stays at its home ---------------------------------------------------------------------

    def elsewhere(self, clean: Cleaner, made: Document) -> None:
        """Where it is at home, its distributions, and whose countries it is about."""
        pages = self.graph.all(self.dataset, f"{DCAT}landingPage", f"{FOAF}homepage")
        page = next((link for one in pages if (link := address(one.value))), "")
        home = page or (address(self.dataset.value) if self.dataset.kind == "iri" else "")
        if home and not home.startswith(triples.BASE):
            made["source"]["home_url"] = home
        whole = self._licences(self.dataset)
        found = [
            one
            for node in self.graph.all(self.dataset, f"{DCAT}distribution")
            if (one := self._distribution(node, whole, clean)) is not None
        ]
        if found:
            made["distributions"] = clean.bounded(found, MAX_DISTRIBUTIONS, "distribution")
        places = [_last(one.value) for one in self.graph.all(self.dataset, f"{DCT}spatial")]
        if members := members_of(places):
            made["members"] = members

    def _distribution(self, node: Node, whole: list[Node], clean: Cleaner) -> dict[str, Any] | None:
        def value(*predicates: str) -> str:
            one = self.graph.one(node, *predicates)
            if one is None:
                return ""
            label = self.graph.one(one, *_LABELS) if one.kind != "literal" else None
            return one.value if label is None or one.kind == "iri" else label.value

        checksum = self.graph.one(node, f"{SPDX}checksum")
        digest_of = algorithm = None
        if checksum is not None:
            digest_of = self.graph.one(checksum, f"{SPDX}checksumValue")
            algorithm = self.graph.one(checksum, f"{SPDX}algorithm")
        return distribution(
            clean,
            title=self._map(node, f"{DCT}title", f"{DC}title"),
            description=self._map(node, f"{DCT}description", f"{DC}description"),
            access_url=value(f"{DCAT}accessURL"),
            download_url=value(f"{DCAT}downloadURL"),
            media_type=value(f"{DCAT}mediaType"),
            format_name=value(f"{DCT}format", f"{DC}format"),
            size=value(f"{DCAT}byteSize"),
            checksum=digest_of.value if digest_of else None,
            algorithm=re.sub("checksumAlgorithm", "", _last(algorithm.value)) if algorithm else "",
            licence=tuple(one.value for one in self._licences(node) or whole),
        )


def _last(value: str) -> str:
    """The last word of an address: `…/language/KHM` as `KHM`; other texts as they are."""
    return re.split(r"[/#]", value.rstrip("/"))[-1] if "://" in value else value.strip()


def _day(value: str) -> str:
    """The day of an instant."""
    text = as_text(value).strip()
    return text[:10] if re.match(r"\d{4}-\d{2}-\d{2}[T ]", text) else text


_RING = re.compile(r"\(([^()]+)\)")
_SHAPE = re.compile(
    r"\s*+(?:<[^<>]*+>\s*+)?+(MULTI)?+(POINT|LINESTRING|POLYGON)\s*+Z?+\s*+\(", re.IGNORECASE
)


def geojson_of_wkt(text: str) -> dict[str, Any] | None:
    """A point, line, polygon or several as GeoJSON; None for what is no such text.

    Axes are longitude and latitude, as DCAT-AP asks. Source: OGC 06-103r4, section 7.
    """
    found = _SHAPE.match(text)
    if found is None or len(text) > 1_000_000:
        return None
    parts = []
    for ring in _RING.findall(text[found.end() - 1 :]):
        points = [pair.split()[:2] for pair in ring.split(",")]
        if any(len(point) < 2 for point in points):
            return None
        parts.append(points)
    kind = found[2].upper()
    if not parts:
        return None
    if kind == "POINT":
        return {"type": "MultiPoint", "coordinates": [p for part in parts for p in part]}
    if kind == "LINESTRING":
        return {"type": "MultiLineString", "coordinates": parts}
    if found[1]:
        return {"type": "MultiPolygon", "coordinates": [[part] for part in parts]}
    return {"type": "Polygon", "coordinates": parts[:1]}
