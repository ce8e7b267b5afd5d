"""DataCite's properties to a record document; the JSON and the XML reader both end here.

The input has the shape of DataCite's REST API (`attributes`): names in camel case. It comes
from strangers, so any value may have any type.
Source: DataCite Metadata Schema 4.7 and its predecessors from kernel 2.2.
"""

from __future__ import annotations

from collections import Counter
from enum import Enum
from typing import Any, Final

from tonle.catalogue.crosswalks import kinds
from tonle.catalogue.crosswalks.agents import agents
from tonle.catalogue.crosswalks.answering import demand_somebody
from tonle.catalogue.crosswalks.clean import (
    Cleaner,
    as_list,
    as_map,
    as_text,
    coordinate,
    first,
    is_missing,
    partial_date,
    unique,
    year,
)
from tonle.catalogue.crosswalks.common import Document, Notes
from tonle.catalogue.crosswalks.identifiers import (
    agent_identifier,
    doi,
    identifier_of,
    work_identifier,
)
from tonle.kernel.codes import find, licence_from, valid
from tonle.kernel.errors import N_
from tonle.kernel.text import UNDETERMINED, choose

# A name longer than any licence's; beyond it is the licence's own text.
_LICENCE_NAME_LENGTH: Final = 200


class People(Enum):
    """What a format demands of those who answer for a work."""

    CREATORS = 1  # DataCite, CITATION.cff: a creator, or the word that none is known.
    SOMEBODY = 2  # A creator, contributor or publisher.
    NOBODY = 3  # It may stand for itself.


def document(
    attributes: dict[str, Any],
    notes: Notes,
    *,
    format_name: str,
    people: People = People.SOMEBODY,
) -> Document:
    """The descriptive part of a record. What stands against it is in `notes`."""
    clean = Cleaner(notes)
    made: Document = {}
    _types(attributes, clean, made)
    _titles(attributes, clean, made)
    made["creators"] = agents(
        first(attributes, "creators", "creator"), clean, "creators", contributors=False
    )
    made["contributors"] = agents(
        attributes.get("contributors"), clean, "contributors", contributors=True
    )
    _publisher(attributes, clean, made)
    _answered_for(attributes, people, notes, made)
    _year(attributes, clean, made)
    made["descriptions"] = _descriptions(attributes, clean)
    made["dates"] = _dates(attributes, clean)
    made["subjects"] = _subjects(attributes, clean)
    made["languages"] = _languages(attributes, clean)
    made["rights"] = _rights(attributes, clean)
    _identifiers(attributes, clean, made)
    made["relations"] = _relations(attributes, clean)
    made["related_items"] = _related_items(attributes, clean)
    made["geo_locations"] = _geo_locations(attributes, clean)
    made["funding_references"] = _funding(attributes, clean)
    made["sizes"] = _strings(attributes.get("sizes"), clean, "sizes")
    made["formats"] = _strings(attributes.get("formats"), clean, "formats")
    version = clean.line(attributes.get("version"), "version", 200)
    if version:
        made["version_label"] = version
    made["access"] = {"level": "metadata_only"}
    made["source"] = {"format": format_name}
    return {key: value for key, value in made.items() if value not in ([], {})}


def led(made: Document) -> Document:
    """The same, with its language said where nothing else tells which title is the thing's own.

    A source has its own title first, translations behind it; the titles of a record have no
    order. Nothing is said where the first would be taken for it in any case.
    """
    titles = made.get("titles", {})
    own = next(iter(titles), UNDETERMINED)
    if own == UNDETERMINED or made.get("languages") or choose(titles, sorted(titles))[0] == own:
        return made
    return made | {"languages": [own]}


