"""From what was typed to what is asked of the engine, and to what a page says it understood."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import pairwise

from django.utils.translation import gettext, pgettext

from tonle.kernel import codes
from tonle.kernel.errors import N_
from tonle.search import query as query_module
from tonle.search.analysis import fold, normalise
from tonle.search.engine import (
    AllOf,
    AnyOf,
    Clause,
    Everything,
    Phrase,
    Prefix,
    Term,
    Within,
    Without,
)
from tonle.search.facets import access_named, facet_label, label
from tonle.search.labels import finder_of
from tonle.search.query import BODY, FOLD, IDENTIFIER, MAX_CHARACTERS, NAME, TITLE, Chunk, Question
from tonle.search.schema import IN_TITLE, YEAR
from tonle.search.syntax import Part, parse, without, years

# What may stand before a colon, in every language of the interface.
_ENGLISH: Mapping[str, str] = {
    "title": "title",
    "creator": "creator",
    "author": "creator",
    "by": "creator",
    "year": YEAR,
    "kind": "kind",
    "type": "kind",
    "lang": "lang",
    "language": "lang",
    "member": "member",
    "country": "member",
    "access": "access",
    "subject": "subject",
    "licence": "licence",
    "license": "licence",
    "format": "format",
    "organisation": "organisation",
    "organization": "organisation",
    "publisher": "publisher",
    "funder": "funder",
    "community": "community",
    "doi": "identifier",
    "id": "identifier",
}
_LABELS = {
    "title": N_("Title"),
    "creator": N_("Creator"),
    "identifier": N_("Identifier"),
}


def _names() -> Mapping[str, str]:
    """The words before a colon in English, and in the active language where it has its own."""
    own = {
        pgettext("one word, typed before a colon to search in the title", "title"): "title",
        pgettext("one word, typed before a colon to search by creator", "creator"): "creator",
        pgettext("one word, typed before a colon to search by year", "year"): YEAR,
        pgettext("one word, typed before a colon to search by kind of record", "kind"): "kind",
        pgettext("one word, typed before a colon to search by language", "language"): "lang",
        pgettext("one word, typed before a colon to search by country", "country"): "member",
        pgettext("one word, typed before a colon to search by subject", "subject"): "subject",
        pgettext("one word, typed before a colon to search by licence", "licence"): "licence",
        pgettext("one word, typed before a colon to search by funder", "funder"): "funder",
    }
    return {"".join(word.casefold().split()): field for word, field in own.items()} | dict(_ENGLISH)


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
    """

    typed: str
    words: Question
    must: tuple[Clause, ...]
    must_not: tuple[Clause, ...]
    marked: Question
    understood: tuple[Understood, ...]
    cut: bool

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
        return len(chunks) == 1 and "/" in chunks[0].text and any(map(str.isdigit, chunks[0].text))

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
    plain: list[str] = []
    marked: list[str] = []
    must: list[Clause] = []
    must_not: list[Clause] = []
    understood: list[Understood] = []
    for part in parse(bounded, _names()):
        made = _clause(part, language) if part.what != "words" or part.excluded else None
        if made is None:
            # What nobody can make sense of is text.
            text = bounded[part.start : part.end]
            plain.append(text)
            marked.append(text)
            continue
        clause, shown = made
        (must_not if part.excluded else must).append(clause)
        if not part.excluded and part.field in {"", "title", "creator"}:
            marked.append(part.text)
        understood.append(Understood(part, _label(part), shown, without(bounded, part)))
    words = query_module.read(" ".join(plain), language)
    return Asked(
        bounded,
        words,
        tuple(must),
        tuple(must_not),
        query_module.read(" ".join(marked)) if understood else words,
        tuple(understood),
        cut or words.cut,
    )


def of_texts(question: Question, texts: Iterable[str]) -> Question:
    """The question and other texts, as one whose words are all to be marked."""
    chunks = [chunk for text in texts for chunk in query_module.read(text).chunks]
    return replace(question, chunks=(*question.chunks, *chunks))


