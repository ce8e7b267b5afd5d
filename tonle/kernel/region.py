"""A small map of the region, drawn as SVG: land, the great river, a few cities. Pure.

Outlines: Natural Earth 1:110 million (public domain), cut to the frame and rounded to a
tenth of a degree. The Mekong, the great lake and the frame are drawn by us. It shows where
something is and nothing else: outlines are not boundaries, and the page beside it says so.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tonle.kernel.errors import N_

WEST, EAST, SOUTH, NORTH = 91.5, 110.5, 5.0, 29.5
PIXELS = 16  # per degree, both ways: narrow enough for a telephone.
WIDTH, HEIGHT = round((EAST - WEST) * PIXELS), round((NORTH - SOUTH) * PIXELS)

DISCLAIMER = N_("Lines on this map only help to find a place. They say nothing about any boundary.")

Corner = tuple[float, float]
"""Longitude and latitude in degrees."""


@dataclass(frozen=True)
class Box:
    """West, south, east, north in degrees; a point where both corners are one."""

    west: float
    south: float
    east: float
    north: float


# Tenths of a degree: longitude, latitude, one after the other.
_LAND: Final = (
    "1026 122 1023 134 1030 142 1043 144 1052 143 1060 139 1065 146 1074 142 1076 135 1075 123 "
    "1058 116 1062 110 1052 109 1043 105 1035 106 1031 112",
    "1052 143 1043 144 1030 142 1023 134 1026 122 1017 126 1008 126 1010 134 1001 134 1000 123 "
    "995 108 992 100 992 92 999 92 1003 83 1005 74 1010 69 1016 67 1021 62 1018 58 1012 57 1011 62 "
    "1003 66 1001 65 997 68 995 73 990 79 985 84 983 78 982 84 983 90 986 99 990 110 996 119 "
    "992 128 992 133 991 138 984 146 982 151 985 153 989 162 985 168 979 176 974 184 978 186 "
    "983 197 990 198 995 202 1001 204 1005 201 1006 195 1013 195 1010 184 1011 175 1021 181 "
    "1024 179 1030 180 1032 183 1040 182 1047 174 1048 164 1056 156 1055 147",
    "1074 142 1065 146 1060 139 1052 143 1055 147 1056 156 1048 164 1047 174 1040 182 1032 183 "
    "1030 180 1024 179 1021 181 1011 175 1010 184 1013 195 1006 195 1005 201 1001 204 1003 208 "
    "1012 214 1013 212 1018 212 1017 223 1022 225 1028 217 1032 208 1044 208 1048 199 1042 196 "
    "1039 193 1051 187 1059 175 1066 166 1073 159 1076 152",
    "1001 204 995 202 990 198 983 197 978 186 974 184 979 176 985 168 989 162 985 153 982 151 "
    "984 146 991 138 992 133 992 128 996 119 990 110 986 99 985 107 988 114 984 120 985 131 "
    "981 136 978 148 976 161 972 169 965 164 954 157 948 158 942 160 945 173 943 182 935 194 "
    "937 197 931 199 924 207 923 215 927 213 927 220 932 223 931 227 933 230 933 241 941 239 "
    "946 247 946 252 952 260 951 266 964 273 971 271 971 277 974 279 973 283 979 283 982 277 "
    "987 275 987 267 987 259 977 251 976 239 987 241 989 231 995 229 992 221 1000 217 1004 216 "
    "1012 218 1012 214 1003 208",
    "1043 105 1052 109 1062 110 1058 116 1075 123 1076 135 1074 142 1076 152 1073 159 1066 166 "
    "1059 175 1051 187 1039 193 1042 196 1048 199 1044 208 1032 208 1028 217 1022 225 1027 227 "
    "1035 227 1045 228 1053 234 1058 230 1067 228 1066 222 1070 218 1081 216 1067 207 1059 198 "
    "1057 191 1064 180 1074 167 1083 161 1089 153 1093 134 1092 117 1084 110 1072 104 1064 95 "
    "1052 86 1048 92 1051 99",
    "1095 182 1087 185 1086 194 1091 198 1102 201 1105 201 1105 191 1103 187",
    "915 295 1105 295 1105 205 1104 203 1099 203 1096 210 1099 214 1085 217 1081 216 1070 218 "
    "1066 222 1067 228 1058 230 1053 234 1045 228 1035 227 1027 227 1022 225 1017 223 1018 212 "
    "1013 212 1012 214 1012 218 1004 216 1000 217 992 221 995 229 989 231 987 241 976 239 977 251 "
    "987 259 987 267 987 275 982 277 979 283 973 283 962 284 966 288 961 295 954 290 946 293 "
    "934 286 925 279 917 278 915 279",
)
_MEKONG: Final = (
    "981 295 986 285 990 270 993 258 996 250 1000 245 1004 234 1008 220 1011 215 1001 204 1005 203 "
    "1012 199 1021 199 1018 188 1017 179 1026 180 1037 184 1047 174 1047 166 1056 154 1058 151 "
    "1059 140 1060 135 1060 125 1054 120 1049 116 1052 109 1058 103 1065 97"
)
_LAKE: Final = "1035 133 1039 132 1042 128 1045 126 1044 124 1040 127 1037 130"
_LAKE_RIVER: Final = "1045 125 1048 121 1049 116"

# Facts of geography; names are translated where the map is made.
CITIES: Final[Sequence[tuple[str, float, float]]] = (
    (N_("Kunming"), 102.7, 25.0),
    (N_("Hanoi"), 105.8, 21.0),
    (N_("Vientiane"), 102.6, 18.0),
    (N_("Naypyidaw"), 96.1, 19.8),
    (N_("Yangon"), 96.2, 16.8),
    (N_("Bangkok"), 100.5, 13.8),
    (N_("Phnom Penh"), 104.9, 11.6),
)

# The members whose outline is among the lines above, in their order. Natural Earth's outlines at
# this scale are of whole countries, so there is none of Yunnan: a page shows it by its capital.
_OUTLINED: Final = ("KHM", "THA", "LAO", "MMR", "VNM")
_YUNNAN: Final = (102.7, 25.0)
# Where a number has room: near the middle of the member, on its own land.
_MIDDLES: Final[Mapping[str, Corner]] = {
    "KHM": (105.0, 12.6),
    "LAO": (102.6, 19.6),
    "THA": (101.2, 15.9),
    "VNM": (105.2, 21.9),
    "MMR": (95.9, 21.4),
    "CHN-YN": _YUNNAN,
}


@dataclass(frozen=True)
class Drawing:
    """What a small map shows of one member, in tenths of a degree from the north-west corner.

    outline: path data, "" for a member that has none; x, y: where its number stands.
    """

    outline: str
    x: int
    y: int


def drawing(member: str) -> Drawing:
    """A member of the commons on the small map. Raises KeyError for what is none."""
    longitude, latitude = _MIDDLES[member]
    x, y = _tenth(longitude), _tenth(NORTH) - _tenth(latitude)
    rings = dict(zip(_OUTLINED, _LAND, strict=False))
    return Drawing(_relative(rings[member]) + "z" if member in rings else "", x - _tenth(WEST), y)


def around() -> str:
    """Path data of the land that is no member's outline: it gives the others their place."""
    return "".join(_relative(ring) + "z" for ring in _LAND[len(_OUTLINED) :])