class InLanguages:
    """Entries with a text in several languages, from sources that have one entry a language.

    made: the entries. A text joins the first entry that is the same but for the language and
    has none in it; one of no known language begins an entry of its own. Constant time a text.
    """

    def __init__(self) -> None:
        self.made: list[dict[str, Any]] = []
        self._same: dict[str, list[dict[str, Any]]] = {}
        self._seen: Counter[tuple[str, str]] = Counter()

    def add(self, entry: dict[str, Any], language: str, text: str, *, join: bool = True) -> None:
        mark = repr(entry)
        same = self._same.setdefault(mark, [])
        # What came in a language so far stands in the first entries, one in each.
        place = self._seen[mark, language]
        self._seen[mark, language] += 1
        if not join or language == UNDETERMINED or place == len(same):
            self.made.append(entry | ({"text": {language: text}} if text else {}))
            same.append(self.made[-1])
        else:
            same[place].setdefault("text", {})[language] = text


def _answered_for(attributes: dict[str, Any], people: People, notes: Notes, made: Document) -> None:
    """Refuse, or remark on, a work without a creator."""
    if made["creators"]:
        return
    stated = as_list(first(attributes, "creators", "creator"))
    names = [as_text(as_map(one).get("name") or one) for one in stated]
    if people is People.CREATORS and not any(is_missing(name) for name in names if name):
        notes.refuse("creators", N_("There is no creator; at least one is required."))
    elif people is People.SOMEBODY:
        demand_somebody(made, notes, "creators")
    else:
        notes.warn("creators", N_("No creator is given."))


def _types(attributes: dict[str, Any], clean: Cleaner, made: Document) -> None:
    types = as_map(attributes.get("types"))
    stated = as_text(first(types, "resourceTypeGeneral")).strip()
    words = clean.line(first(types, "resourceType"), "resourceType", 500)
    general = kinds.general_type(stated) if stated else None
    if stated and general is None:
        clean.notes.warn(
            "resourceTypeGeneral",
            N_("%(value)s is not a DataCite type; it became Other."),
            value=stated[:80],
        )
        general = "Other"
    if general in (None, "Other"):
        # The free text is the second best witness: "Dataset", "Thesis", "BlogPosting".
        general = (kinds.general_of_word(words) if words else None) or general
    if general is None:
        general = "Dataset"
        clean.notes.warn(
            "resourceType", N_("No type is given; the record was taken for a dataset.")
        )
    made["kind"], words = kinds.kind_and_words(general, words)
    made["resource_type"] = {"general": general, **({"text": words} if words else {})}


def _titles(attributes: dict[str, Any], clean: Cleaner, made: Document) -> None:
    titles: dict[str, str] = {}
    others = InLanguages()
    for item in as_list(first(attributes, "titles", "title")):
        entry = item if isinstance(item, dict) else {"title": item}
        text = clean.line(entry.get("title"), "titles", 4000)
        if not text:
            continue
        language = clean.language(entry.get("lang"), "titles.lang")
        kind = as_text(entry.get("titleType")).strip()
        if kind and not valid("title_types", kind):
            clean.notes.warn(
                "titleType", N_("%(value)s is not a known type; it became Other."), value=kind[:80]
            )
            kind = "Other"
        known = language != "und" or bool(titles)
        if kind == "TranslatedTitle" and known and language not in titles:
            titles[language] = text
        elif kind or language in titles:
            others.add({"type": kind or "AlternativeTitle"}, language, text)
        else:
            titles[language] = text
    if not titles and others.made:
        titles = others.made.pop(0)["text"]
        clean.notes.warn(
            "titles", N_("There is no main title; the first other title took its place.")
        )
    if not titles:
        clean.notes.refuse("titles", N_("There is no title."))
    made["titles"] = titles
    made["other_titles"] = clean.bounded(others.made, 200, "titles")


def _publisher(attributes: dict[str, Any], clean: Cleaner, made: Document) -> None:
    for item in as_list(attributes.get("publisher")):
        entry = item if isinstance(item, dict) else {"name": item}
        name = clean.line(entry.get("name"), "publisher")
        if not name:
            continue
        if "publisher" in made:
            clean.notes.warn("publisher", N_("There are several publishers; the first was kept."))
            return
        publisher: dict[str, Any] = {"name": name}
        identifier = agent_identifier(
            entry.get("publisherIdentifier"),
            entry.get("publisherIdentifierScheme"),
            clean,
            "publisherIdentifier",
        )
        if identifier is not None:
            publisher["identifier"] = identifier
        language = clean.language(entry.get("lang"), "publisher.lang")
        if language != "und":
            publisher["language"] = language
        made["publisher"] = publisher
    if "publisher" not in made:
        clean.notes.warn("publisher", N_("No publisher is given."))


