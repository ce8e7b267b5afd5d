"""What the node's pages say in a language: the catalogue, as a reader looks through it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from gettext import GNUTranslations
from pathlib import Path

from django.conf import settings
from django.utils.translation import to_locale

from tonle.infra import catalogues

MOST = 20
_CONTEXT = "\x04"


@dataclass(frozen=True)
class Saying:
    """One message and what the catalogue says for it. id: of context and message together."""

    context: str
    message: str
    text: str

    @property
    def id(self) -> str:
        return digest(self.context, self.message)


def digest(context: str, message: str) -> str:
    return hashlib.sha256(f"{context}{_CONTEXT}{message}".encode()).hexdigest()


def languages() -> dict[str, str]:
    """The languages whose words can be corrected: code to name. English is the source."""
    return {code: name for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE}


def sayings(language: str) -> Mapping[str, Saying]:
    """Everything that our own catalogue of the language says, by id."""
    path = catalogues.LOCALE / to_locale(language) / "LC_MESSAGES" / "django.mo"
    if not path.exists():
        return {}
    return _read(path, path.stat().st_mtime_ns)


# A reader who looks for a word looks again; two languages are more than are corrected at once.
@lru_cache(maxsize=2)
def _read(path: Path, _changed: int) -> Mapping[str, Saying]:
    with path.open("rb") as file:
        catalogue = GNUTranslations(file)
    # The standard library has no public way to list the messages of a catalogue.
    pairs: dict[str | tuple[str, int], str] = vars(catalogue)["_catalog"]
    return {one.id: one for one in _sayings(pairs)}


def _sayings(pairs: Mapping[str | tuple[str, int], str]) -> Iterator[Saying]:
    for key, text in pairs.items():
        name = key[0] if isinstance(key, tuple) else key
        context, mark, message = name.rpartition(_CONTEXT)
        if message:
            yield Saying(context if mark else "", message, text)


def find(language: str, words: str) -> list[Saying]:
    """Sayings with these words in the language or in English, the shortest first."""
    wanted = " ".join(words.split()).casefold()
    if not wanted:
        return []
    found = [
        one
        for one in sayings(language).values()
        if wanted in one.text.casefold() or wanted in one.message.casefold()
    ]
    return sorted(found, key=lambda one: (len(one.text), one.message))[:MOST]
