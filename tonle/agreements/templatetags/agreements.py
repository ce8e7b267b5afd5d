"""Words of agreements on pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from tonle.agreements import deeds, labels, services
from tonle.agreements.models import PartyStep, Version
from tonle.agreements.rules import texts
from tonle.kernel.text import choose
from tonle.web.public import city_name, language_tag, local_day, local_number

register = template.Library()


def _reader() -> str:
    return language_tag(get_language() or "en")


@register.filter
def way(code: str) -> str:
    """On screen or on paper."""
    return gettext(labels.WAYS[code])


@register.filter
def version_url(version: Version) -> str:
    """The path of a version's page."""
    return services.address(version)


@register.filter
def deed_done(step: PartyStep) -> str:
    """What a party did, in a word or two."""
    words = deeds.WORDS.get(step.deed)
    return gettext(words.done) if words else step.deed


@register.simple_tag
def term(name: str, value: Any, document: Any) -> str | SafeString:
    """The value of a term as people read it."""
    reader = _reader()
    if name == "consent":
        return gettext(labels.CONSENT[value])
    if name in {"not_before", "until"}:
        return local_day(date.fromisoformat(value), reader)
    if name == "calendar":
        return city_name(value, reader)
    if name == "depositary":
        return choose(texts.party_names(document).get(value, {}), reader)[1] or str(value)
    if name == "survivals":
        return format_html_join("", "{}<br>", ((_survival(one, reader),) for one in value))
    return local_number(value, reader)


def _survival(clause: dict[str, int], reader: str) -> str:
    article = local_number(clause["article"], reader)
    if "months" not in clause:
        return gettext("Article %(article)s, without end") % {"article": article}
    said = ngettext(
        "Article %(article)s, for %(months)s month",
        "Article %(article)s, for %(months)s months",
        clause["months"],
    )
    return said % {"article": article, "months": local_number(clause["months"], reader)}