def _label(part: Part) -> str:
    if part.field:
        own = _LABELS.get(part.field)
        return gettext(own) if own else facet_label(part.field)
    if part.what == "beginning":
        return gettext("Begins with")
    return gettext("Exactly") if part.what == "phrase" else gettext("Word")


def _clause(part: Part, language: str) -> tuple[Clause, str] | None:
    """What a part asks for, and its text as a page shows it; None where it asks nothing."""
    if not part.field:
        clause = {"phrase": phrase, "beginning": begins}.get(part.what, _whole_text)(part.text)
        return (clause, part.text) if clause else None
    return _FIELDS[part.field](part, language)


# --- text ---------------------------------------------------------------------------


def phrase(text: str) -> Clause | None:
    """These words one after the other, as they are written; None without a letter or digit."""
    question = query_module.read(text)
    if not question.words and not any(chunk.runs for chunk in question.chunks):
        return None
    ways = [_row("title", question.words, TITLE), _row("body", question.words, BODY)]
    bare = [fold(word) for word in question.words]
    if bare == list(question.words):
        # Typed without marks: found with them.
        ways.append(_row("fold", tuple(filter(None, bare)), FOLD))
    if any(chunk.rows for chunk in question.chunks):
        # ICU may cut the same letters otherwise in a longer text.
        ways.append(AllOf(tuple(_as_letters(chunk) for chunk in question.chunks)))
    return AnyOf(tuple(ways))


def begins(text: str) -> Clause:
    """Words that begin so; of several, the last."""
    question = query_module.read(text)
    *before, last = question.words or ("",)
    if not last:
        return AnyOf(())
    ways: list[Clause] = [Prefix("title", last, TITLE), Prefix("body", last, BODY)]
    bare = fold(last)
    if bare:
        ways += [Prefix("fold", bare, FOLD), Prefix("name", bare, NAME)]
    # What is written without spaces is found within longer words as it stands.
    ways += [_letters("grams", run) for chunk in question.chunks[-1:] for run in chunk.rows]
    clause = AnyOf(tuple(ways))
    return AllOf((*(_word(word) for word in before), clause)) if before else clause


def _whole_text(text: str) -> Clause | None:
    question = query_module.read(text)
    said = any(chunk.words or chunk.runs for chunk in question.chunks)
    return query_module.every_word(question) if said else None


def _word(word: str) -> Clause:
    return AnyOf((Term("title", word, TITLE), Term("body", word, BODY)))


def _row(field: str, words: tuple[str, ...], boost: float) -> Clause:
    if not words:
        return AnyOf(())
    return Phrase(field, words, boost) if len(words) > 1 else Term(field, words[0], boost)


def _as_letters(chunk: Chunk) -> Clause:
    parts = [_letters("grams", run) for run in chunk.rows]
    beside = chunk.beside if chunk.rows else chunk.words
    return AllOf((*parts, *(_word(word) for word in beside)))


def _letters(field: str, run: tuple[str, ...]) -> Clause:
    """Letter clusters of an unspaced script in this order."""
    pairs = tuple(f"{a}|{b}" for a, b in pairwise(run))
    return _row(field, pairs, 1.0) if pairs else Prefix(field, f"{run[0]}|")


def _within(field: str, text: str) -> Clause | None:
    """All words of a text within a field that keeps words without marks and letter pairs."""
    parts: list[Clause] = []
    for chunk in query_module.read(text).chunks:
        parts += [_letters(field, run) for run in chunk.runs]
        parts += [Term(field, fold(word) or word) for word in chunk.beside]
    return AllOf(tuple(parts)) if parts else None


# --- fields -------------------------------------------------------------------------

Made = tuple[Clause, str] | None


def _title(part: Part, _language: str) -> Made:
    inside = _within(IN_TITLE, part.text)
    if inside is None:
        return None
    words = query_module.read(part.text).words
    if part.quoted and len(words) > 1:
        inside = AllOf((inside, AnyOf((_row("title", words, TITLE), _row_of_letters(part.text)))))
    return inside, part.text


def _row_of_letters(text: str) -> Clause:
    runs = [run for chunk in query_module.read(text).chunks for run in chunk.runs]
    return AllOf(tuple(_letters(IN_TITLE, run) for run in runs)) if runs else AnyOf(())


