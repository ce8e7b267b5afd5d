"""What of a document a model reads, and which languages it is found under. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Final

from tonle.kernel.text import LanguageMap, normalise
from tonle.search.documents import Document
from tonle.search.terms.tables import LANGUAGES

# A vector holds the gist. What comes later in a long description changes it little, and time
# grows with length: so many characters are read, some 250 to 350 pieces for the model.
LONGEST_TEXT: Final = 1_000
# Of a question; beyond it, embedding would be what a reader waits for.
LONGEST_QUESTION: Final = 160

# Bits of the languages, in the order of LANGUAGES; the last is any other, or none said.
_OTHER: Final = 1 << len(LANGUAGES)
ANY: Final = (_OTHER << 1) - 1

_SCRIPTS: Final = (
    (re.compile("[\u1780-\u17ff]"), "km"),
    (re.compile("[\u0e80-\u0eff]"), "lo"),
    (re.compile("[\u1000-\u109f]"), "my"),
    (re.compile("[\u0e00-\u0e7f]"), "th"),
    (re.compile("[\u3400-\u9fff]"), "zh"),
    (re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"), ""),
)
_VIETNAMESE: Final = re.compile("[ăđơư\u1ea0-\u1ef9]", re.IGNORECASE)


def text_of(document: Document) -> str:
    """Its titles in every language, then its descriptions, each in one language: the English
    where there is one, which the models know best. "" where there is nothing to read."""
    said: list[str] = []
    length = 0
    for text in dict.fromkeys(_texts(document)):
        said.append(text)
        length += len(text) + 1
        if length >= LONGEST_TEXT:
            break
    return normalise("\n".join(said)[:LONGEST_TEXT])


def _texts(document: Document) -> Iterator[str]:
    yield from document.titles.values()
    for texts in document.texts:
        if texts:
            yield _one(texts)


def _one(texts: LanguageMap) -> str:
    return texts.get("en") or next(iter(texts.values()))


def question_text(typed: str) -> str:
    """A question as a model reads it: its beginning, cut where a word ends if there is space."""
    text = " ".join(normalise(typed).split())
    if len(text) <= LONGEST_QUESTION:
        return text
    head = text[: LONGEST_QUESTION + 1]
    return head.rpartition(" ")[0] or head[:LONGEST_QUESTION]


def digest(text: str) -> bytes:
    """Sixteen bytes by which a text is known again."""
    return blake2b(text.encode("utf-8", "ignore"), digest_size=16).digest()


def languages_mask(tags: Iterable[str]) -> int:
    """One bit for each language; of none at all, the bit of any other."""
    mask = 0
    for tag in tags:
        code = tag.partition("-")[0].lower()
        mask |= 1 << LANGUAGES.index(code) if code in LANGUAGES else _OTHER
    return mask or _OTHER


def tongue_of(text: str, language: str) -> str:
    """The language that a question is most likely in, by its letters and, where they are Latin,
    by the reader's language."""
    letters = Counter({tag: len(script.findall(text)) for script, tag in _SCRIPTS})
    tag, number = letters.most_common(1)[0]
    if tag and number:
        return tag
    return "vi" if _VIETNAMESE.search(text) or language == "vi" else "en"


def masks(tongue: str, narrowed: Iterable[str]) -> tuple[int, int] | None:
    """(of, without): the languages a thing must have one of, and those it must not have.

    What is looked for is in another language than the question; where the reader has narrowed to
    languages, in one of those. None where nothing can be.
    """
    own = languages_mask([tongue])
    narrowed = tuple(narrowed)
    if not narrowed:
        return ANY & ~own, own
    of = languages_mask(narrowed) & ~own
    return (of, 0) if of else None
