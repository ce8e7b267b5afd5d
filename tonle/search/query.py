"""What a reader typed, as a question to the engine."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from tonle.search.analysis import (
    MOST_ASKED,
    asked_companies,
    fold,
    gram_runs,
    joinings,
    name_words,
    normalise,
    words,
)
from tonle.search.engine import (
    AllOf,
    AnyOf,
    Clause,
    Constant,
    Everything,
    Phrase,
    Prefix,
    Ranked,
    Term,
)

# More is not a question; it is cut, and the reader is told.
MAX_CHARACTERS = 400
MAX_WORDS = 40

# Round numbers, not tuned to any collection. What stands as it was written counts like a word:
# ICU may cut a text otherwise than the same letters typed alone.
TITLE, BODY, GRAM, GRAM_PHRASE, FOLD, FOLD_PAIR = 2.0, 1.0, 0.5, 1.0, 0.25, 0.5
# A word in a file says less of a thing than one in its description.
CONTENTS = 0.1
# What is in the reader's language stands before what holds the same words in another: names and
# numbers are alike in all of them.
LANGUAGE = 3.0
# A person's name in another form: joined otherwise, or with initials.
NAME = 0.5
# A whole identifier was meant, whatever else matches.
IDENTIFIER = 20.0
# In a search for any word, what matches all of them comes first.
ALL_WORDS = 1_000.0
# Of more Latin words than this nobody expects that they stand in one row.
LONGEST_ROW = 8
# Of a long question one word in so many must occur: "the" alone answers nothing.
SHARE = 4

# Fewer letters of a script without spaces are part of many longer words that are about something
# else: ປາ (fish) of ຈຳປາສັກ (Champasak), ត្រី of រដ្ឋមន្ត្រី (minister). They count where a word of the
# dictionaries begins and ends with them. Of Han letters two say as much.
LONG_ENOUGH = 6
LONG_ENOUGH_HAN = 2
LONG_ENOUGH_KHMER = 3
# With so many letters, longer words may begin that are about the same.
LONG_ENOUGH_TO_BEGIN = 4

# Ways to write an identifier that say where to resolve it.
_RESOLVERS = re.compile(r"(?:https?://(?:dx\.)?[a-z0-9.-]+/|doi:|hdl:|orcid:)(?=\S)")


@dataclass(frozen=True, slots=True)
class Chunk:
    """One piece typed without spaces.

    text: normalised. words: ICU's. runs: clusters of each unspaced run. beside: the words
    that lie outside all runs. rows: the runs where they are looked for as written, within longer
    words, too.
    """

    text: str
    words: tuple[str, ...]
    runs: tuple[tuple[str, ...], ...]
    beside: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A bounded, analysed question.

    typed: as given, cut to its bound. cut: whether something was left out. language: the
    reader's (BCP 47), "" where nobody said.
    """

    typed: str
    chunks: tuple[Chunk, ...]
    cut: bool
    language: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word for chunk in self.chunks for word in chunk.words)

    def __bool__(self) -> bool:
        return bool(self.typed)


def read(typed: str, language: str = "") -> Question:
    """Analyse a question with the chain of the index. Total; "" asks for everything.

    language: the reader's (BCP 47).
    """
    bounded = " ".join(typed[: MAX_CHARACTERS + 1].split())
    cut = len(typed.strip()) > MAX_CHARACTERS
    bounded = bounded[:MAX_CHARACTERS]
    chunks: list[Chunk] = []
    left = MAX_WORDS
    for text in normalise(bounded).split():
        chunk = _chunk(text)
        if len(chunk.words) > left:
            cut = True
            break
        left -= len(chunk.words)
        chunks.append(chunk)
    if len(chunks) == 1 and _is_short_word(chunks[0]):
        # Among several words the others keep out what has nothing to do with them.
        chunks = [replace(chunks[0], rows=())]
    return Question(bounded, tuple(chunks), cut, language)


def is_long(run: tuple[str, ...]) -> bool:
    """Whether letters are so many that a longer word which holds them is about the same.

    Burmese ones always: their clusters are nearly syllables, and ICU's Burmese words are long.
    Khmer ones from three clusters on, which are two syllables: ICU knows whole names, such as
    ខេត្តតាកែវ (the province of Takeo), and not the តាកែវ in them.
    """
    letters = "".join(run)
    if _MYANMAR.match(letters) or (_KHMER.match(letters) and len(run) >= LONG_ENOUGH_KHMER):
        return True
    return len(letters) >= (LONG_ENOUGH_HAN if _HAN.match(letters) else LONG_ENOUGH)


