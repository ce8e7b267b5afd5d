"""Agreements and policies in words: what readers see for the codes of their documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import get_language, gettext, ngettext

from tonle.agreements import labels
from tonle.agreements.rules.found import country_name, day
from tonle.agreements.rules.machine import VERSION
from tonle.kernel.errors import N_
from tonle.web.public import city_name, local_day, local_number

TYPES: Mapping[str, str] = {
    **labels.TYPES,
    "law": N_("Law"),
    "regulation": N_("Regulation or decision"),
    "resolution": N_("Resolution"),
    "strategy": N_("Strategy, policy or vision"),
    "roadmap": N_("Roadmap"),
    "plan": N_("Plan"),
    "agenda": N_("Agenda"),
    "statement": N_("Statement"),
}
ACTS: Mapping[str, str] = {
    "sign": N_("signed"),
    "ratify": N_("ratified"),
    "withdraw": N_("gave notice of leaving"),
    "stop_renewal": N_("gave notice against renewal"),
    "terminate": N_("ended it together"),
}
WAYS = labels.WAYS


def type_label(code: str, _language: str) -> str:
    """The type of an agreement or policy; a code of others as it stands."""
    return gettext(TYPES[code]) if code in TYPES else code


def party_label(code: str, language: str) -> str:
    """A country by its name, an organisation by its identifier."""
    return code if ":" in code else country_name(code, language)


def state_label(state: object) -> str:
    return gettext(VERSION.label(state)) if isinstance(state, str) else ""


def terms(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The terms of a version as rows, in the reader's language; its depositary stands elsewhere.

    Raises KeyError or TypeError for terms of another shape than ours.
    """
    language = get_language() or "en"
    for name, label in labels.TERMS.items():
        value = said.get(name)
        if name == "consent" and value in labels.CONSENT:
            yield gettext(label), gettext(labels.CONSENT[str(value)])
        elif name == "survivals" and value:
            yield gettext(label), ", ".join(_survival(one, language) for one in value)
        elif isinstance(value, int) and value:
            yield gettext(label), local_number(value, language)
        elif (found := day(value)) is not None:
            yield gettext(label), local_day(found, language)
        elif name == "calendar" and isinstance(value, str):
            yield gettext(label), city_name(value, language)


def _survival(one: Mapping[str, Any], language: str) -> str:
    """An article that binds on: its number, and for how long where that is said."""
    number = local_number(one["article"], language)
    if "months" not in one:
        return number
    return ngettext(
        "%(article)s (for %(months)s month)", "%(article)s (for %(months)s months)", one["months"]
    ) % {"article": number, "months": local_number(one["months"], language)}