def _year(attributes: dict[str, Any], clean: Cleaner, made: Document) -> None:
    values = as_list(first(attributes, "publicationYear", "publication_year", "publication-year"))
    years = []
    for value in values:
        given = clean.line(value, "publicationYear", 100)
        found = year(given)
        if found is not None:
            years.append(found)
        elif given:
            clean.notes.warn(
                "publicationYear", N_("%(value)s is not a year; it was left out."), value=given[:40]
            )
    if len(set(years)) > 1:
        clean.notes.warn("publicationYear", N_("There are several years; the first was kept."))
    if years:
        made["publication_year"] = years[0]
    else:
        clean.notes.warn("publicationYear", N_("No year of publication is given."))


def _descriptions(attributes: dict[str, Any], clean: Cleaner) -> list[Any]:
    made = InLanguages()
    for item in as_list(attributes.get("descriptions")):
        entry = item if isinstance(item, dict) else {"description": item}
        text = clean.prose(entry.get("description"), "descriptions")
        if not text:
            continue
        language = clean.language(entry.get("lang"), "descriptions.lang")
        kind = as_text(entry.get("descriptionType")).strip()
        if not valid("description_types", kind):
            if kind:
                clean.notes.warn(
                    "descriptionType",
                    N_("%(value)s is not a known type; it became Other."),
                    value=kind[:80],
                )
            kind = "Other"
        made.add({"type": kind}, language, text)
    return clean.bounded(made.made, 100, "descriptions")


def _dates(attributes: dict[str, Any], clean: Cleaner) -> list[Any]:
    made = []
    for item in as_list(attributes.get("dates")):
        entry = item if isinstance(item, dict) else {"date": item}
        given = clean.line(entry.get("date"), "dates", 200)
        information = clean.line(entry.get("dateInformation"), "dateInformation")
        if not given:
            continue
        kind = as_text(entry.get("dateType")).strip()
        if not valid("date_types", kind):
            if kind:
                clean.notes.warn(
                    "dateType", N_("%(value)s is not a known type; it became Other."),
                    value=kind[:80],
                )  # fmt: skip
            information = information or clean.line(kind, "dateType", 200)
            kind = "Other"
        value = partial_date(given)
        if value is None:
            clean.notes.warn(
                "dates", N_("%(value)s is not a date; it was left out."), value=given[:80]
            )
            continue
        one = {"type": kind, "date": value}
        if information:
            one["information"] = information
        made.append(one)
    return clean.bounded(unique(made), 200, "dates")


def _subjects(attributes: dict[str, Any], clean: Cleaner) -> list[Any]:
    made = InLanguages()
    for item in as_list(attributes.get("subjects")):
        entry = item if isinstance(item, dict) else {"subject": item}
        text = clean.line(entry.get("subject"), "subjects")
        if not text:
            continue
        one: dict[str, Any] = {}
        for key, name, limit in (
            ("scheme", "subjectScheme", 500),
            ("scheme_uri", "schemeUri", 2000),
            ("value_uri", "valueUri", 2000),
            ("classification_code", "classificationCode", 200),
        ):
            value = clean.code(entry.get(name), f"subjects.{name}", limit)
            if value:
                one[key] = value
        # Words of one code are one subject; of free words nobody can know.
        named = "value_uri" in one or "classification_code" in one
        made.add(one, clean.language(entry.get("lang"), "subjects.lang"), text, join=named)
    return clean.bounded(unique(made.made), 2000, "subjects")


