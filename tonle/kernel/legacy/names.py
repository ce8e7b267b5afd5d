"""Which family of codes a font belongs to, by its name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tonle.kernel.legacy.reading import READABLE

# Family to what people call it.
FAMILIES: dict[str, str] = {
    "limon": "Limon",
    "abc": "ABC",
    "abc-two-parts": "ABC",
    "abc-zero-space": "ABC Zero-Space",
    "lswin": "LSWin",
    "tcvn3": "TCVN3",
    "tcvn3-capitals": "TCVN3",
    "viscii": "VISCII",
    "vps": "VPS",
    "vni": "VNI",
    # Known by name alone: no published chart of their codes was found.
    "alice": "Alice",
    "lao-other": "Lao",
    "khmer-other": "Khmer",
    "vietnamese-other": "Vietnamese",
}

# In PDF, a part of a font has six letters and a plus sign before its name.
_PART = re.compile(r"^[A-Z]{6}\+")
_SPLIT = re.compile(r"[\s_,-]+")
# Names as in "Limon S1", "LimonS1-Bold", "VNI-Times", ".VnTimeH", "ABC-TEXT-05A", "Saysettha Lao".
_NAMES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), family)
    for pattern, family in (
        (r"(?i)limon ?[sfr]? ?\d?", "limon"),
        (r"(?i)abc (?:text|fancy|head) ?\d\d ?a|abc zero ?space.*", "abc-zero-space"),
        (r"(?i)abc text ?(?:06|11)", "abc-two-parts"),
        (r"(?i)abc (?:text|fancy|head) ?\d\d", "abc"),
        (r"(?i:\.vn).*H", "tcvn3-capitals"),
        (r"(?i)\.vn.*|vntime", "tcvn3"),
        (r"(?i)vni .*", "vni"),
        (r"(?i)vps .*", "vps"),
        (r"(?i)viscii.*", "viscii"),
        (r"(?i)saysettha ?lao.*|chanthabouli ?lao.*|lswin.*", "lswin"),
        (r"(?i)alice ?\d.*", "alice"),
        (r"(?i)saysettha ?(?:95|2000|ls).*|sengchanh.*|[xs]ayawath.*|chanthabouli.*", "lao-other"),
        (r"(?i)baidok.*|khek .*|.* khek|fk ?\d|truth ?\d+", "khmer-other"),
        (r"(?i)vntimes.*|vnarial.*|svntimes.*|vnu .*", "vietnamese-other"),
    )
)
_STYLES = re.compile(r"(?i)(?: (?:regular|normal|bold|italic|mt))+$")


@dataclass(frozen=True)
class Font:
    """A font from before Unicode. name: as its document calls it; readable: whether its codes
    are known."""

    name: str
    family: str
    readable: bool


def font_of(name: str) -> Font | None:
    """The old font of this name, None for any other."""
    given = _PART.sub("", name.strip().strip("\"'"))[:80]
    plain = _STYLES.sub("", _SPLIT.sub(" ", given).strip())
    for pattern, family in _NAMES:
        if pattern.fullmatch(plain):
            return Font(given, family, family in READABLE)
    return None
