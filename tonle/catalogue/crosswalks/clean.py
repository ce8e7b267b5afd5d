"""Text as others wrote it, made plain: no markup, no code for "missing", no e-mail address."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from html import unescape
from typing import Any, Final

from tonle.catalogue.crosswalks.common import Notes
from tonle.kernel import text as kernel_text
from tonle.kernel.codes import find
from tonle.kernel.errors import N_, Invalid

# Codes that DataCite gives for values that are not there.
# Source: DataCite Metadata Schema 4.7, appendix 3, "Standard values for unknown information".
MISSING: Final = frozenset(
    (":unac", ":unal", ":unap", ":unas", ":unav", ":unkn", ":none", ":null", ":tba", ":etal")
)

_TAGS: Final = (
    "a|abbr|address|article|aside|b|big|blockquote|body|br|caption|center|cite|code|col|colgroup|"
    "dd|del|dfn|div|dl|dt|em|figcaption|figure|font|footer|h[1-6]|head|header|hr|html|i|img|ins|"
    "italic|bold|kbd|label|li|link|list|list-item|main|mark|math|meta|nav|ol|p|pre|q|s|samp|script|"
    "sec|section|small|span|strike|strong|style|sub|sup|table|tbody|td|tfoot|th|thead|title|tr|tt|"
    "u|ul|underline|var|mi|mn|mo|mrow|msub|msup|msubsup|mfrac|msqrt|mover|munder|mtext|mspace|mfenced"
)
# Only names that HTML, JATS or MathML have: "p<0.05" and "text<the rest" are text.
# Attributes are bounded, so that a stray "<" cannot make the search long.
_TAG = re.compile(rf"<(/?)(?:[a-z]{{2,5}}:)?({_TAGS})(?:\s[^<>]{{0,4000}})?/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_BREAKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "list-item",
        "ol",
        "p",
        "pre",
        "sec",
        "section",
        "table",
        "title",
        "tr",
        "ul",
    ]
)
_HIDDEN = frozenset(("script", "style"))

_EMAIL = re.compile(r"(?:mailto:)?[\w.%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}")
# How far before an @ a web address may begin that it is a part of.
_LONGEST_WAY = 2000
EMAIL_REMOVED: Final = "[e-mail address removed]"

_SPACES = re.compile(r"[ \t\f\v\u00a0]+")
_BLANK_LINES = re.compile(r"\n{3,}")


def strip_markup(value: str) -> str:
    """Plain text from text that may hold HTML, once or twice escaped. Linear in its length."""
    # Twice escaped is common (Zenodo's oai_dc); three times has not been seen.
    for _ in range(3):
        if _TAG.search(value):
            value = _without_tags(value)
        elif not _ENTITY.search(value):
            break
        plain = unescape(value)
        if plain == value:
            break
        value = plain
    return value


def _without_tags(value: str) -> str:
    parts: list[str] = []
    at = 0
    hidden = ""
    for tag in _TAG.finditer(value):
        closing, name = tag.group(1), tag.group(2).lower()
        if not hidden:
            parts.append(value[at : tag.start()])
            if name in _BREAKS:
                parts.append("\n")
            elif name in ("td", "th"):
                parts.append(" ")
            if name in _HIDDEN and not closing:
                hidden = name
        elif closing and name == hidden:
            hidden = ""
        at = tag.end()
    if not hidden:
        parts.append(value[at:])
    return "".join(parts)


def without_email(value: str) -> str:
    """The text with every e-mail address replaced by a remark."""
    return _EMAIL.sub(_instead, value) if "@" in value else value


def _instead(found: re.Match[str]) -> str:
    """What stands in place of it: itself, where it is a repository's login or part of an address.

    "git@host.org" names no person, nor does the end of "https://host.org/library@1.2.3"; that of
    "ask Sok/Dara@host.org" does.
    """
    way = found.string[max(0, found.start() - _LONGEST_WAY) : found.start()]
    if found[0].startswith("git@") or (way.endswith("/") and ":" in way.split()[-1]):
        return found[0]
    return EMAIL_REMOVED


def is_missing(value: str) -> bool:
    """Whether the text is, or begins with, one of DataCite's codes for a missing value."""
    head = value.strip().lower().split(" ", 1)[0].strip("()")
    return head in MISSING


