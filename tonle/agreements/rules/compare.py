"""Two versions of a text side by side: what was added, taken away, and stayed. Pure.

Words are compared where a script has spaces; Khmer, Lao, Thai, Burmese and Chinese have none,
and are compared by what a reader sees as one character.
"""

from __future__ import annotations

import difflib
import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Beyond so many pieces a comparison takes seconds; the two are then shown one after the other.
_MOST_PIECES = 4_000
_PIECE = re.compile(r"\s+|[0-9A-Za-z\u00c0-\u024f\u1e00-\u1eff]+|.", re.DOTALL)


@dataclass(frozen=True)
class Part:
    """sort: "same", "added" or "removed"."""

    sort: str
    text: str


@dataclass(frozen=True)
class Article:
    """One article of a language. number: in the later version, else in the earlier one.

    sort: "same", "changed", "added" or "removed".
    """

    number: int
    sort: str
    heading: tuple[Part, ...]
    text: tuple[Part, ...]


def languages(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> list[str]:
    """Those of both documents, in the order of the later one."""
    return list(dict.fromkeys([*later["texts"], *earlier["texts"]]))


def articles(earlier: Mapping[str, Any], later: Mapping[str, Any], language: str) -> list[Article]:
    """How the articles of a language changed, in the order of the later version."""
    before, after = _articles(earlier, language), _articles(later, language)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    made: list[Article] = []
    for _tag, i1, i2, j1, j2 in matcher.get_opcodes():
        for i, j in itertools.zip_longest(range(i1, i2), range(j1, j2)):
            made.append(_article(before, after, i, j))
    return made


def values(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Terms that differ: (name, earlier, later), None where there is none."""
    return [
        (name, earlier.get(name), later.get(name))
        for name in dict.fromkeys([*later, *earlier])
        if earlier.get(name) != later.get(name)
    ]


def parts(before: str, after: str) -> tuple[Part, ...]:
    """One text made of the other."""
    if before == after:
        return (Part("same", after),) if after else ()
    one, other = _pieces(before), _pieces(after)
    if len(one) + len(other) > _MOST_PIECES:
        found = [Part("removed", before), Part("added", after)]
        return tuple(part for part in found if part.text)
    return tuple(_joined(one, other))


def _joined(one: Sequence[str], other: Sequence[str]) -> Iterator[Part]:
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(
        None, one, other, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            yield Part("same", "".join(other[j1:j2]))
            continue
        if i2 > i1:
            yield Part("removed", "".join(one[i1:i2]))
        if j2 > j1:
            yield Part("added", "".join(other[j1:j2]))


def _article(
    before: Sequence[tuple[str, str]],
    after: Sequence[tuple[str, str]],
    i: int | None,
    j: int | None,
) -> Article:
    if j is None:
        heading, text = before[i or 0]
        return Article((i or 0) + 1, "removed", parts(heading, ""), parts(text, ""))
    heading, text = after[j]
    if i is None:
        return Article(j + 1, "added", parts("", heading), parts("", text))
    sort = "same" if before[i] == after[j] else "changed"
    return Article(j + 1, sort, parts(before[i][0], heading), parts(before[i][1], text))


def _articles(document: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    told = document["texts"].get(language, {"articles": ()})
    return [(one.get("heading", ""), one["text"]) for one in told["articles"]]


def _pieces(text: str) -> list[str]:
    """Words of Latin script, runs of space, and else characters with their marks."""
    made: list[str] = []
    for piece in _PIECE.findall(text):
        # A mark stands with what it is set on; apart from it, it is drawn on a dotted circle.
        if made and (unicodedata.category(piece[0]).startswith("M") or made[-1].endswith("\u17d2")):
            made[-1] += piece
        else:
            made.append(piece)
    return made


def names(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> list[tuple[str, Mapping[str, str]]]:
    """Key areas that came, went or have another name: (sort, name by language)."""
    old, new = ({one["id"]: one["name"] for one in side} for side in (before, after))
    made = [("removed", name) for id_, name in old.items() if id_ not in new]
    for id_, name in new.items():
        if id_ not in old:
            made.append(("added", name))
        elif old[id_] != name:
            made.append(("changed", name))
    return made


def files(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> list[tuple[str, str]]:
    """Annexes that came, went or have other bytes: (sort, name)."""
    old, new = ({one["name"]: one["sha256"] for one in side} for side in (before, after))
    made = [("removed", name) for name in old if name not in new]
    made += [
        ("changed" if name in old else "added", name)
        for name, sha256 in new.items()
        if old.get(name) != sha256
    ]
    return made
