"""CKAN packages: as the action API gives them, one, or a list of search results.

A package has few fields of its own; portals add theirs by ckanext-scheming, texts in several
languages by ckanext-fluent (`title_translated`), and whatever else as `extras`. What several
extensions name in several ways is looked for under all their names.
Source: CKAN 2.11, "API guide" and package schema; ckanext-fluent, ckanext-dcat and
ckanext-spatial, their documented field names.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from tonle.catalogue.crosswalks import jsontext, kinds
from tonle.catalogue.crosswalks.clean import Cleaner, as_list, as_map, as_text, first, year
from tonle.catalogue.crosswalks.common import Document
from tonle.catalogue.crosswalks.elsewhere import (
    MAX_DISTRIBUTIONS,
    Texts,
    address,
    distribution,
    members_of,
    shapes,
)
from tonle.catalogue.crosswalks.identifiers import work_identifier
from tonle.catalogue.crosswalks.portals import Portal
from tonle.catalogue.crosswalks.works import stand_in
from tonle.kernel.errors import N_

FORMAT: Final = "ckan-json"

Package = dict[str, Any]

# Kinds of package that portals add, and what they hold; all else is data.
_GENERAL_OF_TYPE: Final = {
    "agreement": "Text",
    "application": "Software",
    "document": "Text",
    "laws_record": "Text",
    "library_record": "Text",
    "publication": "Text",
    "report": "Report",
    "software": "Software",
    "tool": "Software",
}
# Licences of CKAN's list that say nothing.
_NO_LICENCE: Final = frozenset(("", "notspecified", "not-specified", "none", "unknown"))
_DATES: Final = (
    ("issued", "Issued"),
    ("modified", "Updated"),
    ("created", "Created"),
    ("metadata_created", "Available"),
)
_TITLES: Final = ("title_translated", "title_multilingual")
_RELATIONS: Final = (
    ("documentation", "IsDocumentedBy"),
    ("is_referenced_by", "IsReferencedBy"),
    ("source", "IsDerivedFrom"),
    ("has_version", "HasVersion"),
    ("is_version_of", "IsVersionOf"),
    ("conforms_to", "IsDescribedBy"),
)


def _packages(value: Any) -> list[Any]:
    result = as_map(value).get("result", value)
    found = as_map(result).get("results", result)
    named = {"title", "name", "title_translated"}
    return [one for one in as_list(found) if isinstance(one, dict) and named & one.keys()]


def _extras(package: Package) -> dict[str, Any]:
    """The extra fields: a list of keys and values, or, in old answers, a mapping."""
    extras = package.get("extras")
    if isinstance(extras, dict):
        return dict(extras)
    return {
        as_text(one.get("key")): one.get("value")
        for one in as_list(extras)
        if isinstance(one, dict)
    }


def properties(given: Package, clean: Cleaner) -> dict[str, Any]:
    """The package in the shape of DataCite's properties; given: its fields, extras among them."""
    texts = Texts(clean)
    publisher = _publisher(given, texts)
    found: dict[str, Any] = {
        "titles": _titles(given, texts),
        "types": _types(given),
        "creators": _agents(first(given, "creator", "author", "authors"), texts),
        "contributors": _contacts(given, texts),
        "publisher": publisher,
        "descriptions": _descriptions(given, texts),
        "subjects": _subjects(given, texts),
        "dates": _dates(given),
        "language": _languages(given, texts, clean),
        "version": given.get("version"),
        "rightsList": _rights(given),
        "relatedIdentifiers": _relations(given),
        "geoLocations": _places(given),
        "url": address(given.get("url")),
    }
    # What the portal calls an organisation is one, whatever field it stands in.
    bodies = {one["name"] for one in publisher}
    for one in (*found["creators"], *found["contributors"]):
        if one["name"] in bodies:
            one["nameType"] = "Organizational"
    # Agencies publish without naming anybody; the work is then theirs.
    stand_in(found, clean, ())
    stand_in(found, clean, found["contributors"])
    published = first(given, "issued", "publication_year", "metadata_created")
    found["publicationYear"] = str(year(as_text(published)) or "")
    found["identifiers"], found["alternateIdentifiers"] = _identifiers(given)
    return found


