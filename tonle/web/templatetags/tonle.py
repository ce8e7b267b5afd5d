"""Tags and filters of every page: text in the reader's language, numbers, dates, sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.utils.translation import get_language, gettext

from tonle.infra import days
from tonle.infra.i18n import say
from tonle.kernel import codes, identifiers
from tonle.kernel.sentences import Sentence
from tonle.kernel.text import UNDETERMINED, choose
from tonle.web import assets, documents, formats, labels, languages, licences

register = template.Library()


def _reader() -> str:
    """The language the page is being made in, as a BCP 47 tag."""
    return languages.tag(get_language() or settings.LANGUAGE_CODE)


@register.simple_tag
def asset(name: str) -> str:
    """The address of a static file, with its digest."""
    return assets.url(name)


@register.inclusion_tag("web/components/langtext.html")
def langtext(
    value: Mapping[str, str] | str, note: bool = True, made: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Text of a language map, marked with its language, and said when it is not the reader's.

    made: {bcp47: "node" | "machine"}, the languages whose text is not the source's.
    """
    reader = _reader()
    tag, text = (UNDETERMINED, value) if isinstance(value, str) else choose(value or {}, [reader])
    other = tag != UNDETERMINED and tag.split("-")[0] != reader.split("-")[0]
    return {
        "text": text,
        "tag": tag,
        "other": other,
        "note": note,
        "language": formats.language_name(tag, reader) if other and note else "",
        "made_by": (made or {}).get(tag, ""),
    }


@register.inclusion_tag("web/components/langprose.html")
def langprose(value: Mapping[str, str], made: Mapping[str, str] | None = None) -> dict[str, Any]:
    """As langtext, for text of several paragraphs."""
    return langtext(value, True, made)


@register.filter
def said(what: Any) -> str:
    """What a context says, in the reader's language: a message, a sentence, a refusal, a finding.

    A name or an address, which is no message, stays as it is.
    """
    if isinstance(what, Sentence):
        return say(what)
    if isinstance(what, str):
        return gettext(what) if what else ""
    return say(what.message, getattr(what, "data", {}))


@register.filter
def in_reader_language(value: Mapping[str, str] | str | None) -> str:
    """The text alone, for places that hold no markup (`<title>`, attributes)."""
    if not value:
        return ""
    return value if isinstance(value, str) else choose(value, [_reader()])[1]


@register.filter
def other_languages(value: Mapping[str, str] | None) -> list[dict[str, str]]:
    """The texts of a language map that `langtext` does not show: tag, name, text."""
    if not value:
        return []
    reader = _reader()
    shown, _text = choose(value, [reader])
    return [
        {"tag": tag, "name": formats.language_name(tag, reader), "text": text}
        for tag, text in value.items()
        if tag != shown
    ]


@register.filter
def translated_titles(record: Mapping[str, Any]) -> dict[str, str]:
    """{bcp47: "node" | "machine"} of the titles that are not the source's own.

    `translations` flags a language as a whole, although often only the description is ours:
    a title in a language of the thing itself is the thing's own.
    """
    own = {tag.split("-")[0] for tag in record.get("languages", ())}
    return {
        tag: made
        for tag, made in record.get("translations", {}).items()
        if tag.split("-")[0] not in own
    }


@register.filter
def other_names(names: Mapping[str, str] | None, shown: str) -> list[dict[str, str]]:
    """The names of a person or body in other scripts than the one shown: tag, text."""
    return [{"tag": tag, "text": text} for tag, text in (names or {}).items() if text != shown]


@register.filter
def language_name(tag: str) -> str:
    """The name of a language in the reader's language."""
    return formats.language_name(tag, _reader())


@register.filter
def written(text: str) -> str:
    """A free text of a record, in the reader's language where the node itself wrote it."""
    return labels.written(text)


@register.filter
def number(value: int | float | None) -> str:
    """A number as the reader writes it; nothing for None, never 0."""
    return "" if value is None else formats.number(value, _reader())


@register.filter
def filesize(size_bytes: int) -> str:
    """A size in bytes as people read it."""
    return formats.size(size_bytes, _reader())


@register.filter
def day(value: date | datetime | str) -> str:
    """A date, partial date or interval in words; of a moment, the day that the node has then."""
    shown = days.day_of(value) if isinstance(value, datetime) else value
    return formats.day(shown, _reader()) if shown else ""


@register.filter
def year(value: int | str | None) -> str:
    """A year as the reader counts it; what is no year stays as it is."""
    return formats.day(str(value), _reader()) if value else ""


@register.filter
def day_in_year(value: date) -> str:
    """A day without its year, where the page says the year."""
    return formats.day_in_year(value, _reader())


@register.filter
def instant(value: datetime) -> str:
    """A moment to the minute, as the node's people have it on their clocks."""
    return formats.instant(value, _reader(), days.zone()) if value else ""


@register.filter
def digits(value: object) -> str:
    """ASCII digits in the reader's script."""
    return formats.local_digits(str(value), _reader())


@register.filter
def words(key: str) -> str:
    """A key of a document as words: `awardNumber` and `award_number` are `Award number`."""
    spaced = "".join(f" {c.lower()}" if c.isupper() else c for c in str(key).replace("_", " "))
    text = " ".join(spaced.split())
    return text[:1].upper() + text[1:]


@register.filter
def resolver(identifier: Mapping[str, str]) -> str:
    """The public address of a {scheme, value}, or "" where nobody resolves the scheme."""
    scheme, value = identifier.get("scheme", ""), identifier.get("value", "")
    if scheme == "tonle":
        return f"/records/{value}"
    found = identifiers.resolver_url(scheme, value) if scheme and value else None
    # Only addresses a browser may follow: a `javascript:` in received metadata stays text.
    return found if found and found.startswith(("https://", "http://")) else ""


@register.filter
def scheme_label(scheme: str) -> str:
    """An identifier scheme as its owners write it."""
    known = identifiers.SCHEMES.get(scheme.lower())
    return known.label if known else scheme


@register.filter
def code(value: str, list_name: str) -> str:
    """The reader's word for a code of a code list; the code's own words where there is none."""
    found = codes.label(list_name, value, _reader())
    return words(value) if found == value else found


@register.filter
def said_code(value: str, key: str) -> str:
    """A text of a document as it stands, or the reader's word for it where it is a code."""
    return labels.said_code(value, key, _reader())


@register.filter
def code_url(identifier: str) -> str:
    """The address of a licence's text by its SPDX identifier, or ""."""
    return codes.licence_url(identifier) or ""


@register.filter
def in_plain_words(identifier: str) -> str:
    """What a licence allows, in a sentence; "" where that is not known."""
    message = licences.in_plain_words(identifier)
    return gettext(message) if message else ""


@register.filter
def label(key: str) -> str:
    """The reader's words for a field of a document, else the key as words."""
    message = labels.message_of(key)
    return gettext(message) if message else words(key)


@register.filter
def facts(document: Mapping[str, Any] | None) -> list[tuple[str, documents.Shown]]:
    """The fields of any document as rows: (key, how to show it)."""
    return documents.facts(document) if document else []


@register.filter
def beside(row: Sequence[Any], columns: Sequence[str]) -> list[tuple[str, Any]]:
    """The cells of a row, each with the name of its column."""
    return list(zip(columns, row, strict=False))


@register.filter
def safe_link(address: str) -> str:
    """An address a browser may follow, or "": received metadata is not to be trusted."""
    return address if address.startswith(("https://", "http://")) else ""


@register.filter
def lookup(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """mapping[key], "" where it, or the mapping itself, is not there."""
    return mapping.get(key, "") if mapping else ""
