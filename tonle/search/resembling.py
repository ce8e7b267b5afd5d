"""Things that resemble one: those that share its rarest words."""

from __future__ import annotations

from collections.abc import Iterable

from tonle.search.analysis import fold, normalise, words
from tonle.search.documents import Hit
from tonle.search.engine import AnyOf, BestOf, Clause, Reader, Term, Without

# A thing is told by so many of its words; another is like it that has this share of them.
WORDS = 12
SHARE = 4
# Words of it that are looked up, and characters of the texts they are taken from.
LOOKED_UP = 60
CHARACTERS = 1_500
# A word in more than this share of all things tells nothing.
COMMON = 0.05
LEAST_LETTERS = 2


def resembling(reader: Reader, key: str, hit: Hit | None) -> Clause:
    """What finds things like the one of this key, without itself. None is like what is not there.

    hit: the thing as it may be shown now. Its titles, summary and subjects in all languages tell
    what it is about; of their words the rarest that others have too. Some sixty looks into the
    engine's dictionary, which take less than a millisecond.
    """
    if hit is None:
        return AnyOf(())
    most = max(2.0, reader.documents() * COMMON)
    counted = {
        word: reader.frequency("title", word) + reader.frequency("body", word)
        for word in list(dict.fromkeys(_words(hit)))[:LOOKED_UP]
    }
    telling = sorted((count, word) for word, count in counted.items() if 1 < count <= most)
    if not telling:
        telling = sorted((count, word) for word, count in counted.items() if count > 1)
    parts = tuple(_word(word) for _, word in telling[:WORDS])
    if not parts:
        return AnyOf(())
    return Without(AnyOf(parts, max(1, len(parts) // SHARE)), (Term("key", key),))


def _words(hit: Hit) -> Iterable[str]:
    texts = [hit.title[1], *hit.other_titles.values(), *hit.summary.values()]
    texts += [text for _, other in hit.elsewhere() for text in other.values()]
    left = CHARACTERS
    for text in texts:
        for token in words(normalise(text[:left])):
            if len(token.text) >= LEAST_LETTERS and not token.text.isdigit():
                yield token.text
        left -= len(text)
        if left <= 0:
            return


def _word(word: str) -> Clause:
    forms: tuple[Clause, ...] = (Term("title", word, 2.0), Term("body", word))
    bare = fold(word)
    return BestOf((*forms, Term("fold", bare, 0.5)) if bare else forms)
