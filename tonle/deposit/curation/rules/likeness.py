"""How alike two deposits' words are, so that near-identical ones are shown together.

MinHash: the share of equal numbers in two sketches estimates the share of word triples
that two texts have in common (Jaccard). Bands of the sketch are compared instead of
every pair, so that a thousand deposits cost a thousand look-ups. It groups; it never
judges: a person reads the group and decides.

Source: A. Broder, On the resemblance and containment of documents (1997); Leskovec,
Rajaraman, Ullman, Mining of Massive Datasets, 3.3 to 3.4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

NUMBERS, ROWS = 32, 4
"""Numbers in a sketch; rows in a band. Texts that share 0.6 of their triples meet in one
of the eight bands with probability 0.67, those that share 0.9 with 0.9999."""

_PRIME = (1 << 61) - 1


def _number(name: str) -> int:
    """A number below the prime, the same on every node and for ever: sketches are stored."""
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % _PRIME


_COEFFICIENTS = [(_number(f"a{n}") or 1, _number(f"b{n}")) for n in range(NUMBERS)]
_LONGEST = 4000  # Words looked at: the beginning tells an advertisement.


def words_of(document: Mapping[str, Any]) -> str:
    """The free words of a document: titles and descriptions, in the order written."""
    texts = list((document.get("titles") or {}).values())
    for row in document.get("descriptions") or ():
        texts += (row.get("text") or {}).values()
    return "\n".join(texts)


def sketch(tokens: Iterable[str]) -> str:
    """The sketch of a text, cut into words: 32 numbers of 32 bits in hexadecimal.

    "" for no words at all. The same words in the same order give the same sketch.
    """
    words = list(tokens)[:_LONGEST]
    if not words:
        return ""
    grams = {" ".join(words[n : n + 3]) for n in range(max(1, len(words) - 2))}
    hashes = [_number(gram) for gram in grams]
    return "".join(
        f"{min((a * value + b) % _PRIME for value in hashes) & 0xFFFFFFFF:08x}"
        for a, b in _COEFFICIENTS
    )


def likeness(one: str, other: str) -> float:
    """The estimated share of word triples in common, 0..1. Two empty texts are not alike."""
    if not one or not other:
        return 0.0
    pairs = zip(_numbers(one), _numbers(other), strict=True)
    return sum(a == b for a, b in pairs) / NUMBERS


def groups(sketches: Mapping[str, str]) -> list[list[str]]:
    """Names whose sketches meet in a band, largest group first; each name in one group.

    Within a group the order is that of the mapping. Names without words stand alone.
    """
    leader = {name: name for name in sketches}

    def find(name: str) -> str:
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    met: dict[tuple[int, str], str] = {}
    width = ROWS * 8
    for name, text in sketches.items():
        for start in range(0, len(text), width):
            other = met.setdefault((start, text[start : start + width]), name)
            leader[find(name)] = find(other)
    found: dict[str, list[str]] = {}
    for name in sketches:
        found.setdefault(find(name), []).append(name)
    return sorted(found.values(), key=lambda group: -len(group))


def _numbers(text: str) -> list[str]:
    return [text[n : n + 8] for n in range(0, len(text), 8)]