def _languages(attributes: dict[str, Any], clean: Cleaner) -> list[Any]:
    given = as_list(first(attributes, "languages", "language"))
    tags = (clean.language(value, "language") for value in given)
    return clean.bounded([tag for tag in unique(tags) if tag != "und"], 200, "language")


def _rights(attributes: dict[str, Any], clean: Cleaner) -> list[Any]:
    made = InLanguages()
    for item in as_list(first(attributes, "rightsList", "rights_list", "rights")):
        entry = item if isinstance(item, dict) else {"rights": item}
        text = clean.prose(entry.get("rights"), "rights", 20_000)
        uri = clean.code(first(entry, "rightsUri", "rightsURI"), "rightsURI")
        stated = clean.code(entry.get("rightsIdentifier"), "rightsIdentifier", 200)
        language = clean.language(entry.get("lang"), "rights.lang")
        one = rights_entry(text, uri, stated, language)
        # A code in the place of words says nothing new.
        bare = language == UNDETERMINED and text == one.get("identifier")
        one.pop("text", None)
        if one or text:
            made.add(one, language, "" if bare else text)
    return clean.bounded(unique(made.made), 50, "rights")


def rights_entry(text: str, uri: str, identifier: str, language: str) -> dict[str, Any]:
    """One entry of `rights`, with the SPDX identifier where one is meant beyond doubt."""
    one: dict[str, Any] = {}
    for told in (identifier, uri, text):
        licence = licence_from(told) if 0 < len(told) <= _LICENCE_NAME_LENGTH else None
        if licence:
            one["identifier"] = licence
            break
    if uri:
        one["uri"] = uri
    if text:
        one["text"] = {language: text}
    return one


def _identifiers(attributes: dict[str, Any], clean: Cleaner, made: Document) -> None:
    pids: list[dict[str, str]] = []
    alternate: list[dict[str, str]] = []
    first_doi = doi(attributes.get("doi")) or doi(attributes.get("id"))
    if first_doi:
        pids.append({"scheme": "doi", "value": first_doi})
    entries = [
        (first(as_map(item), "identifier", "Identifier"), as_map(item).get("identifierType"))
        for item in as_list(attributes.get("identifiers"))
    ] + [
        (as_map(item).get("alternateIdentifier"), as_map(item).get("alternateIdentifierType"))
        for item in as_list(attributes.get("alternateIdentifiers"))
    ]
    for value, kind in entries:
        given = clean.code(value, "identifiers", 4000)
        if not given:
            continue
        scheme = clean.line(kind, "identifierType", 200) or "Other"
        found_pid = work_identifier(given, scheme)
        # A second DOI is another version or a related text; only the first names this record.
        if found_pid is not None and found_pid["scheme"] == "doi":
            first_doi = first_doi or found_pid["value"]
        another = {"scheme": "doi", "value": first_doi} if first_doi else found_pid
        if found_pid is not None and (found_pid["scheme"] != "doi" or found_pid == another):
            pids.append(found_pid)
        else:
            if scheme.lower() == "doi" and found_pid is None:
                clean.notes.warn(
                    "identifier", N_("%(value)s is not a DOI; it was kept as another identifier."),
                    value=given[:80],
                )  # fmt: skip
            alternate.append({"type": scheme, "value": given})
    url = clean.code(attributes.get("url"), "url", 4000)
    if url:
        alternate.append({"type": "URL", "value": url})
    made["pids"] = clean.bounded(unique(pids), 50, "identifiers")
    made["alternate_identifiers"] = clean.bounded(unique(alternate), 500, "identifiers")


def _relation_type(value: Any, clean: Cleaner) -> str:
    given = as_text(value).strip()
    known = find("relation_types", given) if given else None
    if known is None:
        clean.notes.warn(
            "relationType",
            N_("%(value)s is not a known relation; it became Other."),
            value=given[:80] or "''",
        )
        return "Other"
    return known.code


