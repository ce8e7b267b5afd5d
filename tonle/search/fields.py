"""The fields of a question: their words in every language, and what each asks of the engine."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language, gettext, pgettext

from tonle.kernel import codes
from tonle.kernel.errors import N_
from tonle.search import query as query_module
from tonle.search.analysis import normalise
from tonle.search.clauses import letters, row, within
from tonle.search.engine import AllOf, AnyOf, Clause, Prefix, Term, Within
from tonle.search.facets import access_named, facet_label, label, span_label
from tonle.search.labels import finder_of
from tonle.search.query import IDENTIFIER, TITLE
from tonle.search.schema import COVERS, IN_TITLE, YEAR
from tonle.search.spans import asked as codes_of_span
from tonle.search.syntax import Part, key, years

# A clause, and the value as a page shows it; None where the field has no such value.
Made = tuple[Clause, str] | None

# What may stand before a colon, in every language of the interface.
_ENGLISH: Mapping[str, str] = {
    "title": "title",
    "creator": "creator",
    "author": "creator",
    "by": "creator",
    "year": YEAR,
    "covers": COVERS,
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


def _own() -> Mapping[str, str]:
    """The words before a colon in the active language."""
    return {
        pgettext("one word, typed before a colon to search in the title", "title"): "title",
        pgettext("one word, typed before a colon to search by creator", "creator"): "creator",
        pgettext("one word, typed before a colon to search by year", "year"): YEAR,
        pgettext("one word, typed before a colon to search by the years of data", "covers"): COVERS,
        pgettext("one word, typed before a colon to search by kind of record", "kind"): "kind",
        pgettext("one word, typed before a colon to search by language", "language"): "lang",
        pgettext("one word, typed before a colon to search by country", "country"): "member",
        pgettext("one word, typed before a colon to search by subject", "subject"): "subject",
        pgettext("one word, typed before a colon to search by licence", "licence"): "licence",
        pgettext("one word, typed before a colon to search by funder", "funder"): "funder",
    }


def names() -> Mapping[str, str]:
    """The words before a colon in every language of the interface, so that a question means the
    same to whoever is sent it, and to the clock that asks it again."""
    found: dict[str, str] = {}
    active = get_language() or settings.LANGUAGE_CODE
    for code in dict.fromkeys((active, *(code for code, _ in settings.LANGUAGES))):
        with translation.override(code):
            for word, field in _own().items():
                found.setdefault("".join(key(word).split()), field)
    return {**found, **_ENGLISH}


def own_words() -> Mapping[str, str]:
    """Field to how the active language calls it before a colon."""
    return {field: "".join(word.split()) for word, field in _own().items()}


def clause(part: Part, language: str) -> Made:
    """What a field with its value asks for. language: of the reader (BCP 47)."""
    return _FIELDS[part.field](part, language)


def field_label(field: str) -> str:
    """What a field is called, in the active language."""
    own = _LABELS.get(field)
    return gettext(own) if own else facet_label(field)


# --- what each asks -----------------------------------------------------------------


def _title(part: Part, _language: str) -> Made:
    inside = within(IN_TITLE, part.text)
    if inside is None:
        return None
    words = query_module.read(part.text).words
    if part.quoted and len(words) > 1:
        inside = AllOf((inside, AnyOf((row("title", words, TITLE), _row_of_letters(part.text)))))
    return inside, part.text


def _row_of_letters(text: str) -> Clause:
    runs = [run for chunk in query_module.read(text).chunks for run in chunk.runs]
    return AllOf(tuple(letters(IN_TITLE, run) for run in runs)) if runs else AnyOf(())


def _creator(part: Part, _language: str) -> Made:
    inside = within("name", part.text)
    return (inside, part.text) if inside else None


def _year(part: Part, _language: str) -> Made:
    found = years(normalise(part.text))
    if found is None:
        return None
    low, high = found
    return Within(YEAR, low, high), span_label(low, high)


def _covers(part: Part, _language: str) -> Made:
    span = years(normalise(part.text), signed=True)
    if span is None:
        return None
    return AnyOf(tuple(Term(COVERS, code) for code in codes_of_span(*span))), span_label(*span)


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
            meant = {tag: tag.partition("-")[0] for tag in ("en", *_spoken(member))}
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


def _in_any_language(find: Callable[[str, str], str]) -> Callable[[str, str], str]:
    """Names in every language of the interface, the active one first."""

    def found(text: str, language: str) -> str:
        active = get_language() or settings.LANGUAGE_CODE
        for code in dict.fromkeys((active, *(code for code, _ in settings.LANGUAGES))):
            with translation.override(code):
                if meant := find(text, language):
                    return meant
        return ""

    return found


def _licence(part: Part, language: str) -> Made:
    return _coded(_listed("licences"))(part, language) or _written(part, language)


_FIELDS: Mapping[str, Callable[[Part, str], Made]] = {
    "title": _title,
    "creator": _creator,
    YEAR: _year,
    COVERS: _covers,
    "identifier": _identifier,
    "kind": _coded(_in_any_language(_registered("kind"))),
    "community": _coded(_registered("community")),
    "lang": _coded(_language),
    "member": _coded(_member),
    "access": _coded(_in_any_language(lambda text, _language: access_named(text))),
    "licence": _licence,
    "subject": _written,
    "format": _written,
    "organisation": _written,
    "publisher": _written,
    "funder": _written,
}