_MYANMAR = re.compile("[\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f]")
_KHMER = re.compile("[\u1780-\u17ff]")
_HAN = re.compile("[\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def _chunk(text: str) -> Chunk:
    tokens = list(words(text))
    runs = [run for run in gram_runs(text) if run.clusters]
    rows = tuple(run.clusters for run in runs)
    covered = {at for run in runs for start, end in run.places for at in range(start, end)}
    return Chunk(
        text,
        tuple(token.text for token in tokens),
        rows,
        tuple(token.text for token in tokens if token.start not in covered),
        rows,
    )


def _is_short_word(chunk: Chunk) -> bool:
    """Whether this is one word of the dictionaries, with too few letters to stand within others."""
    return (
        len(chunk.runs) == len(chunk.words) == 1 and not chunk.beside and not is_long(chunk.runs[0])
    )


def every_word(question: Question) -> Clause:
    """All of what was typed: each chunk by its words or, in unspaced scripts, as written.

    Where ICU cuts a word of the text otherwise than the same word typed alone, the row
    of clusters still finds it.
    """
    if not question:
        return Everything()
    if not question.chunks:
        return AnyOf(())
    return Ranked(_all_of(question), _lifts(question))


def _all_of(question: Question) -> Clause:
    must: Clause = AllOf(tuple(_chunk_clause(chunk) for chunk in question.chunks))
    names = _as_name(question)
    return AnyOf((must, *names)) if names else must


def any_word(question: Question) -> Clause:
    """Some of what was typed; whoever has all of it comes first."""
    parts = [_word(word) for word in dict.fromkeys(question.words)]
    enough = max(1, len(parts) // SHARE)
    # One written run, name or identifier says as much as enough words do.
    whole = [clause for chunk in question.chunks for clause in _as_written(chunk)]
    whole += [begun for chunk in question.chunks for begun in _begun(chunk)]
    whole += _identifiers(question) + _as_name(question)
    if not parts and not whole:
        return AnyOf(())
    must = AnyOf((*([AnyOf(tuple(parts), enough)] if parts else []), *whole))
    first = Constant(_all_of(question), ALL_WORDS)
    return Ranked(must, (first, *_lifts(question)))


def _word(word: str) -> Clause:
    bare = fold(word)
    forms: list[Clause] = [Term("title", word, TITLE), Term("body", word, BODY)]
    forms.append(Term("contents", bare or word, CONTENTS))
    if bare:
        forms += [Term("fold", bare, FOLD), Term("name", bare, NAME)]
        if len(bare) == 1:
            forms.append(Term("name", f"{bare}.", NAME))
    return AnyOf(tuple(forms))


def _chunk_clause(chunk: Chunk) -> Clause:
    ways: list[Clause] = []
    if chunk.words:
        ways.append(AllOf(tuple(_word(word) for word in chunk.words)))
    if chunk.rows:
        ways.append(AllOf((*_as_written(chunk), *(_word(word) for word in chunk.beside))))
    ways += _identifier_forms(chunk.text)
    return AnyOf(tuple(ways))


def _as_written(chunk: Chunk) -> list[Clause]:
    return [_run(clusters) for clusters in chunk.rows]


def _begun(chunk: Chunk) -> list[Clause]:
    """What is no row, as the beginning of longer words: a lake is called after its river."""
    return [begins("".join(chunk.runs[0]))] if chunk.runs and not chunk.rows else []


def begins(word: str, weight: float = 1.0) -> Clause:
    """Longer words of the dictionaries that begin with a short one."""
    if len(word) < LONG_ENOUGH_TO_BEGIN:
        return AnyOf(())
    return AnyOf(
        (
            Prefix("title", word, TITLE * weight, whole=True),
            Prefix("body", word, BODY * weight, whole=True),
        )
    )


def _run(clusters: tuple[str, ...]) -> Clause:
    bigrams = _bigrams(clusters)
    ways: list[Clause] = []
    for field, weight in (("grams", GRAM_PHRASE), ("contents", CONTENTS)):
        if len(bigrams) > 1:
            ways.append(Phrase(field, bigrams, weight))
        elif bigrams:
            ways.append(Term(field, bigrams[0], weight))
        else:
            ways.append(Prefix(field, f"{clusters[0]}|", weight))
    return AnyOf(tuple(ways))


def _bigrams(clusters: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{a}|{b}" for a, b in pairwise(clusters))


def _lifts(question: Question) -> tuple[Clause, ...]:
    """What moves a match up: its cluster bigrams, Latin words that stand together by twos and
    all of them, and that it is in the reader's language."""
    grams = dict.fromkeys(
        bigram for chunk in question.chunks for run in chunk.runs for bigram in _bigrams(run)
    )
    bare = [fold(word) for word in question.words]
    pairs: dict[tuple[str, ...], None]
    pairs = dict.fromkeys((a, b) for a, b in pairwise(bare) if a and b)
    row = tuple(filter(None, bare))
    if 2 < len(row) == len(bare) <= LONGEST_ROW:
        pairs[row] = None
    return (
        *(Term("grams", gram, GRAM) for gram in grams),
        *(Phrase("fold", pair, FOLD_PAIR) for pair in pairs),
        *_in_language(question.language),
    )


def _in_language(tag: str) -> tuple[Clause, ...]:
    """Records are in `zh` or in `zh-Hans`; readers, too."""
    if not tag:
        return ()
    tags = dict.fromkeys((tag, tag.partition("-")[0]))
    return (Constant(AnyOf(tuple(Term("lang", one) for one in tags)), LANGUAGE),)


def _as_name(question: Question) -> list[Clause]:
    """A short question in Latin letters as a person's name that is written in another way."""
    if not 2 <= len(question.words) <= MOST_ASKED or any(map(_not_latin, question.words)):
        return []
    asked = name_words(" ".join(chunk.text for chunk in question.chunks))
    if not 2 <= len(asked) <= MOST_ASKED:
        return []
    ways: list[Clause] = [Term("name", company, NAME) for company in asked_companies(asked)]
    ways += [AllOf(tuple(Term("name", word, NAME) for word in way)) for way in joinings(asked)]
    return ways


def _not_latin(word: str) -> bool:
    return fold(word) is None


def _identifiers(question: Question) -> list[Clause]:
    return [form for chunk in question.chunks for form in _identifier_forms(chunk.text)]


def _identifier_forms(text: str) -> list[Clause]:
    """The chunk as an identifier, as typed and without the resolver before it."""
    if len(text) < 5 or not any(character.isdigit() for character in text):
        return []
    forms = dict.fromkeys((text, _RESOLVERS.sub("", text, count=1)))
    return [Term("identifier", form, IDENTIFIER) for form in forms]
