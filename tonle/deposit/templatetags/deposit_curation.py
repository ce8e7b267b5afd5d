"""Words of curation's pages that are chosen by code."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext

from tonle.catalogue.public import kind
from tonle.infra.i18n import say
from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence

register = template.Library()

_DECISIONS = {
    "removed": N_("taken out"),
    "coarsened": N_("made coarser"),
    "restricted": N_("files given on request only"),
    "kept": N_("kept"),
}


@register.filter
def words_of(message: str) -> str:
    """A message of ours in the reader's language; a name or an address as it stands."""
    if isinstance(message, Sentence):
        return say(message)
    return gettext(message) if message else ""


@register.filter
def kind_label(name: str) -> str:
    """What a kind of record is called."""
    return gettext(kind(name).label)


@register.filter
def decision_words(code: str) -> str:
    """What became of personal data that was found."""
    return gettext(_DECISIONS.get(code, code)) if code else ""
