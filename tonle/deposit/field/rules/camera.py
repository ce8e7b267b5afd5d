"""What a photograph says of itself: when, where, with what, and by whom. Run by the child only.

Sources: EXIF 2.32 (CIPA DC-008), 4.6.6 GPS attribute information; 4.6.5 date and time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any, Final

from tonle.deposit.checks.rules.personal.photographs import OWNERS, tags_of
from tonle.kernel.text import one_line

LONGEST: Final = 120
# A tenth of a degree is about eleven kilometres; five places are about a metre.
COARSE, EXACT = Decimal("0.1"), Decimal("0.00001")
_TAKEN: Final = re.compile(r"(\d{4}):(\d\d):(\d\d)[ T](\d\d):(\d\d):(\d\d)")
_DEGREES: Final = re.compile(r"-?\d{1,3}(?:\.\d{1,9})?")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_CLOCK: Final = re.compile(r"\d\d:\d\d")


@dataclass(frozen=True)
class Photograph:
    """taken_on: a day, ISO 8601; taken_at: the clock, hours and minutes where it was taken.

    latitude, longitude: decimal degrees, both or neither. device: its maker and model. owned:
    whether it names an owner, an author or a serial number. Empty for what is not said.
    """

    taken_on: str = ""
    taken_at: str = ""
    latitude: str = ""
    longitude: str = ""
    device: str = ""
    owned: bool = False

    @property
    def tells(self) -> bool:
        """Whether the file gives away a place or a person."""
        return bool(self.latitude or self.owned)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Photograph:
        """What a child told, measured again. Raises ValueError, KeyError or TypeError."""
        texts = {key: said[key] for key in cls().to_json() if key != "owned"}
        if not all(isinstance(text, str) and len(text) <= LONGEST for text in texts.values()):
            raise ValueError("no texts")
        forms = {"taken_on": _DAY, "taken_at": _CLOCK, "latitude": _DEGREES, "longitude": _DEGREES}
        if not all(not texts[key] or form.fullmatch(texts[key]) for key, form in forms.items()):
            raise ValueError("no photograph")
        return cls(**texts, owned=said["owned"] is True)


def look(path: Path) -> Photograph:
    """What the file says; nothing of what is missing or cannot be."""
    tags = tags_of(path)
    found = _TAKEN.fullmatch(_text(tags, "EXIF DateTimeOriginal") or _text(tags, "Image DateTime"))
    on = at = ""
    if found and found[1] > "1000" and "01" <= found[2] <= "12" and "01" <= found[3] <= "31":
        on, at = f"{found[1]}-{found[2]}-{found[3]}", f"{found[4]}:{found[5]}"
    latitude = _degrees(tags, "Latitude", 90)
    longitude = _degrees(tags, "Longitude", 180)
    if not latitude or not longitude or (float(latitude) == 0 and float(longitude) == 0):
        # Telephones without a fix write nought.
        latitude = longitude = ""
    maker, model = _text(tags, "Image Make"), _text(tags, "Image Model")
    device = model if model.casefold().startswith(maker.casefold()) else f"{maker} {model}"
    owned = any(_text(tags, name) not in {"", "[]"} for name in OWNERS)
    return Photograph(on, at, latitude, longitude, device.strip()[:LONGEST], owned)


def _text(tags: Mapping[str, Any], name: str) -> str:
    return one_line(str(tags.get(name, "")).replace("\0", " "))[:LONGEST]


def _degrees(tags: Mapping[str, Any], which: str, most: int) -> str:
    """Decimal degrees of one coordinate, "" where it is not whole."""
    values: Sequence[Any] = getattr(tags.get(f"GPS GPS{which}"), "values", None) or ()
    if len(values) != 3:
        return ""
    try:
        parts = [Decimal(int(one.num)) / Decimal(int(one.den)) for one in values]
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return ""
    degrees = parts[0] + parts[1] / 60 + parts[2] / 3600
    if not 0 <= degrees <= most or any(part >= 60 for part in parts[1:]):
        return ""
    sign = -1 if _text(tags, f"GPS GPS{which}Ref").upper() in {"S", "W"} else 1
    return rounded(str(sign * degrees), EXACT)


def rounded(degrees: str, step: Decimal) -> str:
    """Degrees to the nearest step, written plainly."""
    value = Decimal(degrees).quantize(step, ROUND_HALF_EVEN)
    return str(value.normalize() + 0) if value != value.to_integral() else str(int(value))
