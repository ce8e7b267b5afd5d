"""What is asked on the desk's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from tonle.desk.machine import DISMISSALS
from tonle.desk.services import LONGEST, LONGEST_NAME
from tonle.infra.i18n import say
from tonle.kernel import codes
from tonle.kernel.errors import Invalid, TonleError
from tonle.web.public import language_name, language_tag


def _prose(label: Any, hint: Any = "", rows: int = 5, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
    )


class AskForm(forms.Form):
    """A question; of a stranger, also where the answer goes."""

    text = _prose(_("Your question"), _("Any language. Say what you have tried already."))
    address = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("Only for the answer. It is shown to nobody and forgotten if you do not "
                    "confirm it."),
        max_length=254,
    )  # fmt: skip
    name = forms.CharField(
        label=_("Your name (optional)"), required=False, max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "name"}),
    )  # fmt: skip
    may_be_public = forms.BooleanField(
        label=_("The answer may be shown to everybody, without my name"), required=False
    )
    key = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, *args: Any, known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            # Who is signed in is answered here, by name as they gave it.
            del self.fields["address"]
            del self.fields["name"]


class WriteForm(forms.Form):
    """One remark."""

    text = _prose(_("Your words"))
    key = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)


class PublishForm(forms.Form):
    """Question and answer as everybody shall read them."""

    question = _prose(
        _("The question, as readers shall see it"),
        _("Leave out names and anything that tells who asked."), rows=4,
    )  # fmt: skip
    answer = _prose(_("The answer, as readers shall see it"))


class DismissForm(forms.Form):
    """Why a question is closed without an answer."""

    reason = forms.ChoiceField(
        label=_("Why"),
        choices=lambda: [(code, gettext(label)) for code, label in DISMISSALS.items()],
    )
    text = _prose(_("A word to the asker (optional)"), rows=2, required=False)


def _languages() -> list[tuple[str, str]]:
    reader = language_tag(get_language() or "en")
    return [
        (code, language_name(code, reader))
        for code in ("en", "km", "lo", "th", "vi", "my", "zh-Hans")
    ]


class OfficeForm(forms.Form):
    """An office of the help page; its texts in the language of the page and in English."""

    name = forms.CharField(label=_("Name of the office"), max_length=200)
    name_en = forms.CharField(
        label=_("The same in English (optional)"), max_length=200, required=False
    )
    hours = _prose(_("When it is open"), _("For example: Monday to Friday, 8:00 to 16:30"), 2)
    hours_en = _prose(_("The same in English (optional)"), rows=2, required=False)
    address = _prose(_("Where it is (optional)"), rows=2, required=False)
    address_en = _prose(_("The same in English (optional)"), rows=2, required=False)
    telephone = forms.CharField(label=_("Telephone (optional)"), max_length=60, required=False)
    mail = forms.EmailField(label=_("E-mail (optional)"), max_length=254, required=False)
    languages = forms.MultipleChoiceField(
        label=_("Languages spoken there"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=_languages,
    )

    def __init__(self, *args: Any, tag: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if tag == "en":
            for name in ("name_en", "hours_en", "address_en"):
                del self.fields[name]

    def texts(self, field: str, tag: str) -> dict[str, str]:
        """The language map of a text: of the page's language, and English where given."""
        found = {tag: self.cleaned_data[field]}
        if english := self.cleaned_data.get(f"{field}_en"):
            found["en"] = english
        return {language: text for language, text in found.items() if text.strip()}


class DayForm(forms.Form):
    """One day that differs from the calendar the node came with."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    works = forms.ChoiceField(
        label=_("On this day"),
        widget=forms.RadioSelect,
        choices=[("0", _("People do not work")), ("1", _("People work"))],
    )
    name = forms.CharField(label=_("What it is called (optional)"), max_length=200, required=False)
    source = forms.CharField(
        label=_("Where it was announced"), max_length=500,
        help_text=_("A decree, a newspaper, an address: so that others can check it."),
    )  # fmt: skip


def members() -> list[tuple[str, str]]:
    """The members by name, for a choice."""
    reader = language_tag(get_language() or "en")
    return [(code, codes.label("members", code, reader)) for code in codes.members()]


def mark(form: forms.Form, error: TonleError) -> None:
    """Put what a service said beside the field it is about."""
    if isinstance(error, Invalid):
        for field, message in error.problems:
            form.add_error(field if field in form.fields else None, say(message))
    else:
        form.add_error(None, say(error))
