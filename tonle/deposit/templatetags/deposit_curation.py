"""Words of curation's pages that are chosen by code."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language, gettext

from tonle.catalogue.public import kind
from tonle.web.public import label_of, language_name, language_tag

register = template.Library()


@register.filter
def kind_label(name: str) -> str:
    """What a kind of record is called."""
    return gettext(kind(name).label)


@register.filter
def part_name(name: str) -> str:
    """What a part of a field is called: the language of a text, or the part's own name."""
    message = label_of(name)
    if message:
        return gettext(message)
    return language_name(name, language_tag(get_language() or "en"))