def _creator(part: Part, _language: str) -> Made:
    inside = _within("name", part.text)
    return (inside, part.text) if inside else None


def _year(part: Part, _language: str) -> Made:
    found = years(normalise(part.text))
    if found is None:
        return None
    low, high = found
    shown = str(low) if low == high else f"{'' if low is None else low}–{high or ''}"
    return Within(YEAR, low, high), shown


def _identifier(part: Part, _language: str) -> Made:
    asked = normalise(part.text)
    forms = dict.fromkeys((asked, _RESOLVER.sub("", asked, count=1)))
    return AnyOf(tuple(Term("identifier", form, IDENTIFIER) for form in forms)), part.text


_RESOLVER = re.compile(r"(?:https?://[a-z0-9.-]+/|doi:|hdl:)(?=\S)")


def _coded(find: Callable[[str, str], str]) -> Callable[[Part, str], Made]:
    """A field with codes: find(text, language) is the code meant, "" for none."""

    def made(part: Part, language: str) -> Made:
        code = find(part.text, language)
        return (Term(part.field, code), label(part.field, code, language)) if code else None

    return made


def _listed(name: str) -> Callable[[str, str], str]:
    def find(text: str, _language: str) -> str:
        found = codes.find(name, text)
        return found.code if found else ""

    return find


@cache
def _regions_names(code_list: str) -> Mapping[str, str]:
    """What the members' countries, or their languages, are called in each language of the region,
    in small letters, to the member's code or the language's."""
    found: dict[str, str] = {}
    tongues = ("en", *(tag for member in codes.members().values() for tag in _spoken(member)))
    for member in codes.members().values():
        meant = {member.data["country"]: member.code}
        if code_list == "languages":
            meant = {tag: tag.partition("-")[0] for tag in _spoken(member)}
        for code, result in meant.items():
            for tongue in tongues:
                found.setdefault(codes.label(code_list, code, tongue).casefold(), result)
    return found


def _spoken(member: codes.Code) -> Sequence[str]:
    spoken: Sequence[str] = member.data["languages"]
    return spoken


# Names that people go on using.
_OTHER_NAMES = {"burma": "MMR", "myanmar": "MMR", "kampuchea": "KHM", "yunnan": "CHN-YN"}


def _member(text: str, language: str) -> str:
    wanted = " ".join(text.split()).casefold()
    code = _listed("members")(text, language) or _OTHER_NAMES.get(wanted, "")
    return code or _regions_names("countries").get(wanted, "")


def _language(text: str, language: str) -> str:
    named = _regions_names("languages").get(" ".join(text.split()).casefold(), "")
    return _listed("languages")(text, language) or named


def _registered(facet: str) -> Callable[[str, str], str]:
    def find(text: str, language: str) -> str:
        finder = finder_of(facet)
        return finder(text, language) if finder else text

    return find


def _written(part: Part, _language: str) -> Made:
    """A field with whatever codes its sources write: however the words begin, in any case."""
    text = part.text
    forms = list(dict.fromkeys((text, text.lower(), text.capitalize(), text.title(), text.upper())))
    if part.field == "format":
        guessed, _ = mimetypes.guess_type(f"x.{text.lower()}")
        forms += [guessed] if guessed else []
    ways: Iterable[Clause] = (Term(part.field, form) for form in forms)
    if not part.quoted:
        ways = (Prefix(part.field, form) for form in forms)
    return AnyOf(tuple(ways)), text


def _licence(part: Part, language: str) -> Made:
    return _coded(_listed("licences"))(part, language) or _written(part, language)


_FIELDS: Mapping[str, Callable[[Part, str], Made]] = {
    "title": _title,
    "creator": _creator,
    YEAR: _year,
    "identifier": _identifier,
    "kind": _coded(_registered("kind")),
    "community": _coded(_registered("community")),
    "lang": _coded(_language),
    "member": _coded(_member),
    "access": _coded(lambda text, _language: access_named(text)),
    "licence": _licence,
    "subject": _written,
    "format": _written,
    "organisation": _written,
    "publisher": _written,
    "funder": _written,
}