def _relations(attributes: dict[str, Any], clean: Cleaner) -> list[Any]:
    made = []
    for item in as_list(attributes.get("relatedIdentifiers")):
        entry = item if isinstance(item, dict) else {"relatedIdentifier": item}
        given = clean.code(entry.get("relatedIdentifier"), "relatedIdentifiers", 4000)
        if not given:
            continue
        stated = clean.line(entry.get("relatedIdentifierType"), "relatedIdentifierType", 40)
        target = identifier_of(given, stated)
        if target is None:
            clean.notes.warn(
                "relatedIdentifiers",
                N_("%(value)s is not a %(scheme)s; it was kept as given."),
                value=given[:80], scheme=stated,
            )  # fmt: skip
            target = {"scheme": "other", "value": given}
        one: dict[str, Any] = {
            "type": _relation_type(entry.get("relationType"), clean),
            "target": target,
        }
        general = kinds.general_type(as_text(entry.get("resourceTypeGeneral")))
        if general:
            one["resource_type_general"] = general
        said = clean.line(entry.get("relationType"), "relationType", 200)
        if one["type"] == "Other" and said not in ("", "Other"):
            one["relation_type_information"] = said
        for key, name, limit in (
            ("relation_type_information", "relationTypeInformation", 2000),
            ("related_metadata_scheme", "relatedMetadataScheme", 500),
            ("scheme_uri", "schemeUri", 2000),
            ("scheme_type", "schemeType", 200),
        ):
            value = clean.line(entry.get(name), name, limit)
            if value:
                one[key] = value
        made.append(one)
    return clean.bounded(unique(made), 10_000, "relatedIdentifiers")


def _related_items(attributes: dict[str, Any], clean: Cleaner) -> list[Any]:
    made = []
    for item in as_list(attributes.get("relatedItems")):
        entry = as_map(item)
        if not entry:
            continue
        one: dict[str, Any] = {
            "type": kinds.general_type(as_text(entry.get("relatedItemType"))) or "Other",
            "relation_type": _relation_type(entry.get("relationType"), clean),
        }
        titles = InLanguages()
        for title in as_list(entry.get("titles")):
            given = title if isinstance(title, dict) else {"title": title}
            text = clean.line(given.get("title"), "relatedItems.titles", 4000)
            if text:
                kind = as_text(given.get("titleType")).strip()
                language = clean.language(given.get("lang"), "relatedItems.titles")
                titles.add({"type": kind} if valid("title_types", kind) else {}, language, text)
        if titles.made:
            one["titles"] = clean.bounded(titles.made, 100, "relatedItems.titles")
        for key, is_contributor in (("creators", False), ("contributors", True)):
            people = agents(
                entry.get(key), clean, f"relatedItems.{key}", contributors=is_contributor
            )
            if people:
                one[key] = people
        published = year(as_text(entry.get("publicationYear")))
        if published is not None:
            one["publication_year"] = published
        for key, name, limit in (
            ("volume", "volume", 200),
            ("issue", "issue", 200),
            ("number", "number", 200),
            ("number_type", "numberType", 60),
            ("first_page", "firstPage", 100),
            ("last_page", "lastPage", 100),
            ("publisher", "publisher", 2000),
            ("edition", "edition", 200),
        ):
            value = entry.get(name)
            text = clean.line(
                as_map(value).get("name") if isinstance(value, dict) else value,
                f"relatedItems.{name}", limit,
            )  # fmt: skip
            if text:
                one[key] = text
        related = as_map(entry.get("relatedItemIdentifier"))
        given_id = clean.code(related.get("relatedItemIdentifier"), "relatedItems", 4000)
        if given_id:
            stated = clean.line(related.get("relatedItemIdentifierType"), "relatedItems", 40)
            one["identifier"] = identifier_of(given_id, stated) or {
                "scheme": "other",
                "value": given_id,
            }
        if set(one) - {"type", "relation_type"}:
            made.append(one)
    return clean.bounded(unique(made), 2000, "relatedItems")


def _point(value: Any) -> dict[str, str] | None:
    entry = as_map(value)
    latitude = coordinate(entry.get("pointLatitude"), 90)
    longitude = coordinate(entry.get("pointLongitude"), 180)
    if latitude is None or longitude is None:
        return None
    return {"latitude": latitude, "longitude": longitude}


