"""What a review says: scores by the criteria of the signed text, and words for each. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence, invalid
from tonle.kernel.text import Name, ascii_digits, normalise

Document = Mapping[str, Any]
Problem = tuple[str, Sentence]

ALL: Final = "_all"
"""Under which the words on the whole proposal are kept."""
MOST_CHARACTERS: Final = 10_000


def score(criterion: Mapping[str, Any], written: str) -> int | None:
    """A score as it is kept; None for none. Raises Invalid off the scale."""
    text = ascii_digits(normalise(written))
    if not text:
        return None
    lowest, highest = criterion["lowest"], criterion["highest"]
    if not text.isdecimal() or not lowest <= int(text[:9]) <= highest:
        raise invalid(
            f"score-{criterion['id']}",
            N_("Write a whole number from %(lowest)s to %(highest)s."),
            lowest=lowest,
            highest=highest,
        )
    return int(text)


def said(place: str, written: str) -> str:
    """Words as they are kept. Raises Invalid where they are too many."""
    text = normalise(written)
    if len(text) > MOST_CHARACTERS:
        raise invalid(
            place,
            N_("This is more than can be kept: at most %(most)s characters."),
            most=MOST_CHARACTERS,
        )
    return text


def problems(text: Document, scores: Mapping[str, int], words: Mapping[str, str]) -> list[Problem]:
    """(where, sentence) of everything that is missing; empty where it may be handed in."""
    found: list[Problem] = []
    for one in text["criteria"]:
        name = Name(one["name"], str(one["id"]))
        if one["id"] not in scores:
            found.append(
                (
                    f"score-{one['id']}",
                    Sentence(N_("“%(name)s” has no score."), name=name),
                )
            )
        if not words.get(one["id"]):
            found.append(
                (
                    f"words-{one['id']}",
                    Sentence(N_("Say why you give “%(name)s” this score."), name=name),
                )
            )
    return found


def weighted(text: Document, scores: Mapping[str, int]) -> Fraction | None:
    """The whole score by the weights of the text, 0 to 100, exact; None while one is missing.

    Each criterion counts from the lowest to the highest point of its own scale.
    """
    total = Fraction(0)
    for one in text["criteria"]:
        if one["id"] not in scores:
            return None
        scale = one["highest"] - one["lowest"]
        total += one["weight"] * Fraction(scores[one["id"]] - one["lowest"], scale)
    return total
