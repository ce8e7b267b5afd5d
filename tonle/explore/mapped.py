"""The shapes of a file on the base map: what a preview drew in a square of its own, put where it
lies on the Earth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tonle.explore.rules.shapes import SIDE
from tonle.kernel.maps import views
from tonle.kernel.maps.drawing import Mark
from tonle.kernel.maps.geometry import Box
from tonle.kernel.maps.views import View
from tonle.web.public import OnPage, on_page


@dataclass(frozen=True)
class Mapped:
    """page: the map with the file's points. areas, lines: path data of the others, put in place
    by inner_at, an SVG transform."""

    page: OnPage
    areas: str
    lines: str
    inner_at: str


def of(places: Mapping[str, Any], looks: str, address: str) -> Mapped | None:
    """The map of what a preview calls places; None where they are not degrees.

    looks: the view that is asked for, "" for the one that fits. address: of the page.
    """
    box = _degrees(places)
    if box is None:
        return None
    west, south, east, north = box
    view = views.parsed(looks) or views.fitting(box, views.CLOSEST)
    # As `explore.rules.shapes` draws: the longer side is SIDE units, north up.
    scale = (max(east - west, north - south) or 1.0) / SIDE
    dots = [Mark([(west + x * scale, north - y * scale)]) for x, y in places.get("dots", ())]
    inner, inner_at = places.get("path", ""), ""
    if inner:
        inner_at = _transform(view, west, north, scale)
    marks = dots if dots or inner else [Mark(box=box)]
    page = on_page(
        view,
        _("Map of the shapes in the file"),
        marks=marks,
        url_of=lambda other: f"{address}?map={other}#places",
    )
    # A line that is filled would look like an area.
    parts = [f"M{part}" for part in inner.split("M") if part]
    areas = "".join(part for part in parts if part.endswith("z"))
    lines = "".join(part for part in parts if not part.endswith("z"))
    return Mapped(page, areas, lines, inner_at)


def _degrees(places: Mapping[str, Any]) -> Box | None:
    try:
        box = tuple(float(places[side]) for side in ("west", "south", "east", "north"))
    except (KeyError, TypeError, ValueError):
        return None
    west, south, east, north = box
    fits = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    return (west, south, east, north) if fits else None


def _transform(view: View, west: float, north: float, scale: float) -> str:
    """From the square's units to those of the view's drawing."""
    left, _south, _right, top = view.box
    width, height = view.size
    across, down = width / view.wide, height / view.high
    # The square lies where most of it is seen: once round the Earth, if the view is.
    turn = 360.0 if west + 360 < left + view.wide and west < left - 180 else 0.0
    return (
        f"translate({(west + turn - left) * across:.2f} {(top - north) * down:.2f}) "
        f"scale({scale * across:.5f} {scale * down:.5f})"
    )
