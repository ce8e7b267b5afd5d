"""Errors of services shown in the form that caused them."""

from __future__ import annotations

from django import forms

from tonle.infra.i18n import say
from tonle.kernel.errors import Invalid, Refused, TonleError
from tonle.kernel.sentences import Sentence


def show_in(form: forms.Form, error: TonleError) -> None:
    """Put an error beside the field it is about, or above the form."""
    if isinstance(error, Invalid):
        for where, what in error.problems:
            text = say(what.message, what.data) if isinstance(what, Sentence) else say(what)
            form.add_error(where if where in form.fields else None, text)
    elif isinstance(error, Refused):
        for refusal in error.refusals:
            form.add_error(None, say(refusal))
    else:
        form.add_error(None, say(error))