def _listed(value: Any) -> list[Any]:
    """A list; also one that is written as JSON, or as words between commas in braces."""
    if isinstance(value, str) and value[:1] in "[{":
        try:
            return as_list(jsontext.parse(value.encode("utf-8", "replace")))
        except jsontext.NotJson:
            return [part.strip() for part in value.strip("{}[]").split(",") if part.strip()]
    return as_list(value)


def _languages(given: Package, texts: Texts, clean: Cleaner) -> list[str]:
    """The languages of the thing: as stated, that of its plain title first; else that alone.

    A portal in several languages keeps the title as it was given beside its translations; which
    of them it is tells nobody else that the others are translations.
    """
    stated = first(given, "language", "odm_language")
    words = [word for one in _listed(stated) for word in re.split(r"[,;\s]+", as_text(one))]
    found = [_last(word) for word in words if word]
    own = next(
        (
            language
            for language, text in texts.pairs(first(given, *_TITLES), "title")
            if language and text in as_list(given.get("title"))
        ),
        "",
    )
    known = {clean.language(one, "language") for one in found}
    leads = own and (not known or clean.language(own, "title") in known)
    return [own, *found] if leads else found


def _last(value: Any) -> str:
    """The last word of an address in an authority table: `…/language/KHM` as `KHM`."""
    return re.split(r"[/#]", as_text(value).strip().rstrip("/"))[-1]


def _titles(given: Package, texts: Texts) -> list[dict[str, str]]:
    translated = texts.pairs(first(given, *_TITLES), "title")
    known = [text for _, text in translated]
    # Of a translated title the plain one is a copy, in the portal's own language.
    plain = [one for one in as_list(given.get("title") or given.get("name")) if one not in known]
    made = [{"title": text, "lang": language} for language, text in translated]
    made += [
        {"title": text, "lang": language, **({"titleType": "AlternativeTitle"} if made else {})}
        for language, text in texts.pairs(plain, "title")
    ]
    return made


def _descriptions(given: Package, texts: Texts) -> list[dict[str, str]]:
    translated = texts.pairs(first(given, "notes_translated", "description_translated"), "notes")
    # Of a translated text the plain one is a copy, perhaps shortened.
    stated = translated or texts.pairs(first(given, "notes", "description"), "notes")
    made = [
        {"description": text, "lang": language, "descriptionType": "Abstract"}
        for language, text in stated
    ]
    for name, kind in (
        ("methodology", "Methods"),
        ("lineage", "Methods"),
        ("provenance", "Other"),
        ("version_notes", "Other"),
        ("caveats", "Other"),
    ):
        made += [
            {"description": text, "lang": language, "descriptionType": kind}
            for language, text in texts.pairs(given.get(name), name)
            if len(text) > 5 and not address(text)
        ]
    return made


def _types(given: Package) -> dict[str, str]:
    stated = as_text(given.get("type")).strip().lower()
    told = _last(first(given, "dcat_type", "resource_type"))
    general = _GENERAL_OF_TYPE.get(stated) or (kinds.general_of_word(told) if told else None)
    words = "" if stated in ("", "dataset") else stated
    return {"resourceTypeGeneral": general or "Dataset", "resourceType": words}


def _agents(value: Any, texts: Texts, role: str = "") -> list[dict[str, Any]]:
    """People and organisations: a name, several between semicolons, or objects."""
    made: list[dict[str, Any]] = []
    for one in _listed(value):
        if isinstance(one, dict):
            names = texts.pairs(first(one, "name_translated", "name", "title"), "creator")
            language, name = names[0] if names else ("", "")
            agent: dict[str, Any] = {"name": name, "lang": language}
            identifier = as_text(first(one, "identifier", "uri")).strip()
            if re.search(r"orcid\.org|ror\.org|isni\.org", identifier):
                agent["nameIdentifiers"] = [{"nameIdentifier": identifier}]
            if affiliation := as_text(one.get("affiliation")):
                agent["affiliation"] = [affiliation]
            found = [agent]
        else:
            found = [
                {"name": part.strip(), "lang": texts.language(part, "", "author")}
                for part in as_text(one).split(";")
            ]
        made += [{**a, "contributorType": role} if role else a for a in found if a["name"]]
    return made


