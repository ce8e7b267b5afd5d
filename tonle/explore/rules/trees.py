"""JSON and GeoJSON: tables where objects are alike, shapes where there are places."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tonle.explore.rules import prose, shapes
from tonle.explore.rules.limits import Limits
from tonle.explore.rules.preview import LATER_CHARS, MOST_TABLES, TABLE_CHARS, Preview, clean_lines
from tonle.explore.rules.tables import of_objects, table
from tonle.kernel import encodings

# Parsed, a file takes some ten times its size in memory.
MOST_BYTES = 32 << 20
_TEXT_CHARS = 1_500


def look(path: Path, limits: Limits) -> Preview:
    """What the file says, as tables; how it begins, where it is no table or too large."""
    if path.stat().st_size > MOST_BYTES:
        begun = prose.look(path, limits)
        begun.note("part")
        return begun
    found = Preview("tree")
    try:
        value = read(path)
    except RecursionError:
        begun = prose.look(path, limits)
        begun.note("depth")
        return begun
    except ValueError:
        begun = prose.look(path, limits)
        begun.note("broken")
        return begun
    if _is_geojson(value):
        _geojson(value, found, limits)
    else:
        _tables(value, found, limits)
    if not found.tables:
        text = json.dumps(value, ensure_ascii=False, indent=1)
        found.text = clean_lines(text, _TEXT_CHARS)
        found.text_whole = len(text) <= _TEXT_CHARS
    return found


def read(path: Path) -> Any:
    """The value of a JSON file in any detected encoding. Raises ValueError, RecursionError."""
    data = path.read_bytes()
    encoding = encodings.detect(data[: encodings.SAMPLE_BYTES])
    if encoding is None:
        raise ValueError("no text")
    skip = encodings.mark_length(encoding, data[:4])
    return json.loads(data[skip:].decode(encoding))


def _is_geojson(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") in {
        "FeatureCollection",
        "Feature",
        *shapes.GEOMETRIES,
    }


def _geojson(value: dict[str, Any], found: Preview, limits: Limits) -> None:
    """Its features as a table of their properties, its geometries as shapes (RFC 7946)."""
    found.reader = "places"
    features = value.get("features") if value["type"] == "FeatureCollection" else [value]
    features = (
        [one for one in features if isinstance(one, dict)] if isinstance(features, list) else []
    )
    geometries = [one.get("geometry", one if "coordinates" in one else None) for one in features]
    found.places = shapes.drawn(shapes.of_geojson(geometries))
    found.fact("shapes", len(features))
    told = [one.get("properties") for one in features]
    told = [one for one in told if isinstance(one, dict)]
    if told:
        found.tables.append(of_objects("", told, limits))


def _tables(value: Any, found: Preview, limits: Limits) -> None:
    if isinstance(value, list):
        found.fact("objects", len(value))
        if _alike(value):
            found.tables.append(of_objects("", value, limits))
        elif value and all(not isinstance(one, dict | list) for one in value):
            found.tables.append(table("", ["value"], ([one] for one in value), limits))
    elif isinstance(value, dict):
        found.fact("objects", len(value))
        if _alike(list(value.values())):
            rows = [{"": key, **inner} for key, inner in value.items()]
            made = of_objects("", rows, limits)
            made.columns[0].name = made.columns[0].name or "key"
            found.tables.append(made)
            return
        for key, inner in value.items():
            if isinstance(inner, list) and _alike(inner) and len(found.tables) < MOST_TABLES:
                chars = LATER_CHARS if found.tables else TABLE_CHARS
                found.tables.append(of_objects(key, inner, limits, chars=chars))


def _alike(things: list[Any]) -> bool:
    """Whether nearly all of several things are objects that share a key with the first."""
    objects = [one for one in things[:1_000] if isinstance(one, dict)]
    if not objects or len(objects) < 0.9 * min(len(things), 1_000):
        return False
    first = set(objects[0])
    return bool(first) and sum(bool(first & set(one)) for one in objects) >= 0.9 * len(objects)