class Cleaner:
    """Cleans the values of one record and writes down what it did."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes

    def line(self, value: Any, where: str, limit: int = 2000) -> str:
        """One line of plain text; "" when there is nothing to keep."""
        return " ".join(self._plain(value, where, limit).split())

    def prose(self, value: Any, where: str, limit: int = 200_000) -> str:
        """Plain text that may have lines and paragraphs; "" when there is nothing to keep."""
        plain = self._plain(value, where, limit).replace("\r\n", "\n").replace("\r", "\n")
        lines = (_SPACES.sub(" ", line).strip() for line in plain.split("\n"))
        return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()

    def code(self, value: Any, where: str, limit: int = 2000) -> str:
        """An address, number or name of a thing: no markup is looked for; "" when missing.

        A value with white space inside stays as it is, one that is too long is left out.
        """
        plain = "".join(c for c in as_text(value) if c >= " " or c in "\t\n").strip()
        if not plain:
            return ""
        if is_missing(plain):
            self.notes.warn(where, N_("%(value)s stands for a missing value; it was left out."),
                            value=plain)  # fmt: skip
            return ""
        if len(plain) > limit:
            self.notes.warn(where, N_("The value is too long; it was left out."))
            return ""
        return self._no_email(" ".join(plain.split()), where)

    def _plain(self, value: Any, where: str, limit: int) -> str:
        given = as_text(value)
        if not given.strip():
            return ""
        if is_missing(given) and len(given) < 100:
            self.notes.warn(
                where,
                N_("%(value)s stands for a missing value; it was left out."),
                value=given.strip(),
            )
            return ""
        plain = strip_markup(given)
        if plain != given and _TAG.search(unescape(given)):
            self.notes.warn(where, N_("HTML was turned into plain text."))
        # Cut before settling the letters, which costs time: nobody wrote this much in one field.
        plain = self._no_email(plain, where)
        if len(plain) > limit:
            self.notes.warn(where, N_("The text was cut to %(limit)s characters."), limit=limit)
            plain = plain[: limit - 1].rstrip() + "…"
        # What is settled can be an address that was none before (a NUL stood in it), and one letter
        # can become two, so that the bound is looked at once more.
        return self._no_email(kernel_text.normalise(plain), where)[:limit]

    def _no_email(self, value: str, where: str) -> str:
        clean = without_email(value)
        if clean != value:
            self.notes.warn(where, N_("An e-mail address was removed."))
        return clean

    def language(self, value: Any, where: str) -> str:
        """A BCP 47 tag; "und" when none is given or the one given is no language."""
        given = as_text(value).strip()
        if not given:
            return "und"
        tag = language_tag(given)
        if tag is None:
            self.notes.warn(
                where, N_("%(value)s is not a language; it was left out."), value=given[:80]
            )
            return "und"
        return tag

    def bounded(self, items: list[Any], limit: int, where: str) -> list[Any]:
        """The first items, where a source has more than a record may hold."""
        if len(items) > limit:
            self.notes.warn(where, N_("Only the first %(limit)s were kept."), limit=limit)
        return items[:limit]


def as_text(value: Any) -> str:
    """A scalar as text; "" for everything that is not one value."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int):
        # Python refuses to print integers of thousands of digits; no metadata needs them.
        return str(value) if abs(value) < 10**30 else ""
    if isinstance(value, float):
        return repr(value)
    return ""


def as_list(value: Any) -> list[Any]:
    """A list as it is, one value as a list of one, nothing as an empty list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def as_map(value: Any) -> dict[str, Any]:
    """A mapping as it is, else an empty one."""
    return value if isinstance(value, dict) else {}


def first(mapping: dict[str, Any], *names: str) -> Any:
    """The first value that is there under one of the names."""
    return next((mapping[n] for n in names if mapping.get(n) not in (None, "", [], {})), None)


def unique(values: Iterable[Any]) -> list[Any]:
    """Without repetition, in order. Values may be unhashable."""
    seen: set[str] = set()
    kept = []
    for value in values:
        mark = repr(value)
        if mark not in seen:
            seen.add(mark)
            kept.append(value)
    return kept


# ---- languages ----------------------------------------------------------------------------


def language_tag(value: str) -> str | None:
    """The BCP 47 tag that a source means: "eng", "en_US", "GER" and "English" are known."""
    # No tag is as long; and what is remembered below must not be anybody's to fill.
    return _language_tag(value) if len(value) <= 100 else None


# A source names a dozen languages, ten times a record.
@lru_cache(maxsize=1000)
def _language_tag(value: str) -> str | None:
    head = value.strip().replace("_", "-").partition("-")[0]
    # Four to eight letters are allowed by the grammar and used by nobody: "other", "english".
    if not 2 <= len(head) <= 3:
        named = find("languages", value) if len(value) < 60 else None
        return named.code if named is not None else None
    try:
        tag = kernel_text.language_tag(value)
    except Invalid:
        return None
    return None if tag.partition("-")[0] in ("und", "mul", "zxx", "mis") else tag


# ---- dates and numbers ---------------------------------------------------------------------

_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z", re.ASCII)
_INSTANT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?\Z",
    re.ASCII,
)


def _point_in_time(value: str) -> bool:
    if found := _INSTANT.match(value):
        value = found.group(1)
    if not (found := _DAY.match(value)):
        return False
    year, month, day = (int(part) if part else 1 for part in found.groups())
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def partial_date(value: str) -> str | None:
    """A date, a year, a month, an instant or an interval of them (one end may be open).

    Source: W3C note "Date and Time Formats"; DataCite 4.7 property 8, RKMS-ISO8601.
    """
    value = value.strip()
    if len(value) > 80:
        return None
    start, slash, end = (part.strip() for part in value.partition("/"))
    if not slash:
        return value if _point_in_time(value) else None
    if not start and not end:
        return None
    for part in (start, end):
        if part not in ("", "..") and not _point_in_time(part):
            return None
    return f"{start}/{end}"


def year(value: str) -> int | None:
    """A year from 1000 to 2999, from text that is a year or begins with one as a date does."""
    found = re.match(r"\s*(\d{4})(?=\s*\Z|-\d{2})", value, re.ASCII)
    if not found:
        return None
    number = int(found.group(1))
    return number if 1000 <= number <= 2999 else None


def coordinate(value: Any, limit: int) -> str | None:
    """Decimal degrees within ±limit as a decimal string of at most 15 places; else None."""
    try:
        number = Decimal(as_text(value).strip())
        if not number.is_finite() or not -limit <= number <= limit:
            return None
    except ArithmeticError:
        return None
    # A quantum beyond 15 places would not pass the schema, and 10⁻¹⁵ degrees is an atom.
    plain = f"{number:.15f}".rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain
