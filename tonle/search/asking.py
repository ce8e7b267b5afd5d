"""From what was typed to what is asked of the engine, and to what a page says it understood."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from django.utils.translation import gettext

from tonle.search import fields
from tonle.search import query as query_module
from tonle.search.analysis import normalise
from tonle.search.clauses import begins, phrase, whole_text
from tonle.search.engine import AllOf, AnyOf, Clause, Everything, Without
from tonle.search.query import MAX_CHARACTERS, Chunk, Question
from tonle.search.syntax import COLONS, Part, Slip, parse, slips, without


@dataclass(frozen=True, slots=True)
class Understood:
    """A part with a sign, as a page names it. label: of the field, or of what the sign means.

    rest: what was typed without it.
    """

    part: Part
    label: str
    text: str
    rest: str

    @property
    def said(self) -> str:
        """In the active language."""
        values = {"what": self.label, "value": self.text}
        if not self.part.excluded:
            return gettext("%(what)s: %(value)s") % values
        if not self.part.field:
            return gettext("without “%(value)s”") % values
        return gettext("not with %(what)s: %(value)s") % values


@dataclass(frozen=True)
class Asked:
    """A whole question. typed: as given, cut to its bound. words: those without any sign.

    must, must_not: what the signs ask. marked: all words that a result is there for.
    slips: what looks like a sign and was taken for text.
    """

    typed: str
    words: Question
    must: tuple[Clause, ...]
    must_not: tuple[Clause, ...]
    marked: Question
    understood: tuple[Understood, ...]
    cut: bool
    slips: tuple[Slip, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.typed)

    @cached_property
    def scores(self) -> bool:
        """Whether there is anything by which one result suits better than another."""
        return bool(self.marked)

    @cached_property
    def is_empty(self) -> bool:
        """Something was typed, and there is no letter or digit in it."""
        said = any(chunk.words or chunk.runs for chunk in self.words.chunks)
        return bool(self.words) and not said and not self.must and not self.must_not

    @property
    def names_one_thing(self) -> bool:
        """Whether all that was typed is one address or identifier, such as a DOI: what has only
        parts of it is something else."""
        chunks = self.words.chunks
        return len(chunks) == 1 and bool(_NAME_OF_ONE.match(chunks[0].text))

    @property
    def word_at_the_end(self) -> str:
        """The plain word that somebody is typing, "" where a sign or a space stands last."""
        chunks = self.words.chunks
        last = chunks[-1].words[-1:] if chunks else ()
        ends = bool(last) and normalise(self.typed).endswith(last[0])
        return last[0] if ends else ""

    def every_word(self) -> Clause:
        """All that was asked for."""
        return self._with_signs(query_module.every_word(self.words))

    def any_word(self) -> Clause:
        """Some of the plain words, and all that has a sign."""
        return self._with_signs(query_module.any_word(self.words))

    def with_beginning(self) -> Clause:
        """All that was asked for, the last plain word as the beginning of one: somebody types."""
        chunks = self.words.chunks
        last = chunks[-1].text if chunks else ""
        before = query_module.read(" ".join(chunk.text for chunk in chunks[:-1]))
        clause = AnyOf(
            (
                query_module.every_word(self.words),
                AllOf((query_module.every_word(before), begins(last))),
            )
        )
        return self._with_signs(clause if last else Everything())

    def instead(self, clause: Clause) -> Clause:
        """Another clause in the place of the plain words, under the same signs."""
        return self._with_signs(clause)

    def narrowed_to(self, clause: Clause) -> Asked:
        """The same question, of what matches the clause too."""
        return replace(self, must=(*self.must, clause))

    def _with_signs(self, clause: Clause) -> Clause:
        clause = AllOf((clause, *self.must)) if self.must else clause
        return Without(clause, self.must_not) if self.must_not else clause


def read(typed: str, language: str) -> Asked:
    """Read a question. Total; "" asks for everything. language: of the reader, whose names of
    kinds and languages are understood beside the English ones."""
    cut = len(typed.strip()) > MAX_CHARACTERS
    bounded = " ".join(typed[: MAX_CHARACTERS + 1].split())[:MAX_CHARACTERS]
    # Without a colon nobody names a field.
    names = fields.names() if _COLON.search(bounded) else {}
    parts = parse(bounded, names)
    wrong = list(slips(bounded, parts, names))
    plain: list[str] = []
    marked: list[str] = []
    must: list[Clause] = []
    must_not: list[Clause] = []
    understood: list[Understood] = []
    for part in parts:
        made = _clause(part, language) if part.what != "words" or part.excluded else None
        wrong += [_unread(one) for one in (part, *part.among) if _says_nothing(one, language)]
        if made is None:
            # What nobody can make sense of is text.
            text = bounded[part.start : part.end]
            plain.append(text)
            marked.append(text)
            continue
        clause, shown = made
        (must_not if part.excluded else must).append(clause)
        marked += [] if part.excluded else _said_in(part)
        understood.append(Understood(part, _label(part), shown, without(bounded, parts, part)))
    words = query_module.read(" ".join(plain), language)
    return Asked(
        bounded,
        words,
        tuple(must),
        tuple(must_not),
        query_module.read(" ".join(marked)) if understood else words,
        tuple(understood),
        cut or words.cut,
        tuple(wrong),
    )


_NAME_OF_ONE = re.compile(r"(?:https?://|doi:|hdl:|ark:)\S*\d|10\.\d{4,9}/\S")
_COLON = re.compile(f"[{COLONS}]")


def _said_in(part: Part) -> Iterable[str]:
    """The words of a part that a result is there for."""
    if part.among:
        return [text for one in part.among for text in _said_in(one)]
    return [part.text] if part.field in {"", "title", "creator"} else []


def _says_nothing(part: Part, language: str) -> bool:
    return bool(part.field) and fields.clause(part, language) is None


def _unread(part: Part) -> Slip:
    return Slip("value", part.text, part.field)


def of_texts(question: Question, texts: Iterable[str]) -> Question:
    """The question and other texts, as one whose words are all to be marked."""
    chunks = [chunk for text in texts for chunk in _chunks(text)]
    return replace(question, chunks=(*question.chunks, *chunks))


@lru_cache(maxsize=4_096)
def _chunks(text: str) -> tuple[Chunk, ...]:
    """Of a word that a table has: the same ones are said in the place of many questions."""
    return query_module.read(text).chunks


def _label(part: Part) -> str:
    if part.field:
        return fields.field_label(part.field)
    if part.among:
        return gettext("Any of these")
    if part.what == "beginning":
        return gettext("Begins with")
    return gettext("Exactly") if part.what == "phrase" else gettext("Word")


def _clause(part: Part, language: str) -> fields.Made:
    """What a part asks for, and its text as a page shows it; None where it asks nothing."""
    if part.among:
        return _either(part, language)
    if not part.field:
        clause = {"phrase": phrase, "beginning": begins}.get(part.what, whole_text)(part.text)
        return (clause, part.text) if clause else None
    return fields.clause(part, language)


def _either(part: Part, language: str) -> fields.Made:
    """One of several; a field that says nothing is looked for as text."""
    ways = [(one, _clause(one, language)) for one in part.among]
    made = [
        found or ((clause, one.text) if (clause := whole_text(one.text)) else None)
        for one, found in ways
    ]
    said = [one for one in made if one]
    if not said:
        return None
    return AnyOf(tuple(clause for clause, _ in said)), " · ".join(text for _, text in said)
