"""Words of curation's pages that are chosen by code."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext

from tonle.catalogue.public import kind
from tonle.kernel.errors import N_

register = template.Library()

_DECISIONS = {
    "removed": N_("taken out"),
    "coarsened": N_("made coarser"),
    "restricted": N_("files given on request only"),
    "kept": N_("kept"),
}


@register.filter
def kind_label(name: str) -> str:
    """What a kind of record is called."""
    return gettext(kind(name).label)


@register.filter
def decision_words(code: str) -> str:
    """What became of personal data that was found."""
    return gettext(_DECISIONS.get(code, code)) if code else ""
