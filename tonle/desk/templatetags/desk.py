"""Filters of the desk's pages."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext

from tonle.desk.machine import DISMISSALS, QUESTION
from tonle.desk.models import Question
from tonle.infra.i18n import say

register = template.Library()


@register.filter
def question_state(row: Question) -> str:
    """Where a question stands, in the reader's language."""
    return say(QUESTION.label(row.state))


@register.filter
def dismissal_label(row: Question) -> str:
    return gettext(DISMISSALS.get(row.dismissal, ""))


@register.filter
def of_record(titles: Mapping[str, Mapping[str, str]], record: str) -> Mapping[str, str]:
    """The titles of a record, {} where it is not public now."""
    return titles.get(record, {})


@register.filter
def tel(number: str) -> str:
    """A telephone number as an address: digits and a leading plus (RFC 3966)."""
    return "".join(
        letter for letter in number if letter.isascii() and (letter.isdigit() or letter == "+")
    )
