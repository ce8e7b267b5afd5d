"""Whom a record serves, in words: the section of its page, and the labels of the facet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language, gettext

from tonle.catalogue.panels import Panel
from tonle.catalogue.rules import serving

if TYPE_CHECKING:
    from tonle.catalogue.crosswalks.writers import Here
    from tonle.catalogue.selectors import RecordView


def label(code: str, language: str) -> str:
    """What a facet calls `group:women`, `place:KHM` or `aim:green`, in the active language."""
    word = serving.word(code, language)
    return gettext(word) if code.startswith("aim:") else word


def panel(view: RecordView, here: Here) -> Panel | None:
    """Each as a link to what else serves it; None where the record says nothing of it."""
    del here
    language = get_language() or "en"
    rows = [(code, label(code, language)) for code in serving.served(view.document)]
    return Panel("catalogue/serves.html", {"rows": rows}) if rows else None