def _publisher(given: Package, texts: Texts) -> list[dict[str, Any]]:
    told = _agents(first(given, "publisher", "publisher_name"), texts)
    if not told:
        organisation = as_map(given.get("organization"))
        told = _agents([organisation], texts) if organisation.get("title") else []
        for one in told:
            title = first(organisation, "title_translated", "title")
            names = texts.pairs(title, "organization")
            one["lang"], one["name"] = names[0] if names else ("", one["name"])
    return [{"name": one["name"], "lang": one.get("lang", "")} for one in told[:1]]


def _contacts(given: Package, texts: Texts) -> list[dict[str, Any]]:
    told = first(given, "contact", "maintainer", "contact_name")
    # The name of an account names nobody to a reader.
    return [
        one
        for one in _agents(told, texts, "ContactPerson")
        if not re.fullmatch(r"[a-z0-9_.-]+", one["name"])
    ]


def _subjects(given: Package, texts: Texts) -> list[dict[str, str]]:
    made: list[dict[str, str]] = []
    for name in ("keywords", "tags_translated", "keywords_translated"):
        made += [
            {"subject": text, "lang": language}
            for language, text in texts.pairs(_fluent(given.get(name)), name)
        ]
    known = {one["subject"] for one in made}
    for tag in as_list(given.get("tags")):
        text = as_text(first(tag, "display_name", "name") if isinstance(tag, dict) else tag)
        if text and text not in known:
            made.append({"subject": text, "lang": texts.language(text, "", "tags")})
    for group in as_list(given.get("groups")):
        told = first(as_map(group), "title", "display_name", "name")
        made += [{"subject": text, "lang": lang} for lang, text in texts.pairs(told, "groups")]
    for theme in _listed(given.get("theme")):
        if address(theme):
            made.append({"subject": _last(theme), "valueUri": address(theme)})
        elif text := as_text(theme):
            made.append({"subject": text})
    return made


def _fluent(value: Any) -> Any:
    """Words by language; a plain list of words stays one."""
    return value if isinstance(value, dict | str) else as_list(value)


def _dates(given: Package) -> list[dict[str, str]]:
    made = [
        {"date": _day(given[name]), "dateType": kind}
        for name, kind in _DATES
        if _day(given.get(name))
    ]
    for span in _listed(first(given, "temporal_coverage", "temporal")):
        ends = as_map(span)
        start = _day(first(ends, "start", "start_date"))
        end = _day(first(ends, "end", "end_date"))
        if start or end:
            made.append({"date": f"{start}/{end}", "dateType": "Coverage"})
    start, end = (_day(given.get(f"temporal_{name}")) for name in ("start", "end"))
    if start or end:
        made.append({"date": f"{start}/{end}", "dateType": "Coverage"})
    return made


