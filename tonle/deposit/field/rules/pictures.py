"""What the short form of photographs says, put into a record's document. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from tonle.deposit.field.rules.camera import COARSE, EXACT, Photograph, rounded
from tonle.kernel.text import one_line

Place = Literal["keep", "coarse", "none"]
PLACES: Final[tuple[Place, ...]] = ("keep", "coarse", "none")
TYPES: Final = ("Image", "Dataset")
_PICTURES: Final = (
    ".jpg", ".jpeg", ".png", ".heic", ".heif", ".avif", ".webp", ".tif", ".tiff", ".gif", ".dng",
)  # fmt: skip


def is_picture(name: str) -> bool:
    """Whether a file of this name is a photograph."""
    return name.lower().endswith(_PICTURES)


@dataclass(frozen=True)
class Told:
    """What somebody sent. language: of the words. days: ISO 8601, one or a span; "" for none."""

    title: str
    language: str
    description: str = ""
    days: str = ""
    place: Place = "coarse"
    rights: Mapping[str, Any] | None = None
    type: str = "Image"
    creator: Mapping[str, Any] | None = None


def days_of(photographs: Sequence[Photograph]) -> str:
    """The day on which they were taken, or the first and the last; "" where none says."""
    days = sorted(one.taken_on for one in photographs if one.taken_on)
    if not days:
        return ""
    return days[0] if days[0] == days[-1] else f"{days[0]}/{days[-1]}"


def corners(
    photographs: Sequence[Photograph], place: Place
) -> tuple[Decimal, Decimal, Decimal, Decimal] | None:
    """West, south, east, north of where they were taken, as exactly as is wanted.

    Coarsely, each is somewhere in a tenth of a degree around the rounded place. None where none
    says, or nobody shall know.
    """
    known = [(one.longitude, one.latitude) for one in photographs if one.latitude]
    if not known or place == "none":
        return None
    step = EXACT if place == "keep" else COARSE
    around = Decimal(0) if place == "keep" else COARSE / 2
    longitudes = [Decimal(rounded(longitude, step)) for longitude, _ in known]
    latitudes = [Decimal(rounded(latitude, step)) for _, latitude in known]
    return (
        max(min(longitudes) - around, Decimal(-180)),
        max(min(latitudes) - around, Decimal(-90)),
        min(max(longitudes) + around, Decimal(180)),
        min(max(latitudes) + around, Decimal(90)),
    )


def described(
    document: Mapping[str, Any], told: Told, photographs: Sequence[Photograph]
) -> dict[str, Any]:
    """The document with what was told. What the form does not ask stays."""
    made = dict(document)
    made["titles"] = {**made.get("titles", {}), told.language: one_line(told.title)}
    made["resource_type"] = {"general": told.type if told.type in TYPES else "Image"}
    if told.description.strip():
        abstract = {"type": "Abstract", "text": {told.language: told.description.strip()}}
        rest = [one for one in made.get("descriptions", ()) if one["type"] != "Abstract"]
        made["descriptions"] = [abstract, *rest]
    if told.days:
        rest = [one for one in made.get("dates", ()) if one["type"] != "Created"]
        made["dates"] = [{"type": "Created", "date": told.days}, *rest]
    if told.rights:
        made["rights"] = [dict(told.rights)]
    if told.creator and not made.get("creators"):
        made["creators"] = [dict(told.creator)]
    made.pop("geo_locations", None)
    if found := corners(photographs, told.place):
        made["geo_locations"] = [_location(*(_plain(one) for one in found))]
    return made


def _location(west: str, south: str, east: str, north: str) -> dict[str, Any]:
    if west == east and south == north:
        return {"point": {"longitude": west, "latitude": south}}
    return {"box": {"west": west, "south": south, "east": east, "north": north}}


def _plain(value: Decimal) -> str:
    """A decimal without exponent and without noughts at its end."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
