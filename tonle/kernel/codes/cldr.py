"""Names that Unicode CLDR keeps for everybody, asked of Babel when they are wanted.

Babel reads about a megabyte a language; nothing is read until somebody asks.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

NAMED: Final = ("countries", "currencies", "languages")
"""Lists whose names come from CLDR."""


def name_of(name: str, code: str, language: str) -> str | None:
    """The name of a country (alpha-2), language or currency in a language, None if unknown.

    language: BCP 47; a tag that CLDR does not have is tried by its parents.
    """
    table = _table(name, language)
    found = table.get(code.replace("-", "_"))
    return str(found) if found else None


def entries(name: str) -> list[tuple[str, dict[str, str]]]:
    """(code, names) of each entry that CLDR itself gives a list: all languages it names.

    Empty for other lists: which countries and currencies there are, ISO says.
    """
    if name != "languages":
        return []
    # Regional and script variants are tags, not languages.
    rows = {code: str(text) for code, text in _table(name, "en").items() if "_" not in code}
    rows.pop("root", None)
    rows |= {"mul": "Multiple languages", "und": "Unknown language", "zxx": "No language"}
    return [(code, {"en": text}) for code, text in sorted(rows.items())]


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
