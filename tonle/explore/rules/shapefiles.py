"""Shapefiles (ESRI, 1998), read with pyshp: the shapes, and the table beside them."""

from __future__ import annotations

import io
import itertools
import struct
from collections.abc import Iterator, Mapping
from typing import Any

import shapefile

from tonle.explore.rules import shapes
from tonle.explore.rules.limits import Limits
from tonle.explore.rules.preview import Preview
from tonle.explore.rules.tables import table

_MOST_SHAPES = 200_000
# What pyshp raises for files that lie.
_BROKEN: tuple[type[Exception], ...] = (
    shapefile.ShapefileException,
    struct.error,
    ValueError,
    IndexError,
    KeyError,
)
_BROKEN += (TypeError, AttributeError, EOFError, OSError, UnicodeError, AssertionError)


def into(parts: Mapping[str, io.BytesIO], found: Preview, limits: Limits) -> None:
    """Add shapes and table to a preview. parts: bytes by ending: shp, and dbf, cpg, prj."""
    encoding = _encoding(parts.get("cpg"))
    try:
        reader = shapefile.Reader(
            shp=parts["shp"], dbf=parts.get("dbf"), encoding=encoding, encodingErrors="replace"
        )
        found.places = shapes.drawn(_shapes(reader, limits))
        if parts.get("dbf") is not None:
            names = [str(field[0]) for field in reader.fields if field[0] != "DeletionFlag"]
            rows = (list(record) for record in reader.iterRecords())
            found.tables.append(table("", names, rows, limits))
        found.reader = "places"
        found.fact("shapes", len(reader))
    except _BROKEN:
        found.note("broken")
    if parts.get("prj") is not None:
        found.fact("crs", _crs(parts["prj"].getvalue()[:4_000].decode("utf-8", "replace")))


def _encoding(cpg: io.BytesIO | None) -> str:
    said = cpg.getvalue()[:40].decode("ascii", "ignore").strip() if cpg else ""
    said = {"65001": "utf-8", "874": "cp874", "936": "gb18030", "1258": "cp1258"}.get(said, said)
    try:
        "".encode(said or "utf-8")
    except LookupError:
        return "utf-8"
    return said or "utf-8"


def _shapes(reader: Any, limits: Limits) -> Iterator[shapes.Shape]:
    for number, shape in enumerate(reader.iterShapes()):
        if number >= _MOST_SHAPES or not limits.go_on():
            return
        points = [point for one in shape.points if (point := shapes.point_of(one)) is not None]
        if not points:
            continue
        name = shape.shapeTypeName
        if "POINT" in name:
            yield shapes.Shape(tuple(points), dot=True)
            continue
        starts = [*getattr(shape, "parts", [0]), len(points)]
        for begin, end in itertools.pairwise(starts):
            if points[begin:end]:
                yield shapes.Shape(tuple(points[begin:end]), closed="POLYGON" in name)


def _crs(text: str) -> str:
    """The name in well-known text: what stands first in quotation marks."""
    parts = text.split('"')
    return parts[1] if len(parts) > 2 else ""
