"""Forms under which a person's name is found: in any order, joined or apart, with initials.

Only Latin letters have such variants. In other scripts a name is found as it is written, by
its words and clusters like any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from tonle.search.analysis.normal import normalise
from tonle.search.analysis.tokens import fold, word_texts

# A name of more words is a list or a sentence; its first words find it.
MOST_WORDS = 8
# As many words of a question are tried as one name.
MOST_ASKED = 4
_INSIDE = re.compile(r"[.'\u2019]")


def name_words(text: str) -> list[str]:
    """The Latin words of a name without case and marks; `N.V.` is two, `O'Brien` one."""
    found: list[str] = []
    for word in word_texts(normalise(text)):
        bare = fold(word)
        if not bare:
            continue
        parts = [part for part in _INSIDE.split(bare) if part]
        if parts and all(len(part) == 1 for part in parts):
            found += parts
        else:
            found.append("".join(parts))
    return [word for word in found if word][:MOST_WORDS]


@lru_cache(maxsize=8_192)
def name_forms(text: str) -> tuple[str, ...]:
    """The tokens that the index keeps of a person's name.

    Its words, the initial of each (`n.`), neighbours joined (`souk aloun` as `soukaloun`),
    and for each full word its company: the other words' initials in alphabetical order,
    marked by whether the name was written with initials (`i:an|nv`) or without (`f:an|nv`).
    """
    words = name_words(text)
    forms = dict.fromkeys(words)
    forms |= dict.fromkeys(f"{word[0]}." for word in words if len(word) > 1)
    forms |= dict.fromkeys(a + b for a, b in pairwise(words))
    if 2 < len(words) <= MOST_ASKED:
        forms["".join(words)] = None
    kind = "i" if _has_initials(words) else "f"
    forms |= dict.fromkeys(f"{kind}:{company}" for company in _companies(words))
    return tuple(forms)


def asked_companies(words: Sequence[str]) -> list[str]:
    """The tokens by which a name in a question meets one that is written with initials, or,
    where the question has them, one that is not. Two full names must have their words equal."""
    if len(words) < 2:
        return []
    kinds = ("i", "f") if _has_initials(words) else ("i",)
    return [f"{kind}:{company}" for company in _companies(words) for kind in kinds]


def joinings(words: Sequence[str]) -> Iterator[list[str]]:
    """All ways to write neighbours together, but for the way they stand."""
    for cuts in range(2 ** (len(words) - 1) - 1):
        joined = [words[0]]
        for at, word in enumerate(words[1:]):
            if cuts >> at & 1:
                joined.append(word)
            else:
                joined[-1] += word
        yield joined


def _has_initials(words: Sequence[str]) -> bool:
    return any(len(word) == 1 for word in words)


def _companies(words: Sequence[str]) -> Iterator[str]:
    if len(words) < 2:
        return
    for at, word in enumerate(words):
        if len(word) > 1:
            others = sorted(other[0] for place, other in enumerate(words) if place != at)
            yield f"{word}|{''.join(others)}"
