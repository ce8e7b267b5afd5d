"""What DataCite 4.7 can say of a record: the document that comes back of one that went out.

The losses, rule by rule, written without the writer and the reader: `said(document, here)` is
the whole of what a way out and back keeps. A record loses nothing that is equal to its `said`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from tonle.catalogue.crosswalks import kinds
from tonle.catalogue.crosswalks.clean import unique
from tonle.catalogue.crosswalks.identifiers import identifier_of, work_identifier
from tonle.catalogue.crosswalks.tests.ways import described
from tonle.catalogue.crosswalks.writers.common import address, main_title, own_languages
from tonle.catalogue.crosswalks.writers.datacite import label, year_of
from tonle.catalogue.crosswalks.writers.here import Here
from tonle.kernel.codes import codes, licence_from, licence_url
from tonle.kernel.text import choose

Document = dict[str, Any]

# No element of DataCite's is for these.
NO_PLACE: Final = frozenset(
    ("communities", "distributions", "members", "profile", "translations")
)  # fmt: skip
# Kept as they are, each value once.
AS_THEY_ARE: Final = frozenset(
    ("publication_year", "publisher", "version_label", "sizes", "formats")
)  # fmt: skip


def said(document: Mapping[str, Any], here: Here, *, names_alone: bool) -> Document:
    """The document as DataCite says it, with what DataCite demands and a node adds.

    names_alone: of people of related items, as in the XML.
    """
    made: Document = {k: v for k, v in described(document).items() if k in AS_THEY_ARE}
    made |= {"sizes": unique(made.get("sizes", ())), "formats": unique(made.get("formats", ()))}
    _kind(document, made)
    _titles(document, made)
    for key in ("creators", "contributors"):
        made[key] = unique(_agent(one) for one in document.get(key, ()))
    made["descriptions"] = _in_languages(document.get("descriptions", ()))
    # Free words are a subject each; of those of one code it is known what they have in common.
    made["subjects"] = unique(_in_languages(document.get("subjects", ()), free=False))
    made["rights"] = unique(_rights(document))
    made["languages"] = list(document.get("languages", ()))[:1] or _leading(document, made)
    _names(document, here, made)
    made["relations"] = unique(_relation(one, here) for one in document.get("relations", ()))
    made["related_items"] = unique(
        _item(one, here, names_alone) for one in document.get("related_items", ())
    )
    made["geo_locations"] = unique(
        place for one in document.get("geo_locations", ()) if (place := _place(one, document))
    )
    made["funding_references"] = unique(
        _grant(one, document) for one in document.get("funding_references", ())
    )
    _added(document, here, made)
    return {key: value for key, value in made.items() if value not in ([], {})}


def _leading(document: Mapping[str, Any], made: Document) -> list[str]:
    """The language of the main title, if another of the titles would be taken for the main."""
    main, _ = main_title(document)
    others = choose(made["titles"], sorted(made["titles"]))[0]
    return [main] if main not in ("und", others) else []


def _kind(document: Mapping[str, Any], made: Document) -> None:
    made["kind"] = document["kind"]
    made["resource_type"] = dict(document.get("resource_type", {}))
    # Where the general type is Other, a word that names one is believed.
    kind = made["resource_type"]
    if kind.get("general", GENERAL[document["kind"]]) == "Other":
        words = kind.get("text") or kinds.LABELS[document["kind"]]
        kind["general"] = kinds.general_of_word(words) or "Other"


def _in_languages(
    entries: Iterable[Mapping[str, Any]], *, free: bool = True, told: Iterable[Any] = ()
) -> list[Document]:
    """A text stands in the first entry of its sort that has none in its language yet; one of
    no known language begins an entry. What is told is not told again.

    free: whether entries without a code of their own are joined, too. told: (sort, language,
    text) of what stands elsewhere.
    """
    made: list[Document] = []
    known = list(told)
    for entry in entries:
        sort = {key: value for key, value in entry.items() if key != "text"}
        coded = "value_uri" in sort or "classification_code" in sort
        texts = entry.get("text", {})
        for tag in sorted(texts, key=lambda tag: tag != "und"):
            if (sort, tag, texts[tag]) in known:
                continue
            known.append((sort, tag, texts[tag]))
            found = [one for one in made if tag not in one["text"]
                     and {k: v for k, v in one.items() if k != "text"} == sort]  # fmt: skip
            if found and tag != "und" and (free or coded):
                found[0]["text"][tag] = texts[tag]
            else:
                made.append({**sort, "text": {tag: texts[tag]}})
    return made


def _titles(document: Mapping[str, Any], made: Document) -> None:
    """Another title that is called a translation is one, in a language that has no title."""
    titles = dict(document["titles"])
    main, _ = main_title(document)
    told = [({"type": "TranslatedTitle"}, t, v) for t, v in titles.items() if t != main]
    others = []
    for entry in document.get("other_titles", ()):
        for tag in sorted(entry["text"], key=lambda tag: tag != "und"):
            if entry["type"] == "TranslatedTitle" and tag not in titles:
                titles[tag] = entry["text"][tag]
                told.append(({"type": "TranslatedTitle"}, tag, titles[tag]))
            else:
                others.append({"type": entry["type"], "text": {tag: entry["text"][tag]}})
    made["titles"] = titles
    made["other_titles"] = _in_languages(others, told=told)


def _agent(agent: Mapping[str, Any]) -> Document:
    """A name has one spelling, and its language where that is told."""
    made = {k: v for k, v in agent.items() if k not in ("names", "credit_roles")}
    made = {k: v for k, v in made.items()
            if k not in ("given_name", "family_name") or v != agent["name"]}  # fmt: skip
    spelt = [tag for tag, name in agent.get("names", {}).items() if name == agent["name"]]
    told = next((tag for tag in spelt if tag != "und"), None)
    if told:
        made["names"] = {told: agent["name"]}
    if made.get("type") == "Funder":
        made["type"] = "Sponsor"
    return {k: unique(v) if isinstance(v, list) else v for k, v in made.items() if v != []}


def _rights(document: Mapping[str, Any]) -> list[Document]:
    """A licence has its address and its code, and a code in the place of words says nothing."""
    entries = []
    for right in document.get("rights", ()):
        code = right.get("identifier", "")
        uri = right.get("uri") or (licence_url(code) if code else "")
        for tag, text in sorted((right.get("text") or {"und": code}).items(), key=_und_first):
            known = code or licence_from(uri or "") or licence_from(text)
            sort = ({"identifier": known} if known else {}) | ({"uri": uri} if uri else {})
            if sort or text:
                bare = (tag, text) == ("und", known)
                entries.append({**sort, "text": {tag: "" if bare else text}})
    made = _in_languages(entries)
    for one in made:
        one["text"] = {tag: text for tag, text in one["text"].items() if text}
    return [{k: v for k, v in one.items() if v != {}} for one in made]


def _und_first(text: tuple[str, str]) -> bool:
    return text[0] != "und"


def _names(document: Mapping[str, Any], here: Here, made: Document) -> None:
    """The DOI first, then the others; the page here is another name of the record."""
    pids = sorted(document.get("pids", ()), key=lambda pid: pid["scheme"] != "doi")
    others = [{"type": label(p["scheme"]), "value": p["value"]} for p in pids[1:]
              if p["scheme"] == "doi"]  # fmt: skip
    pids = [pid for number, pid in enumerate(pids) if pid["scheme"] != "doi" or not number]
    for other in document.get("alternate_identifiers", ()):
        known = work_identifier(other["value"], other["type"])
        if known is None:
            others.append(other)
        else:
            pids.append(known)
    made["pids"] = unique(pids)
    page = {"type": "URL", "value": document.get("source", {}).get("home_url") or here.url}
    made["alternate_identifiers"] = unique([*others, page])


def _target(target: Mapping[str, str], here: Here) -> Mapping[str, str]:
    """What DataCite has no type for is known by its address."""
    listed = {entry.data["scheme"] for entry in codes("related_identifier_types").values()}
    if target["scheme"] in listed:
        return target
    where = address(target, here) or target["value"]
    return identifier_of(where, "URL") or {"scheme": "other", "value": where}


def _relation(relation: Mapping[str, Any], here: Here) -> Document:
    return {**relation, "target": _target(relation["target"], here)}


def _item(item: Mapping[str, Any], here: Here, names_alone: bool) -> Document:
    made = dict(item)
    made["titles"] = _in_languages(item["titles"])
    for key in ("creators", "contributors"):
        agents = [_agent(one) for one in item.get(key, ())]
        if names_alone:
            agents = [{k: v for k, v in one.items() if k not in ("identifiers", "affiliations")}
                      for one in agents]  # fmt: skip
        made[key] = agents
    if "identifier" in item:
        made["identifier"] = _target(item["identifier"], here)
    if "number" not in item:
        made.pop("number_type", None)
    return {key: value for key, value in made.items() if value != []}


def _place(place: Mapping[str, Any], document: Mapping[str, Any]) -> Document:
    """One name, of which the language is not told; a polygon has four points."""
    made = dict(place)
    if "place" in place:
        made["place"] = {"und": choose(place["place"], own_languages(document))[1]}
    rings = []
    for polygon in place.get("polygons", ()):
        points = list(polygon["points"])
        points += points[:1] if len(points) == 3 else []
        if len(points) > 3:
            rings.append({**polygon, "points": points})
    made["polygons"] = rings
    return {key: value for key, value in made.items() if value != []}


def _grant(grant: Mapping[str, Any], document: Mapping[str, Any]) -> Document:
    made = dict(grant)
    if "award_title" in grant:
        tag, text = choose(grant["award_title"], own_languages(document))
        made["award_title"] = {tag: text}
    return made


def _added(document: Mapping[str, Any], here: Here, made: Document) -> None:
    """What DataCite demands, and what a node knows of its own record."""
    made["access"] = {"level": "metadata_only"}
    made.setdefault("version_label", str(document.get("version", 1)))
    if "source" not in document:
        made.setdefault("publisher", {"name": here.node_name})
    if (year := int(year_of(document, here.zone))) > 0:
        made.setdefault("publication_year", year)
    made["resource_type"].setdefault("general", GENERAL[document["kind"]])
    files = document.get("files", ())
    if files and not made["sizes"]:
        made["sizes"] = [f"{sum(file['size_bytes'] for file in files)} bytes"]
    if files and not made["formats"]:
        made["formats"] = sorted({file["media_type"] for file in files})
    dates = unique(document.get("dates", ()))
    types = {one["type"] for one in dates}
    until = document["access"].get("embargo_until")
    if until and "Available" not in types:
        dates.append({"date": until, "type": "Available"})
    if document.get("revision") and "Updated" not in types:
        dates.append({"date": document["updated_at"][:10], "type": "Updated"})
    made["dates"] = dates


GENERAL: Final = {
    "agreement": "Text", "assessment": "Report", "dataset": "Dataset", "enterprise": "Other",
    "facility": "Other", "fellowship": "Award", "funding_opportunity": "Award",
    "indicator": "Dataset", "instrument": "Instrument", "policy": "Text", "project": "Project",
    "publication": "Text", "service": "Service", "software": "Software", "standard": "Standard",
    "technology_need": "Other", "technology_offer": "Other", "training": "Event",
}  # fmt: skip
assert set(GENERAL) == set(kinds.LABELS)