def _day(value: Any) -> str:
    """The day of an instant; a date as it is; "" for other texts, such as "monthly"."""
    found = re.match(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?(?=\Z|[T ])", as_text(value).strip())
    return found[0] if found else ""


def _rights(given: Package) -> list[dict[str, str]]:
    identifier = as_text(first(given, "license_id", "license", "licence")).strip()
    if identifier.lower() in _NO_LICENCE:
        identifier = ""
    words = as_text(first(given, "license_other", "license_title", "rights")).strip()
    uri = address(given.get("license_url"))
    if words in ("[]", "{}") or (identifier and not words and not uri):
        words = identifier
    if not (identifier or uri or words):
        return []
    if not (identifier or uri) and words.lower().replace(" ", "") in (
        "licensenotspecified", "notspecified",
    ):  # fmt: skip
        return []
    return [{"rights": words, "rightsUri": uri, "rightsIdentifier": identifier}]


def _relations(given: Package) -> list[dict[str, str]]:
    return [
        {
            "relatedIdentifier": address(one),
            "relatedIdentifierType": "URL",
            "relationType": relation,
        }
        for name, relation in _RELATIONS
        for one in _listed(given.get(name))
        if address(one)
    ]


def _identifiers(given: Package) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Names that lead to this very thing, and the numbers that portals gave it."""
    pids: list[dict[str, str]] = []
    others: list[dict[str, str]] = []
    told = [given.get(n) for n in ("doi", "identifier", "uri", "guid", "DOI")]
    for one in [*told, *_listed(given.get("alternate_identifier"))]:
        text = as_text(one).strip()
        pid = work_identifier(text, "") if text else None
        if pid is not None:
            pids.append({"identifier": pid["value"], "identifierType": pid["scheme"]})
        elif text:
            kind = "URL" if address(text) else "Local"
            others.append({"alternateIdentifier": text, "alternateIdentifierType": kind})
    if number := as_text(given.get("id")):
        others.append({"alternateIdentifier": number, "alternateIdentifierType": "CKAN"})
    return pids, others


def _places(given: Package) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for one in _listed(given.get("spatial_coverage")):
        place = as_map(one)
        named = as_text(first(place, "text", "label"))
        found = next((s for n in ("bbox", "geom", "centroid") if (s := shapes(place.get(n)))), [])
        if named or found:
            made.append({**(found[0] if found else {}), "geoLocationPlace": named})
    named = as_text(first(given, "spatial_text", "spatial-text", "coverage"))
    stated = as_text(given.get("spatial"))
    if not named and stated and not address(stated) and not stated.startswith(("{", "[")):
        named = stated
    found = shapes(given.get("spatial"))
    if found or named:
        made.append({**(found[0] if found else {}), "geoLocationPlace": named})
        made += found[1:]
    sides = [as_text(given.get(f"bbox-{n}")) for n in ("west-long", "east-long", "south-lat",
                                                         "north-lat")]  # fmt: skip
    if all(sides) and not found:
        names = ("westBoundLongitude", "eastBoundLongitude", "southBoundLatitude",
                 "northBoundLatitude")  # fmt: skip
        made.append({"geoLocationBox": dict(zip(names, sides, strict=True))})
    return made


def _elsewhere(given: Package, clean: Cleaner, made: Document) -> None:
    """The resources, which stay at the portal, and whose countries it is about."""
    licence = (given.get("license_url"), given.get("license_id"))
    found = [
        one
        for resource in as_list(given.get("resources"))
        if isinstance(resource, dict)
        and resource.get("state", "active") == "active"
        and (one := _distribution(resource, licence, clean)) is not None
    ]
    if found:
        made["distributions"] = clean.bounded(found, MAX_DISTRIBUTIONS, "resources")
    groups = [as_map(one).get("name") for one in as_list(given.get("groups"))]
    ranges = _listed(first(given, "odm_spatial_range", "spatial_range", "country"))
    if members := members_of([*ranges, *groups]):
        made["members"] = members


def _distribution(
    resource: dict[str, Any], licence: tuple[Any, ...], clean: Cleaner
) -> dict[str, Any] | None:
    stated = first(resource, "license_url", "license", "license_id")
    return distribution(
        clean,
        title=first(resource, "name_translated", "name"),
        description=first(resource, "description_translated", "description"),
        access_url=first(resource, "access_url") or (
            None if _is_file(resource) else resource.get("url")
        ),
        download_url=first(resource, "download_url") or (
            resource.get("url") if _is_file(resource) else None
        ),
        media_type=resource.get("mimetype"),
        format_name=resource.get("format"),
        size=resource.get("size"),
        checksum=resource.get("hash"),
        algorithm=resource.get("hash_algorithm"),
        licence=(stated,) if stated else licence,
    )  # fmt: skip


def _is_file(resource: dict[str, Any]) -> bool:
    """Whether the address is the file itself: uploaded to the portal, or named like one."""
    if resource.get("url_type") == "upload":
        return True
    told = as_text(resource.get("format")).strip().lower()
    path = as_text(resource.get("url")).split("?", 1)[0].lower()
    return bool(re.search(r"\.[a-z0-9]{2,8}\Z", path)) and not re.search(r"html|api|wms|wfs", told)


def _given(package: Package) -> Package:
    """The package with its extra fields, which never outweigh its own."""
    return {**_extras(package), **{k: v for k, v in package.items() if v not in (None, "", [])}}


# One package, an answer of the action API, or a list of either.
parse = Portal(
    FORMAT,
    N_("The file holds no CKAN package."),
    _packages,
    properties=lambda package, clean: properties(_given(package), clean),
    beside=lambda package, clean, made: _elsewhere(_given(package), clean, made),
    source=lambda package: json.dumps(package, sort_keys=True).encode(),
).parse
