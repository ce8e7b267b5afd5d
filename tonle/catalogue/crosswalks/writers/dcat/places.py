"""Places as GeoSPARQL literals: longitude before latitude, in WGS 84.

Source: DCAT 3, section 6.4.12 (spatial); OGC GeoSPARQL 1.1, `geo:wktLiteral`, whose default
reference system is OGC CRS84.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tonle.catalogue.crosswalks.writers.dcat.rdf import Node, add, blank, every, typed

WKT = "geo:wktLiteral"


def location(place: Mapping[str, Any]) -> Node:
    """A `dct:Location`: its names, its box, its point, its outline."""
    node = blank("dct:Location")
    add(node, "skos:prefLabel", every(place.get("place", {})))
    if "box" in place:
        add(node, "dcat:bbox", typed(_box(place["box"]), WKT))
    if "point" in place:
        point = place["point"]
        add(node, "dcat:centroid", typed(f"POINT({_pair(point)})", WKT))
    rings = [ring for polygon in place.get("polygons", ()) if (ring := _ring(polygon["points"]))]
    if rings:
        outline = f"POLYGON({rings[0]})" if len(rings) == 1 else f"MULTIPOLYGON({_several(rings)})"
        add(node, "locn:geometry", blank("locn:Geometry", geo__asWKT=typed(outline, WKT)))
    return node


def _pair(point: Mapping[str, str]) -> str:
    return f"{point['longitude']} {point['latitude']}"


def _box(box: Mapping[str, str]) -> str:
    west, east, south, north = (box[side] for side in ("west", "east", "south", "north"))
    if float(west) <= float(east):
        return f"POLYGON({_rectangle(west, east, south, north)})"
    # A box over the 180th meridian is two of them.
    parts = (_rectangle(west, "180", south, north), _rectangle("-180", east, south, north))
    return f"MULTIPOLYGON({_several(parts)})"


def _rectangle(west: str, east: str, south: str, north: str) -> str:
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return f"({','.join(f'{x} {y}' for x, y in corners)})"


def _several(rings: Any) -> str:
    return ",".join(f"({ring})" for ring in rings)


def _ring(points: Any) -> str:
    """The points of an outline, closed; "" for fewer than three."""
    if len(points) < 3:
        return ""
    pairs = [_pair(point) for point in points]
    if pairs[0] != pairs[-1]:
        pairs.append(pairs[0])
    return f"({','.join(pairs)})" if len(pairs) > 3 else ""
