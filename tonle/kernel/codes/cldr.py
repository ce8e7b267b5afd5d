"""Names that Unicode CLDR keeps for everybody, asked of Babel when they are wanted.

Babel reads about a megabyte a language; nothing is read until somebody asks.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

LISTS: Final = ("languages",)
"""Lists that come from CLDR whole."""

NAMED: Final = ("countries", "currencies", "languages")
"""Lists whose names come from CLDR."""


def name_of(name: str, code: str, language: str) -> str | None:
    """The name of a country (alpha-2), language or currency in a language, None if unknown.

    language: BCP 47; a tag that CLDR does not have is tried by its parents.
    """
    table = _table(name, language)
    found = table.get(code.replace("-", "_"))
    return str(found) if found else None


@cache
def entries(name: str) -> tuple[str, list[tuple[str, dict[str, str], dict[str, Any]]]]:
    """Title, and (code, names, data) of each entry, of a list that is CLDR's whole."""
    if name != "languages":
        raise KeyError(name)
    rows = [
        (code.replace("_", "-"), {"en": str(text)}, {})
        for code, text in sorted(_table(name, "en").items())
        # Regional and script variants are tags, not languages.
        if "_" not in code and code not in {"root", "zxx", "mul", "und"}
    ]
    special = {"mul": "Multiple languages", "und": "Unknown language", "zxx": "No language"}
    rows += [(code, {"en": text}, {}) for code, text in special.items()]
    return "Languages (ISO 639)", [(code, names, dict(data)) for code, names, data in rows]


@cache
def version() -> str:
    """The CLDR version that Babel carries, such as `CLDR 47`."""
    from babel.core import get_cldr_version

    return f"CLDR {get_cldr_version()}"


@cache
def _table(name: str, language: str) -> Any:
    from babel import Locale
    from babel.core import UnknownLocaleError

    parts = language.replace("_", "-").split("-")
    while parts:
        try:
            locale = Locale.parse("-".join(parts), sep="-")
        except (UnknownLocaleError, ValueError):
            parts.pop()
            continue
        return {
            "countries": locale.territories,
            "languages": locale.languages,
            "currencies": locale.currencies,
        }[name]
    return {}