def waters() -> str:
    """Path data of the great river, the lake's river and the lake."""
    return "".join(_relative(line) for line in (_MEKONG, _LAKE_RIVER, _LAKE))


def _tenth(degrees: float) -> int:
    return round(degrees * 10)


def _relative(tenths: str) -> str:
    """Path data by steps from point to point: a third shorter than by places."""
    numbers = [int(text) for text in tenths.split()]
    points = [
        (x - _tenth(WEST), _tenth(NORTH) - y)
        for x, y in zip(numbers[::2], numbers[1::2], strict=True)
    ]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(points)]
    return "M{} {}l".format(*points[0]) + " ".join(f"{x} {y}" for x, y in steps).replace(" -", "-")


def corner(x: int, y: int) -> Corner:
    """The place under a pixel, to a tenth of a degree: more would be a pretence."""
    longitude = min(max(WEST + x / PIXELS, WEST), EAST)
    latitude = min(max(NORTH - y / PIXELS, SOUTH), NORTH)
    return round(longitude, 1), round(latitude, 1)


def svg(names: Sequence[str], boxes: Iterable[Box] = (), begun: Corner | None = None) -> str:
    """The map as an SVG document of WIDTH by HEIGHT pixels.

    names: of CITIES, in the reader's language, escaped for XML. boxes: what is marked.
    begun: a first corner that waits for its second.
    """
    land = "".join(f"M{_path(ring)}z" for ring in _LAND)
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{HEIGHT}' "
        f"viewBox='0 0 {WIDTH} {HEIGHT}'>",
        f"<rect width='{WIDTH}' height='{HEIGHT}' fill='#dbe8e8'/>",
        f"<path d='{land}' fill='#faf6ee' stroke='#c9bfac' stroke-width='1'/>",
        f"<path d='M{_path(_MEKONG)}M{_path(_LAKE_RIVER)}' fill='none' stroke='#4d8f98' "
        "stroke-width='1.6' stroke-linejoin='round'/>",
        f"<path d='M{_path(_LAKE)}z' fill='#4d8f98'/>",
        "<g font-family='system-ui,sans-serif' font-size='12' fill='#3c4646'>",
    ]
    for name, (_name, longitude, latitude) in zip(names, CITIES, strict=True):
        x, y = _pixel(longitude, latitude)
        parts.append(
            f"<circle cx='{x}' cy='{y}' r='2.4'/><text x='{x + 5}' y='{y + 4}'>{name}</text>"
        )
    parts.append("</g><g fill='#a51c5b' fill-opacity='.18' stroke='#a51c5b' stroke-width='2'>")
    for box in boxes:
        (x, y), (right, bottom) = _pixel(box.west, box.north), _pixel(box.east, box.south)
        if (x, y) == (right, bottom):
            parts.append(f"<circle cx='{x}' cy='{y}' r='5'/>")
        else:
            parts.append(f"<rect x='{x}' y='{y}' width='{right - x}' height='{bottom - y}'/>")
    if begun:
        x, y = _pixel(*begun)
        parts.append(f"<path d='M{x - 9} {y}H{x + 9}M{x} {y - 9}V{y + 9}' fill='none'/>")
    return "".join([*parts, "</g></svg>"])


def _pixel(longitude: float, latitude: float) -> tuple[int, int]:
    return round((longitude - WEST) * PIXELS), round((NORTH - latitude) * PIXELS)


def _path(tenths: str) -> str:
    numbers = [int(text) / 10 for text in tenths.split()]
    points = zip(numbers[::2], numbers[1::2], strict=True)
    return " ".join("{} {}".format(*_pixel(x, y)) for x, y in points)
