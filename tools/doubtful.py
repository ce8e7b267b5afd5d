"""Which translations a native reader should look at first.

The glossary of a language (`docs/reference/glossary-<code>.md`) says by what word a thing goes.
A translation that has none of the words where the English has the term is doubtful; so is one
that equals its English, or that is very much shorter or longer than others are. Doubtful is
not wrong: a sentence may well do without the word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final

from config.options import BASE_DIR

# Terms whose English has other uses too often to tell anything.
_VAGUE: Final = frozenset({
    "access", "apply", "check", "code", "command", "contact", "effect", "field", "home", "kind",
    "letter", "link", "name", "open", "region", "request", "role", "rule", "scope", "script",
    "terms", "title", "tool", "type", "call", "source", "standard", "subject", "grant", "release",
    "setting", "desk", "file", "message", "notice", "description", "group", "channel",
})  # fmt: skip


# What is filled in (`%(node)s`) and what marks up is no word of the sentence.
_PLACES: Final = re.compile(r"%\([^)]*\)[a-z]|\{[^}]*\}|<[^>]*>")


@dataclass(frozen=True)
class Doubt:
    """One translation to look at. why: a sentence in English, for translators."""

    message: str
    translation: str
    why: str


def glossary(language: str) -> dict[str, tuple[str, ...]]:
    """English term to its words in the language; {} where there is no glossary."""
    path = BASE_DIR / "docs" / "reference" / f"glossary-{language}.md"
    if not path.exists():
        return {}
    return dict(_rows(path.read_text(encoding="utf-8").splitlines()))


def _rows(lines: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in lines:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("| ") or len(cells) < 2 or cells[0] == "English":
            continue
        terms = [part.strip() for part in cells[0].split(",")]
        words = [part.strip() for part in cells[1].split(",")]
        if len(terms) == len(words):
            yield from ((term, (word,)) for term, word in zip(terms, words, strict=True))
        else:
            yield from ((term, tuple(words)) for term in terms)


def doubts(pairs: Iterable[tuple[str, str]], terms: Mapping[str, tuple[str, ...]]) -> list[Doubt]:
    """The doubtful among (message, translation), those with most against them first."""
    pairs = [(message, text) for message, text in pairs if text]
    usual = median(len(text) / len(message) for message, text in pairs) if pairs else 1.0
    patterns = {
        term: re.compile(rf"\b{re.escape(term)}(s|es)?\b", re.IGNORECASE)
        for term in terms
        if term not in _VAGUE and re.fullmatch(r"[a-z][a-z '-]+", term)
    }
    found = []
    for message, text in pairs:
        against = [*_terms_missing(message, text, patterns, terms), *_odd(message, text, usual)]
        if against:
            found.append((len(against), Doubt(message, text, " ".join(against))))
    return [doubt for _number, doubt in sorted(found, key=lambda pair: -pair[0])]


def _terms_missing(
    message: str,
    text: str,
    patterns: Mapping[str, re.Pattern[str]],
    terms: Mapping[str, tuple[str, ...]],
) -> Iterator[str]:
    said = text.casefold()
    message = _PLACES.sub(" ", message)
    for term, pattern in patterns.items():
        if pattern.search(message) and not any(word.casefold() in said for word in terms[term]):
            yield f"“{term}” is {' or '.join(terms[term])} in the glossary."


def _odd(message: str, text: str, usual: float) -> Iterator[str]:
    letters = re.sub(r"[^A-Za-z]", "", _PLACES.sub("", message))
    if text == message and len(letters) > 4:
        yield "It is the English itself."
    elif len(message) > 40 and not usual / 3 < len(text) / len(message) < usual * 3:
        yield "It is far shorter or longer than its English."
