"""What was asked, in the words of other languages.

A question is cut into words, and the longest stretches of them that a table knows are taken as
terms. A term's words in another language come from its concepts, and by way of English where a
table knows only two languages; the more tables agree on a word and the fewer things it may
mean, the further up it stands. Where the table of our own has the word, its words are taken, and
those of the others only in languages that it lacks: a dictionary also tells of water polo.
Weights are 1, ⅔, ½ … in that order, one term's words do not add up, and what was typed is looked
for too: names and numbers are alike in all languages.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final, NamedTuple

from tonle.search.analysis import Token, align, fold, gram_runs, normalise, words
from tonle.search.engine import AnyOf, BestOf, Clause, Phrase, Prefix, Term
from tonle.search.query import BODY, TITLE, Question, begins, is_long
from tonle.search.terms import store
from tonle.search.terms.lexicon import Label, Lexicon
from tonle.search.terms.tables import LANGUAGES

# A term of more words is a title; and so many terms are a sentence.
LONGEST_TERM: Final = 6
MOST_TERMS: Final = 24
# Words in other languages, over all languages: a question must stay one that is answered in
# milliseconds.
MOST_WORDS: Final = 160
MOST_WORDS_A_TERM: Final = 5
# A word that may mean more things than this says nothing; the first of them are looked at.
MOST_MEANINGS: Final = 40
MOST_ENGLISH: Final = 8

# How much a name of a concept counts that is not its first, and a way through English.
OTHER: Final = 0.5
VIA_ENGLISH: Final = 2 / 3

_SCRIPTS: Final = (
    (re.compile("[\u1780-\u17ff]"), "km"),
    (re.compile("[\u0e80-\u0eff]"), "lo"),
    (re.compile("[\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f]"), "my"),
    (re.compile("[\u0e00-\u0e7f]"), "th"),
    (re.compile("[\u3400-\u9fff\uf900-\ufaff]"), "zh"),
)
# They bind a sentence and name nothing.
BINDING: Final = frozenset(
    {
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "he",
        "her",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "may",
        "more",
        "most",
        "must",
        "not",
        "of",
        "on",
        "or",
        "our",
        "she",
        "should",
        "so",
        "such",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
    }
)


class Group(NamedTuple):
    """One term. asked: as it was typed. terms: (language, word) that were looked for, best
    first in each language. tables: titles of the tables that know it."""

    asked: str
    terms: tuple[tuple[str, str], ...]
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expansion:
    """A question in other languages; false where no table knows anything of it.

    clause: what has any of the terms, or of the words typed; whoever has most stands first.
    uncovered: the words that no table knows, as typed: nothing was found by them.
    """

    clause: Clause
    groups: tuple[Group, ...]
    uncovered: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.groups)


_NOTHING: Final = AnyOf(())


def expand(question: Question, language: str, into: Collection[str] = LANGUAGES) -> Expansion:
    """A question's terms in the languages `into`, other than the one it is asked in.

    language: the reader's (BCP 47); it decides where letters do not, for words without marks
    may be English or Vietnamese. Nothing is found while the tables are being read in.
    """
    lexicon = store.current()
    if lexicon is None or not question:
        return Expansion(_NOTHING, (), ())
    wanted = {_first(one) for one in into}
    tongues = tuple(tongue for tongue in LANGUAGES if tongue in wanted)
    return of(lexicon, question, _first(language), tongues)


def _first(tag: str) -> str:
    return tag.partition("-")[0].lower()


@lru_cache(maxsize=256)
def of(lexicon: Lexicon, question: Question, language: str, into: tuple[str, ...]) -> Expansion:
    """The same by a given lexicon, which never changes: so an answer is kept for the next page."""
    spans, rest = _spans(lexicon, question.typed, language)
    found = _Words(lexicon, spans, into).of_each()
    covered = [(span, words_) for span, words_ in zip(spans, found, strict=True) if words_]
    uncovered = rest + [span.asked for span, words_ in zip(spans, found, strict=True) if not words_]
    most = _most(len(covered), len(into))
    groups: list[Group] = []
    clauses: list[Clause] = []
    named = lexicon.named(label.concept for span, _ in covered for label in span.labels)
    for span, words_ in covered:
        taken = [
            (tongue, form, text, 2 / (place + 2))
            for tongue, ranked in words_.items()
            for place, (form, text) in enumerate(ranked[:most])
        ]
        tables = dict.fromkeys(
            named[label.concept][0] for label in span.labels if label.concept in named
        )
        terms = tuple((tongue, text) for tongue, _, text, _ in taken)
        groups.append(Group(span.asked, terms, tuple(tables)))
        clauses.append(BestOf(tuple(_look_for(form, tongue, w) for tongue, form, _, w in taken)))
    if not groups:
        return Expansion(_NOTHING, (), tuple(uncovered))
    known = {word for span, _ in covered for word in _syllables(span)} | BINDING
    typed = [_typed(word) for word in dict.fromkeys(question.words) if word not in known]
    return Expansion(AnyOf((*clauses, *typed)), tuple(groups), tuple(dict.fromkeys(uncovered)))


def _syllables(span: _Span) -> set[str]:
    """Of a Vietnamese term of several: each alone is another word, in another Vietnamese text."""
    cut = [token.text for token in words(normalise(span.asked))]
    return {*cut} if len(cut) > 1 and span.labels[0].language == "vi" else set()


def _most(terms: int, languages: int) -> int:
    """How many words each term is looked for by in each language."""
    return max(1, min(MOST_WORDS_A_TERM, MOST_WORDS // max(1, terms * languages)))


# --- what was asked ------------------------------------------------------------------


class _Span(NamedTuple):
    asked: str
    labels: tuple[Label, ...]


def _spans(lexicon: Lexicon, typed: str, language: str) -> tuple[list[_Span], list[str]]:
    """Terms of a question, the longest first at each place, and the words between them."""
    aligned = align(typed)
    tokens = list(words(aligned.text))
    candidates: dict[tuple[int, int], str] = {
        (at, end): " ".join(aligned.text[tokens[at].start : tokens[end - 1].end].split())
        for at in range(len(tokens))
        for end in range(at + 1, min(at + LONGEST_TERM, len(tokens)) + 1)
        if not BINDING & {tokens[at].text, tokens[end - 1].text}
    }
    forms = {variant for form in candidates.values() for variant in _variants(form)}
    known: dict[str, list[Label]] = defaultdict(list)
    for label in lexicon.forms(sorted(forms), LANGUAGES):
        known[label.form].append(label)
    spans: list[_Span] = []
    rest: list[str] = []
    marked = any(not token.text.isascii() and script(token.text) == "" for token in tokens)
    at = 0
    while at < len(tokens):
        for end in range(min(at + LONGEST_TERM, len(tokens)), at, -1):
            labels = _known(candidates.get((at, end), ""), known, language, marked)
            if labels and len(spans) < MOST_TERMS:
                spans.append(_Span(_as_typed(aligned.span, typed, tokens[at:end]), labels))
                at = end
                break
        else:
            if _says_something(tokens[at].text):
                rest.append(_as_typed(aligned.span, typed, tokens[at : at + 1]))
            at += 1
    return spans, rest


def _known(
    form: str, known: Mapping[str, Sequence[Label]], language: str, marked: bool
) -> tuple[Label, ...]:
    tongues = _tongues(form, language, marked)
    found: tuple[Label, ...] = ()
    for variant in _variants(form):
        for tongue in tongues:
            labels = [label for label in known.get(variant, ()) if label.language == tongue]
            labels.sort(key=lambda one: (not one.ours, not one.preferred, one.concept))
            if labels and labels[0].ours:
                # Our own tables come first, in whatever number they name a thing.
                return tuple([*labels, *found][:MOST_MEANINGS])
            found = found or tuple(labels[:MOST_MEANINGS])
    return found


def _as_typed(span: Any, typed: str, tokens: Sequence[Token]) -> str:
    start, end = span(tokens[0].start, tokens[-1].end)
    return typed[start:end]


def _says_something(word: str) -> bool:
    return word not in BINDING and not word.isdigit()


def script(text: str) -> str:
    """The language that alone is written in these letters, "" for Latin ones."""
    return next((tongue for letters, tongue in _SCRIPTS if letters.search(text)), "")


def _tongues(form: str, language: str, marked: bool) -> tuple[str, ...]:
    """The languages a stretch may be in, the likelier first. marked: the question has Latin
    letters with marks, as Vietnamese does."""
    if own := script(form):
        return (own,)
    if marked or language == "vi":
        return ("vi", "en")
    return ("en",)


def _variants(form: str) -> Iterator[str]:
    """A form, what it may have been before its ending, and the plural by which tables of subjects
    name things."""
    yield from _bases(form)
    if form.isascii() and len(form) > 2 and form[-1].isalpha() and form[-1] != "s":
        yield f"{form[:-1]}ies" if form.endswith("y") else f"{form}s"


def _bases(form: str) -> Iterator[str]:
    """A form, and what an English one may have been before its ending: singular, or a verb.

    Source: D. Harman, How effective is suffixing? (JASIS 42(1), 1991), the S stemmer; with the
    two endings of verbs.
    """
    yield form
    if not form.isascii() or len(form) < 4:
        return
    if form.endswith("ies") and form[-4] not in "ae":
        yield f"{form[:-3]}y"
    elif form.endswith("es") and form[-3] not in "aeo":
        yield form[:-1]
        yield form[:-2]
    elif form.endswith("s") and form[-2] not in "us":
        yield form[:-1]
    for ending in ("ed", "ing"):
        stem = form.removesuffix(ending)
        if stem != form and len(stem) > 2:
            yield stem
            yield f"{stem}e"
            if stem[-1] == stem[-2]:
                yield stem[:-1]


# --- in other languages --------------------------------------------------------------


class _Words:
    """The words of all terms of a question, asked for together: four questions to the lexicon."""

    def __init__(self, lexicon: Lexicon, spans: Sequence[_Span], into: Sequence[str]) -> None:
        self._spans = spans
        self._into = into
        concepts = [label.concept for span in spans for label in span.labels]
        self._of = _by_concept(lexicon.labels(concepts, LANGUAGES))
        english = {
            form
            for span in spans
            for labels in (span.labels, _ours(span.labels))
            for form, _ in self._english(labels)
        }
        meanings = _by_form(lexicon.forms(sorted(english), ("en",)))
        self._meanings = {
            form: (_ours(labels) or labels)[:MOST_MEANINGS] for form, labels in meanings.items()
        }
        beyond = {label.concept for labels in self._meanings.values() for label in labels}
        self._beyond = _by_concept(lexicon.labels(sorted(beyond), (*into, "en")))

    def of_each(self) -> list[dict[str, list[tuple[str, str]]]]:
        """Of each term: language to (form, as written), the best first."""
        return [self._of_one(span) for span in self._spans]

    def _of_one(self, span: _Span) -> dict[str, list[tuple[str, str]]]:
        found = self._ranked(span.labels)
        return {**found, **self._ranked(ours)} if (ours := _ours(span.labels)) else found

    def _ranked(self, labels: Sequence[Label]) -> dict[str, list[tuple[str, str]]]:
        """The words that these labels lead to."""
        asked = labels[0].language
        votes: Counter[tuple[str, str]] = Counter()
        written: dict[tuple[str, str], str] = {}

        def vote(label: Label, weight: float) -> None:
            if label.language != asked and label.language in self._into and not label.hidden:
                key = (label.language, label.form)
                votes[key] += weight * _worth(label)  # type: ignore[assignment] # Counters count in floats too.
                written.setdefault(key, label.text)

        for label in labels:
            here = self._of[label.concept]
            weight = _worth(label) * _share(here, asked)
            for other in here:
                vote(other, weight)
        sure = labels[0].ours
        for form, weight in self._english(labels):
            meanings = [label for label in self._meanings.get(form, ()) if label.ours or not sure]
            for label in meanings:
                there = self._beyond[label.concept]
                way = weight * VIA_ENGLISH * _share(there, "en") / math.sqrt(len(meanings))
                for other in there:
                    vote(other, way * _worth(label))
        ranked: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for (tongue, form), _ in sorted(votes.items(), key=lambda item: (-item[1], item[0])):
            ranked[tongue].append((form, written[tongue, form]))
        return dict(ranked)

    def _english(self, labels: Sequence[Label]) -> list[tuple[str, float]]:
        """A term in English, its likeliest words, to go on from to other languages."""
        if not labels or labels[0].language == "en":
            return []
        votes: dict[str, float] = defaultdict(float)
        for label in labels:
            here = self._of[label.concept]
            for other in here:
                if other.language == "en":
                    votes[other.form] += _worth(label) * _worth(other) * _share(here, "en")
        return sorted(votes.items(), key=lambda item: (-item[1], item[0]))[:MOST_ENGLISH]


def _ours(labels: Sequence[Label]) -> Sequence[Label]:
    return [label for label in labels if label.ours]


def _by_form(labels: Iterable[Label]) -> dict[str, list[Label]]:
    found: dict[str, list[Label]] = defaultdict(list)
    for label in labels:
        found[label.form].append(label)
    return found


def _by_concept(labels: Iterable[Label]) -> dict[int, list[Label]]:
    found: dict[int, list[Label]] = defaultdict(list)
    for label in labels:
        found[label.concept].append(label)
    return found


def _worth(label: Label) -> float:
    return 1.0 if label.preferred else OTHER


def _share(labels: Iterable[Label], language: str) -> float:
    """The less a concept is called by other names in a language, the surer is one of them."""
    return 1 / math.sqrt(max(1, sum(1 for label in labels if label.language == language)))


# --- as a question to the engine ------------------------------------------------------


@lru_cache(maxsize=4_096)
def _look_for(form: str, language: str, weight: float) -> Clause:
    """A word of a language in titles and texts: in scripts without spaces as a run of clusters,
    however ICU cut the text, unless it is so short that other words hold it; in English with its
    endings."""
    runs = [run.clusters for run in gram_runs(form)]
    cut = [token.text for token in words(form)]
    whole = len(runs) == 1 and "".join(runs[0]) == form.replace(" ", "")
    if whole and is_long(runs[0]):
        bigrams = tuple(f"{a}|{b}" for a, b in pairwise(runs[0]))
        return _row("grams", bigrams, weight) if bigrams else Prefix("grams", f"{form}|", weight)
    if language == "en":
        bare = [fold(word) or word for word in cut]
        plain = _row("fold", tuple(bare), weight)
        if not bare or not bare[-1].isalpha() or len(bare[-1]) < 3:
            return plain
        forms = (_row("fold", (*bare[:-1], form), weight) for form in _inflected(bare[-1]))
        return BestOf((plain, *forms))
    whole_words = AnyOf(
        (_row("title", tuple(cut), TITLE * weight), _row("body", tuple(cut), BODY * weight))
    )
    return BestOf((whole_words, begins(form, weight / 2))) if whole else whole_words


def _inflected(word: str) -> tuple[str, ...]:
    """An English word with the regular endings of verbs; its plural is folded already."""
    if word.endswith("y") and word[-2] not in "aeiou":
        return f"{word[:-1]}ied", f"{word}ing"
    stem = word.removesuffix("e")
    return f"{stem}ed", f"{stem}ing"


def _row(field: str, tokens: tuple[str, ...], weight: float) -> Clause:
    if not tokens:
        return _NOTHING
    return Phrase(field, tokens, weight) if len(tokens) > 1 else Term(field, tokens[0], weight)


def _typed(word: str) -> Clause:
    return AnyOf((Term("title", word, TITLE), Term("body", word, BODY)))
