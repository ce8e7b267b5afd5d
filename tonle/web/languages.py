"""Which language a page is in, and how well each language is translated."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal, TypeVar
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest
from django.utils.translation import get_supported_language_variant, to_locale
from django.utils.translation.trans_real import parse_accept_lang_header

from tonle.web import writing

# Scripts as BCP 47 writes them; Django's own codes are lower case.
_TAGS = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}

Maker = Literal["source", "machine", "people"]


def tag(code: str) -> str:
    """Django's language code as a BCP 47 tag for `lang` attributes."""
    return _TAGS.get(code, code)


def supported(code: str) -> str | None:
    """The interface language nearest to a code (`km-KH` is `km`), or None."""
    try:
        return get_supported_language_variant(code.strip().lower())
    except (LookupError, ValueError):
        return None


def asked(request: HttpRequest) -> str:
    """`?ui=`. Who sends more fields than are read is told so by whoever wants one of them; the page
    that tells it must not fail over them itself."""
    try:
        return request.GET.get("ui", "")[:40]
    except TooManyFieldsSent:
        return ""


def choose(asked: str, remembered: str, accepted: str) -> str:
    """The language of a page: asked in the address, else remembered, else accepted, else English.

    asked: value of `?ui=`; remembered: the cookie; accepted: the Accept-Language header.
    Whatever a stranger sends, the answer is one of the node's languages.
    """
    for code in (asked, writing.split(remembered)[0]):
        if code and (found := supported(code)):
            return found
    for code, _quality in parse_accept_lang_header(accepted.lower()):
        if code == "*":
            break
        if found := supported(code):
            return found
    return settings.LANGUAGE_CODE


V = TypeVar("V", bound=Callable[..., object])


def lang_narrows(view: V) -> V:
    """Say that `lang` in the address of this page narrows what it lists to things in a language.

    On every other page it is the old name of `ui`, and the reader is sent there.
    """
    view.lang_narrows = True  # type: ignore[attr-defined] # Read in `is_old`.
    return view


def is_old(view: object, given: Mapping[str, str]) -> bool:
    """Whether an address names the page's language as it was named once. A `format` has its own:
    there, `lang` is that of a citation."""
    return "lang" in given and "format" not in given and not getattr(view, "lang_narrows", False)


def renamed(address: str) -> str:
    """An address with `ui` in the place of `lang`, unless it has one already."""
    path, _, query = address.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    named = any(name == "ui" for name, _ in pairs)
    kept = [
        ("ui" if name == "lang" else name, value)
        for name, value in pairs
        if name != "lang" or not named
    ]
    return f"{path}?{urlencode(kept)}" if kept else path


def reading(remembered: str, accepted: str) -> str:
    """What a page varies by beside its address: the language, and how the reader writes."""
    return choose("", remembered, accepted) + writing.split(remembered)[1].extension


@dataclass(frozen=True)
class Translation:
    """How one interface language came about.

    made_by: source (English, as written), machine, or people. translated, total: messages.
    """

    code: str
    name: str
    made_by: Maker
    translated: int
    total: int
    note: str

    @property
    def tag(self) -> str:
        return tag(self.code)


@cache
def translations() -> tuple[Translation, ...]:
    """Each interface language and the state of its translation, read once from the catalogues."""
    return tuple(_read(code, name) for code, name in settings.LANGUAGES)


def _read(code: str, name: str) -> Translation:
    if code == settings.LANGUAGE_CODE:
        return Translation(code, name, "source", 0, 0, "")
    for root in settings.LOCALE_PATHS:
        path = Path(root) / to_locale(code) / "LC_MESSAGES" / "django.po"
        if path.exists():
            text = path.read_text(encoding="utf-8")
            above = text.partition("msgid")[0].splitlines()
            header = [line.lstrip("# ") for line in above if line.startswith("#")]
            total, empty = len(_MESSAGES.findall(text)), len(_EMPTY.findall(text))
            return Translation(
                code,
                name,
                # The header of a catalogue says who made it; people who correct it say so there.
                "machine" if "by machine" in "\n".join(header).lower() else "people",
                total - empty,
                total,
                next((line for line in reversed(header) if line), ""),
            )
    return Translation(code, name, "machine", 0, 0, "")


# A catalogue as the tool of messages writes it. Reading it whole would keep the first reader of
# the page waiting for seconds.
_MESSAGES: Final = re.compile(r'^msgid (?!""\nmsgstr)', re.MULTILINE)
_EMPTY: Final = re.compile(r'^msgstr(?:\[0\])? ""\n(?!")', re.MULTILINE)
