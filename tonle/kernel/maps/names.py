"""What a place is called: in the reader's language, on a day, by whose word. Pure.

The base map has names of its own. A layer of an authority may have others for the same place,
for as long as they hold; then its word stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from tonle.kernel.codes import members
from tonle.kernel.maps.base import Place, places
from tonle.kernel.maps.layers import Feature, Layer

# Where the name of a member stands, near its middle and beside its rivers.
MIDDLES = {
    "KHM": (105.3, 13.45, "km"),
    "LAO": (103.9, 18.75, "lo"),
    "THA": (101.3, 15.35, "th"),
    "VNM": (107.9, 14.1, "vi"),
    "MMR": (96.3, 23.6, "my"),
    "CHN-YN": (101.5, 24.2, "zh-Hans"),
}


@cache
def members_named() -> tuple[Place, ...]:
    """The members of the commons as places: their names are those of the code list."""
    return tuple(
        Place(code, "member", 2, longitude, latitude, own, dict(members()[code].names))
        for code, (longitude, latitude, own) in MIDDLES.items()
    )


def name(place: Place, language: str) -> tuple[str, str]:
    """(text, its language): the reader's, else what the people there say, else any."""
    for code in (language, place.own, "en"):
        if code in place.names:
            return place.names[code], code
    return next(((text, code) for code, text in place.names.items()), ("", ""))


def named(layers: Sequence[Layer], day: date) -> list[Place]:
    """All places with the names that hold on a day, most important first.

    A named point of a layer takes the place of what it says it replaces, or is one more place.
    A later layer wins.
    """
    found = {place.id: place for place in (*members_named(), *places())}
    for layer in layers:
        for number, feature in enumerate(layer.features):
            if not feature.names or not feature.holds_on(day):
                continue
            was = found.get(feature.replaces)
            if was is not None:
                found[was.id] = replace(was, names={**was.names, **feature.names})
            elif feature.kind == "point":
                place = _added(feature, f"{layer.key}.{number}")
                found[place.id] = place
    order = {"lake": 0, "river": 1, "member": 2, "capital": 3}
    return sorted(found.values(), key=lambda place: (place.level, order.get(place.kind, 4)))


def _added(feature: Feature, key: str) -> Place:
    longitude, latitude = feature.points[0]
    own = next(iter(feature.names))
    return Place(key, "city", feature.level, longitude, latitude, own, dict(feature.names))