def _geo_locations(attributes: dict[str, Any], clean: Cleaner) -> list[Any]:
    made = []
    for item in as_list(attributes.get("geoLocations")):
        entry = as_map(item)
        one: dict[str, Any] = {}
        place = clean.line(entry.get("geoLocationPlace"), "geoLocationPlace", 4000)
        if place:
            one["place"] = {"und": place}
        if entry.get("geoLocationPoint"):
            point = _point(entry["geoLocationPoint"])
            if point is not None:
                one["point"] = point
            else:
                _bad_coordinates(clean, "geoLocationPoint")
        if entry.get("geoLocationBox"):
            box = as_map(entry["geoLocationBox"])
            sides = {
                "west": coordinate(box.get("westBoundLongitude"), 180),
                "east": coordinate(box.get("eastBoundLongitude"), 180),
                "south": coordinate(box.get("southBoundLatitude"), 90),
                "north": coordinate(box.get("northBoundLatitude"), 90),
            }
            if None not in sides.values():
                one["box"] = sides
            else:
                _bad_coordinates(clean, "geoLocationBox")
        polygons = _polygons(entry.get("geoLocationPolygon"), clean)
        if polygons:
            one["polygons"] = polygons
        if one:
            made.append(one)
    return clean.bounded(made, 2000, "geoLocations")


def _polygons(value: Any, clean: Cleaner) -> list[dict[str, Any]]:
    """Polygons; DataCite's JSON gives one as a list of points, several as lists of lists."""
    rings = as_list(value)
    if rings and not isinstance(rings[0], list):
        rings = [rings]
    made = []
    for ring in rings:
        points: list[dict[str, str]] = []
        inside = None
        for entry in as_list(ring):
            given = as_map(entry)
            found = _point(given.get("polygonPoint"))
            if found is not None:
                points.append(found)
            elif given.get("inPolygonPoint"):
                inside = _point(given["inPolygonPoint"])
            else:
                _bad_coordinates(clean, "geoLocationPolygon")
        if points:
            one: dict[str, Any] = {"points": clean.bounded(points, 10_000, "geoLocationPolygon")}
            if inside is not None:
                one["in_point"] = inside
            made.append(one)
    return clean.bounded(made, 200, "geoLocationPolygon")


def _bad_coordinates(clean: Cleaner, where: str) -> None:
    clean.notes.warn(where, N_("Coordinates are missing or beyond the Earth; they were left out."))


def _funding(attributes: dict[str, Any], clean: Cleaner) -> list[Any]:
    made = []
    for item in as_list(attributes.get("fundingReferences")):
        entry = as_map(item)
        name = clean.line(entry.get("funderName"), "funderName")
        if not name:
            if entry:
                clean.notes.warn(
                    "fundingReferences", N_("A grant without a funder's name was left out.")
                )
            continue
        one: dict[str, Any] = {"funder_name": name}
        identifier = agent_identifier(
            entry.get("funderIdentifier"),
            entry.get("funderIdentifierType"),
            clean,
            "funderIdentifier",
        )
        if identifier is not None:
            one["funder_identifier"] = identifier
        number = clean.code(entry.get("awardNumber"), "awardNumber", 500)
        if number:
            one["award_number"] = number
        uri = clean.code(first(entry, "awardUri", "awardURI"), "awardURI")
        if uri:
            one["award_uri"] = uri
        title = clean.line(entry.get("awardTitle"), "awardTitle", 4000)
        if title:
            one["award_title"] = {clean.language(entry.get("lang"), "awardTitle.lang"): title}
        made.append(one)
    return clean.bounded(unique(made), 500, "fundingReferences")


def _strings(value: Any, clean: Cleaner, where: str) -> list[Any]:
    texts = (clean.line(item, where, 500) for item in as_list(value))
    return clean.bounded([text for text in unique(texts) if text], 500, where)
