"""A record with a place, as a STAC 1.1.0 Item.

Source: STAC specification 1.1.0, item-spec and common metadata; the scientific citation
extension 1.0.0 and the file extension 2.1.0. Files that are not open are left out: an asset
is something to fetch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tonle.catalogue.crosswalks.writers.common import abstract, main_title, words
from tonle.catalogue.crosswalks.writers.here import Here
from tonle.catalogue.rules import elsewhere, extent
from tonle.kernel.dates import format_instant, parse_instant
from tonle.kernel.text import choose

VERSION: Final = "1.1.0"
SCIENTIFIC: Final = "https://stac-extensions.github.io/scientific/v1.0.0/schema.json"
FILE: Final = "https://stac-extensions.github.io/file/v2.1.0/schema.json"
# A multihash begins with its kind and its length: SHA-256, 32 bytes.
_SHA256: Final = "1220"
_SIDES: Final = ("west", "south", "east", "north")
# One answer lists this many files of a record; its document has all.
MOST_ASSETS: Final = 200


def item(document: Mapping[str, Any], here: Here) -> dict[str, Any] | None:
    """The Item, without the links to the catalogue it is shown in; None without coordinates."""
    places = document.get("geo_locations", ())
    geometry, box = extent.geometry(places), extent.bounds(places)
    if geometry is None or box is None:
        return None
    if geometry["type"] == "GeometryCollection":
        # Its schema knows none: points and surfaces together are shown as what is around them.
        geometry = extent.geometry([{"box": dict(zip(_SIDES, box.corners, strict=True))}])
    properties = _properties(document, here)
    assets = _assets(document, here)
    extensions = [SCIENTIFIC] if "sci:doi" in properties else []
    if any("file:size" in asset for asset in assets.values()):
        extensions.append(FILE)
    return {
        "type": "Feature",
        "stac_version": VERSION,
        "stac_extensions": extensions,
        "id": document["id"],
        "collection": document["kind"],
        "geometry": geometry,
        "bbox": list(box.corners),
        "properties": properties,
        "links": _links(document, here),
        "assets": assets,
    }


def _properties(document: Mapping[str, Any], here: Here) -> dict[str, Any]:
    language, title = main_title(document)
    text = choose(abstract(document), language)[1]
    doi = next((p["value"] for p in document.get("pids", ()) if p["scheme"] == "doi"), "")
    licence = next((r["identifier"] for r in document.get("rights", ()) if "identifier" in r), "")
    found: dict[str, Any] = {
        **_time(document),
        "title": title,
        "description": text,
        "keywords": words(document)[:50],
        "license": licence or "other",
        "providers": _providers(document, here),
        "created": document["created_at"],
        "updated": document["updated_at"],
        "sci:doi": doi,
    }
    return {
        key: value
        for key, value in found.items()
        if value or key in {"datetime", "start_datetime", "end_datetime"}
    }


def _time(document: Mapping[str, Any]) -> dict[str, Any]:
    """When the thing is of. Both ends are needed where it is no instant: an open one is closed
    by what is known of the record itself."""
    when = extent.interval(document)
    published = parse_instant(document["published_at"])
    if when is None:
        return {"datetime": format_instant(published)}
    start, end = when.start, when.end
    if start is None or end is None:
        # Open at one side: the other says from when, or until when, at least.
        known = start or end or published
        return {
            "datetime": None,
            "start_datetime": format_instant(start or min(known, published)),
            "end_datetime": format_instant(end or max(known, published)),
        }
    return {
        "datetime": None,
        "start_datetime": format_instant(start),
        "end_datetime": format_instant(end),
    }


def _providers(document: Mapping[str, Any], here: Here) -> list[dict[str, Any]]:
    providers: list[dict[str, Any]] = [
        {"name": agent["name"], "roles": ["producer"]}
        for agent in document.get("creators", ())
        if agent["name_type"] == "Organizational"
    ]
    if "publisher" in document:
        providers.append({"name": document["publisher"]["name"], "roles": ["licensor"]})
    home = elsewhere.home(document)
    name, url = (home.name, home.url) if home else (here.node_name, here.node_url)
    return [*providers[:20], {"name": name, "url": url, "roles": ["host"]}]


def _assets(document: Mapping[str, Any], here: Here) -> dict[str, Any]:
    assets: dict[str, Any] = {}
    if here.files_open:
        for file in document.get("files", ())[:MOST_ASSETS]:
            assets[file["name"]] = {
                "href": here.file_url(file["name"]),
                "title": file["name"],
                "type": file["media_type"],
                "roles": ["data"],
                "file:size": file["size_bytes"],
                "file:checksum": _SHA256 + file["sha256"],
            }
    for number, one in enumerate(elsewhere.distributions(document)[:MOST_ASSETS], start=1):
        title = choose(one.title, main_title(document)[0])[1] if one.title else one.name
        asset: dict[str, Any] = {"href": one.url, "title": title, "roles": ["data"]}
        if one.media_type:
            asset["type"] = one.media_type
        if one.size_bytes is not None:
            asset["file:size"] = one.size_bytes
        assets[f"{number}-{one.name}"] = asset
    return assets


def _links(document: Mapping[str, Any], here: Here) -> list[dict[str, str]]:
    links = [
        {"rel": "alternate", "type": "text/html", "href": here.url},
        {"rel": "cite-as", "href": here.pid_url},
    ]
    home = elsewhere.home(document)
    if home is not None:
        links.append({"rel": "canonical", "type": "text/html", "href": home.url})
    return links
