"""What the crosswalks of funding share: names, identifiers and abstracts in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tonle.funding.rules.opportunities import Identifier
from tonle.kernel.errors import Invalid
from tonle.kernel.money import Money
from tonle.kernel.text import LanguageMap, choose


def title(document: Mapping[str, Any], languages: tuple[str, ...] = ()) -> str:
    """The title in the first of the languages that there is, else in the record's own."""
    return choose(document.get("titles", {}), languages or own(document))[1]


def abstract(document: Mapping[str, Any], languages: tuple[str, ...] = ()) -> str:
    """The abstract; where there is none, the title, since standards demand a description."""
    found: LanguageMap = next(
        (
            one["text"]
            for one in document.get("descriptions", ())
            if one.get("type") == "Abstract" and one.get("text")
        ),
        {},
    )
    return choose(found, languages or own(document))[1] or title(document, languages)


def own(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages of the thing itself, then English."""
    return (*document.get("languages", ()), "en")


def money(minor: int | None, currency: str) -> Money | None:
    """An amount, None where it is not known or its currency is no currency."""
    try:
        return None if minor is None else Money(minor, currency)
    except Invalid:
        return None


def identifier(identifiers: Iterable[Identifier], scheme: str) -> str:
    """The value in that scheme, "" where there is none."""
    return next((one.value for one in identifiers if one.scheme == scheme), "")
