"""Words of curation's pages that are chosen by code."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext

from tonle.catalogue.public import kind

register = template.Library()


@register.filter
def kind_label(name: str) -> str:
    """What a kind of record is called."""
    return gettext(kind(name).label)
