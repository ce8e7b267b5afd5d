"""Which concepts of the node's vocabularies a description speaks of.

A suggestion must be right more often than it is many. The longest stretch of words that a
vocabulary knows is taken at each place, in the language that the text is in; a word that names
two things in its vocabulary is left out, unless the same description says in another language
which of them is meant; so are words too short to be sure of, and words that nearly every
description has. A steward's vocabularies come before those that come with Tonle.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from tonle.search.analysis import align, clusters, words
from tonle.search.terms import store
from tonle.search.terms.expansion import BINDING, LONGEST_TERM, script
from tonle.search.terms.lexicon import Entry, Label, Lexicon
from tonle.search.terms.tables import LANGUAGES

Role = Literal["keyword", "title", "description"]

SUGGESTED: Final = 12
# What a page can wait for: the beginning of a text tells what it is about.
MOST_PARTS: Final = 60
LONGEST_TEXT: Final = 2_000
_DEEPEST: Final = 4

_RANKS: Final[Mapping[str, int]] = {"keyword": 0, "title": 1, "description": 2}
# A single word of fewer Latin letters has too many meanings, but for acronyms.
_SHORTEST: Final = 4
# Of all works and of none: they name no subject, whatever vocabulary has them.
_GENERAL_WORDS: Final = Path(__file__).parents[1] / "data/general.txt"


class Part(NamedTuple):
    """One text of a description. language: BCP 47, or `und`."""

    role: Role
    language: str
    text: str


class Suggested(NamedTuple):
    """subject: as a record document holds it. found: the words that led to it, as written."""

    subject: dict[str, Any]
    found: tuple[str, ...]
    role: Role


@dataclass(frozen=True, slots=True)
class Suggestions:
    """concepts: the surest first. vocabularies: titles of those that were asked, so that a page
    can say that none of them knows the words; () where there is none, or none is read in yet."""

    concepts: tuple[Suggested, ...] = ()
    vocabularies: tuple[str, ...] = ()


def suggest_concepts(
    parts: Iterable[Part], *, have: Collection[str] = (), limit: int = SUGGESTED
) -> Suggestions:
    """What a description speaks of, in the node's vocabularies.

    parts: its texts in reading order; those beyond MOST_PARTS, and what is beyond LONGEST_TEXT
    characters of each, are not read. have: addresses and codes of concepts it has already.
    Specific concepts stand before general ones, those of keywords and titles before those of
    descriptions. A few lookups in a file; no database.
    """
    lexicon = store.current()
    if lexicon is None:
        return Suggestions()
    found = of(lexicon, list(parts)[:MOST_PARTS], have)[:limit]
    return Suggestions(tuple(found), tuple(lexicon.schemes()))


def of(lexicon: Lexicon, parts: Sequence[Part], have: Collection[str] = ()) -> list[Suggested]:
    """All of them by a given lexicon, the best first."""
    texts = [_Text(part) for part in parts]
    known = _Known(lexicon, {form for text in texts for form in text.forms()})
    mentions: dict[int, _Mention] = {}
    unsure: list[tuple[_Stretch, list[Label]]] = []
    for text in texts:
        for stretch, labels in text.terms(known):
            meant = _meant(labels)
            if meant is None:
                unsure.append((stretch, labels))
            else:
                mentions.setdefault(meant.concept, _Mention()).add(stretch, meant)
    # Two languages that say the same leave one meaning where each alone has several.
    for concept, (stretch, label) in _agreed(unsure, mentions):
        mentions.setdefault(concept, _Mention()).add(stretch, label)
    entries = {concept: known.entries[concept] for concept in mentions}
    kept = {
        concept: mention
        for concept, mention in mentions.items()
        if not {entries[concept].id, entries[concept].code} & {*have} - {""}
    }
    heights = _heights([entries[concept] for concept in kept])

    def order(concept: int) -> tuple[Any, ...]:
        mention, height = kept[concept], heights[entries[concept].name]
        return (mention.rank, height, -mention.words, -mention.count, mention.at)

    named = _named(lexicon, kept)
    return [
        Suggested(
            _subject(entries[concept], named[concept], kept[concept].label),
            tuple(kept[concept].written),
            kept[concept].role,
        )
        for concept in sorted(kept, key=order)
    ]


def _heights(entries: Sequence[Entry]) -> dict[str, int]:
    """How many of these lie below each, one under the other: what is most specific has none."""
    heights = {entry.name: 0 for entry in entries}
    # As many rounds as the longest way down; a vocabulary that goes round in a circle stops, too.
    for _ in range(_DEEPEST):
        for entry in entries:
            for above in {*entry.broader} & heights.keys() - {entry.name}:
                heights[above] = max(heights[above], heights[entry.name] + 1)
    return heights


# --- what is written -------------------------------------------------------------------


class _Stretch(NamedTuple):
    """Some words next to each other. at: where among all of the description."""

    role: Role
    tongues: tuple[str, ...]
    form: str
    written: str
    words: int
    at: tuple[int, int]
    whole: bool


class _Text:
    """One part, cut into words, with every stretch of them that may be a term."""

    def __init__(self, part: Part) -> None:
        aligned = align(part.text[:LONGEST_TEXT])
        self._tokens = list(words(aligned.text))
        self._stretches: dict[tuple[int, int], _Stretch] = {}
        count = len(self._tokens)
        order = _RANKS[part.role]
        for at in range(count):
            for end in range(at + 1, min(at + LONGEST_TERM, count) + 1):
                first, last = self._tokens[at], self._tokens[end - 1]
                if {first.text, last.text} & BINDING or last.text.isdigit():
                    continue
                form = " ".join(aligned.text[first.start : last.end].split())
                tongues = _tongues(part.language, form)
                start, stop = aligned.span(first.start, last.end)
                whole = part.role == "keyword" and end - at == count
                made = _Stretch(
                    part.role, tongues, form, part.text[start:stop], end - at, (order, at), whole
                )
                if tongues and (whole or _sure(made)):
                    self._stretches[at, end] = made

    def forms(self) -> Iterator[str]:
        for stretch in self._stretches.values():
            yield from _numbers(stretch.form)

    def terms(self, known: _Known) -> Iterator[tuple[_Stretch, list[Label]]]:
        """The longest stretches that are terms, in order; none overlaps another."""
        at = 0
        while at < len(self._tokens):
            for end in range(min(at + LONGEST_TERM, len(self._tokens)), at, -1):
                stretch = self._stretches.get((at, end))
                labels = known.labels(stretch) if stretch else None
                if stretch and labels is not None:
                    if labels:
                        yield stretch, labels
                    at = end
                    break
            else:
                at += 1


def _tongues(language: str, form: str) -> tuple[str, ...]:
    """The languages in which a stretch may be a term: letters decide, then what the text says."""
    if own := script(form):
        return (own,)
    first = language.partition("-")[0].lower()
    return {"vi": ("vi",), "en": ("en",), "und": ("en",), "": ("en",)}.get(first, ())


def _sure(stretch: _Stretch) -> bool:
    """Whether words as short as these tell what they mean."""
    if stretch.words > 1:
        return True
    if stretch.tongues == ("en",):
        return len(stretch.form) >= _SHORTEST or stretch.written.isupper()
    # A syllable of Vietnamese, one letter of the scripts without spaces: half of them bind.
    return stretch.tongues != ("vi",) and len(clusters(stretch.form)) > 1


@cache
def _general() -> frozenset[str]:
    return frozenset(_GENERAL_WORDS.read_text(encoding="ascii").split())


_PLURAL: Final = re.compile(r"(?:[sxz]|ch|sh)$")


def _numbers(form: str) -> Iterator[str]:
    """A form, and an English one with its last word in the other number.

    Vocabularies write `dams` where texts say `dam`, and the other way round.
    """
    yield form
    if not form.isascii() or len(form) < _SHORTEST or not form[-1].isalpha():
        return
    if form.endswith("ies"):
        yield f"{form[:-3]}y"
    elif form.endswith("es"):
        yield form[:-2]
        yield form[:-1]
    elif form.endswith("s") and form[-2] not in "us":
        yield form[:-1]
    if form.endswith("y") and form[-2] not in "aeiou":
        yield f"{form[:-1]}ies"
    elif not form.endswith("s"):
        yield f"{form}es" if _PLURAL.search(form) else f"{form}s"


# --- what vocabularies know of it --------------------------------------------------------


class _Known:
    """The labels of all forms, and whose they are: two questions to the lexicon."""

    def __init__(self, lexicon: Lexicon, forms: Iterable[str]) -> None:
        self._labels: dict[tuple[str, str], list[Label]] = defaultdict(list)
        found = lexicon.forms(sorted(forms), LANGUAGES)
        for label in found:
            self._labels[label.form, label.language].append(label)
        self.entries = lexicon.entries(label.concept for label in found)
        # Those that name subjects. What they have, and not as a subject, is none: the Mekong in a
        # title must not lead to rivers.
        self._vocabularies = {
            entry.source for entry in self.entries.values() if entry.id or entry.code
        }

    def labels(self, stretch: _Stretch) -> list[Label] | None:
        """The labels of one vocabulary, a steward's first, of which some concept can be a
        subject; [] where it has the words and not as a subject, None where none has them."""
        for form in _numbers(stretch.form):
            by_table: dict[int, list[Label]] = defaultdict(list)
            for tongue in stretch.tongues:
                for label in self._labels.get((form, tongue), ()):
                    by_table[self.entries[label.concept].source].append(label)
            for table in sorted(by_table.keys() & self._vocabularies, reverse=True):
                labels = by_table[table]
                if any(self._fits(label, stretch) for label in labels):
                    return self._those_preferred(labels)
                if stretch.words > 1:
                    return []
        return None

    def _fits(self, label: Label, stretch: _Stretch) -> bool:
        entry = self.entries[label.concept]
        if not (entry.id or entry.code):
            return False
        if stretch.whole or not label.text.isascii():
            return True
        if stretch.words == 1 and not _general().isdisjoint(_numbers(label.form)):
            return False
        if label.text.isupper():
            return stretch.written == label.text
        if stretch.words == 1 and len(stretch.form) < _SHORTEST:
            return False
        # In a vocabulary that writes common words small, a capital tells a name: Turkey, turkey.
        name = entry.plain and not label.text[:1].islower()
        return not name or not stretch.written[:1].islower()

    def _those_preferred(self, labels: list[Label]) -> list[Label]:
        return [label for label in labels if label.preferred] or labels


def _meant(labels: Sequence[Label]) -> Label | None:
    """The only thing that these labels name, None where it is more than one."""
    return labels[0] if len({label.concept for label in labels}) == 1 else None


@dataclass(slots=True)
class _Mention:
    """Where and how a concept is spoken of."""

    rank: int = 9
    role: Role = "description"
    words: int = 0
    count: int = 0
    at: tuple[int, int] = (9, 0)
    label: Label | None = None
    written: dict[str, None] = field(default_factory=dict)

    def add(self, stretch: _Stretch, label: Label) -> None:
        rank = _RANKS[stretch.role]
        if rank < self.rank:
            self.rank, self.role, self.at, self.label = rank, stretch.role, stretch.at, label
        self.words = max(self.words, stretch.words)
        self.count += 1
        self.written[stretch.written] = None


def _agreed(
    unsure: Sequence[tuple[_Stretch, Sequence[Label]]], sure: Collection[int]
) -> Iterator[tuple[int, tuple[_Stretch, Label]]]:
    """Of words with several meanings those where exactly one is spoken of elsewhere, too: in
    words that have no other meaning, or in another language."""
    languages: dict[int, set[str]] = defaultdict(set)
    for _, labels in unsure:
        for label in labels:
            languages[label.concept].add(label.language)
    for stretch, labels in unsure:
        backed = {
            label.concept: label
            for label in labels
            if label.concept in sure or len(languages[label.concept]) > 1
        }
        if len(backed) == 1:
            yield from ((concept, (stretch, label)) for concept, label in backed.items())


# --- as a subject ------------------------------------------------------------------------


def _named(lexicon: Lexicon, concepts: Collection[int]) -> dict[int, list[Label]]:
    found: dict[int, list[Label]] = defaultdict(list)
    for label in lexicon.labels(concepts, LANGUAGES):
        found[label.concept].append(label)
    return found


def _subject(entry: Entry, labels: Sequence[Label], met: Label | None) -> dict[str, Any]:
    """DataCite's subject: its names by language, its scheme, its address and code."""
    names: dict[str, str] = {}
    synonyms = Counter(label.language for label in labels if label.preferred)
    for label in sorted(labels, key=lambda x: (not x.preferred, len(x.text), x.text)):
        names.setdefault(label.language, label.text)
    # Of several preferred names the one that the text itself used.
    if met and met.preferred and synonyms[met.language] > 1:
        names[met.language] = met.text
    made: dict[str, Any] = {"text": names, "scheme": entry.title}
    if entry.uri:
        made["scheme_uri"] = entry.uri
    if entry.id:
        made["value_uri"] = entry.id
    if entry.code:
        made["classification_code"] = entry.code
    return made
