"""What a community may say of itself, cleaned and checked before it is stored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from tonle.kernel.errors import N_, Invalid
from tonle.kernel.sentences import Sentence
from tonle.kernel.text import LanguageMap, clean_language_map

# Name to (label, colour on light ground, colour on dark ground). Each stands against paper
# #faf6ee and #151a1a with at least 4.5:1 (WCAG 2.2 SC 1.4.3); tests/test_communities.py counts.
PALETTE: Final[Mapping[str, tuple[str, str, str]]] = {
    "teal": (N_("River teal"), "#0f5c63", "#7cc7c8"),
    "ochre": (N_("Silt ochre"), "#8a5a0c", "#e2b765"),
    "lotus": (N_("Lotus"), "#a3245c", "#f596ba"),
    "paddy": (N_("Rice green"), "#3c6418", "#a8cf7c"),
    "laterite": (N_("Laterite red"), "#94361f", "#f0a48c"),
    "indigo": (N_("Indigo"), "#37418f", "#aab4f0"),
    "slate": (N_("Slate"), "#4a5460", "#b4c0cc"),
}
ACCENTS: Final = tuple(PALETTE)
HAND_IN: Final = ("anyone", "members")
HAND_IN_LABELS: Final[Mapping[str, str]] = {
    "anyone": N_("Anyone with an account"),
    "members": N_("Its members only"),
}
_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){1,58}")
# Addresses beside those of communities, which a slug must not take.
RESERVED: Final = frozenset({"new", "edit", "all", "search", "demo"})


@dataclass(frozen=True)
class Told:
    """A community as stored, but for its id, state and times."""

    slug: str
    names: LanguageMap
    descriptions: LanguageMap
    policy: LanguageMap
    accent: str
    hand_in: str
    review_required: bool

    def fields(self) -> dict[str, Any]:
        return asdict(self)


def clean(said: Mapping[str, Any]) -> Told:
    """The description in its stored form.

    said: the fields of Told, all but slug and names optional. Raises Invalid with every
    problem at once.
    """
    problems: list[tuple[str, str]] = []

    def texts(name: str, *, line: bool) -> LanguageMap:
        try:
            return clean_language_map(said.get(name) or {}, line=line)
        except Invalid as error:
            problems.extend((f"{name}/{where}", what) for where, what in error.problems)
            return {}

    unknown = set(said) - {*Told.__dataclass_fields__}
    problems += [(name, N_("A community has no such field.")) for name in sorted(unknown)]
    slug = str(said.get("slug") or "").strip().lower()
    if not _SLUG.fullmatch(slug) or slug in RESERVED:
        problems.append(
            (
                "slug",
                N_(
                    "The short name has 2 to 60 letters a to z, digits and single hyphens, "
                    "and is not a word that pages here use."
                ),
            )
        )
    names = texts("names", line=True)
    if not names and not any(where.startswith("names") for where, _ in problems):
        problems.append(("names", N_("A community needs a name in at least one language.")))
    accent = str(said.get("accent") or "teal")
    hand_in = str(said.get("hand_in") or "anyone")
    for name, value, known in (("accent", accent, ACCENTS), ("hand_in", hand_in, HAND_IN)):
        if value not in known:
            problems.append(
                (
                    name,
                    Sentence(
                        N_("“%(value)s” is not known here. Known are: %(known)s."),
                        value=value,
                        known=", ".join(known),
                    ),
                )
            )
    told = Told(
        slug=slug,
        names=names,
        descriptions=texts("descriptions", line=False),
        policy=texts("policy", line=False),
        accent=accent,
        hand_in=hand_in,
        review_required=bool(said.get("review_required", True)),
    )
    if problems:
        raise Invalid(problems)
    return told
