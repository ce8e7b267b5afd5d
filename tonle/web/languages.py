"""Which language a page is in, and how well each language is translated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from django.conf import settings
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

if TYPE_CHECKING:
    from babel.messages.catalog import Message

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


def choose(asked: str, remembered: str, accepted: str) -> str:
    """The language of a page: asked in the address, else remembered, else accepted, else English.

    asked: value of `?lang=`; remembered: the cookie; accepted: the Accept-Language header.
    Whatever a stranger sends, the answer is one of the node's languages.
    """
    for code in (asked, remembered):
        if code and (found := supported(code)):
            return found
    for code, _quality in parse_accept_lang_header(accepted.lower()):
        if code == "*":
            break
        if found := supported(code):
            return found
    return settings.LANGUAGE_CODE


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
    folder = tag(code).replace("-", "_")
    for root in settings.LOCALE_PATHS:
        path = Path(root) / folder / "LC_MESSAGES" / "django.po"
        if path.exists():
            # Imported here: read once, by whoever first opens the page of languages.
            from babel.messages.pofile import read_po

            with path.open("rb") as file:
                catalogue = read_po(file)
            entries = [message for message in catalogue if message.id]
            lines = (line.lstrip("# ") for line in catalogue.header_comment.splitlines())
            header = "\n".join(lines).strip()
            return Translation(
                code,
                name,
                # The header of a catalogue says who made it; people who correct it say so there.
                "machine" if "by machine" in header.lower() else "people",
                sum(_is_translated(message) for message in entries),
                len(entries),
                header.splitlines()[-1] if header else "",
            )
    return Translation(code, name, "machine", 0, 0, "")


def _is_translated(message: Message) -> bool:
    texts = message.string if isinstance(message.string, list | tuple) else [message.string]
    return not message.fuzzy and all(texts)
