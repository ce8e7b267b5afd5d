"""What is asked on the pages of agreements, where it is not rows (`typed`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from tonle.agreements import labels, typed
from tonle.agreements.steps import MAX_SCAN_BYTES, Words
from tonle.infra.i18n import say
from tonle.infra.server.limits import from_options
from tonle.kernel.errors import Invalid, Refused, TonleError
from tonle.kernel.sentences import Sentence
from tonle.web.public import city_name, language_name, language_tag, local_size

ZONES = (
    "Asia/Phnom_Penh", "Asia/Vientiane", "Asia/Bangkok", "Asia/Ho_Chi_Minh", "Asia/Yangon",
    "Asia/Shanghai", "UTC",
)  # fmt: skip
# A scan comes as part of a form, with some fields beside it.
_BESIDE = 64 * 1024


def reader() -> str:
    return language_tag(get_language() or "en")


def languages(*more: str) -> list[tuple[str, str]]:
    """The region's languages and others in use, named in the reader's own."""
    tags = dict.fromkeys([*typed.LANGUAGES, *more])
    return [(tag, language_name(tag, reader())) for tag in tags]


def choices(of: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(code, gettext(label)) for code, label in of.items()]


def most_scan_bytes() -> int:
    """What fits into a form as this node takes it in (`TONLE_MAX_BODY`)."""
    return min(MAX_SCAN_BYTES, max(0, from_options().body_bytes - _BESIDE))


def _scan_hint() -> str:
    return gettext("PDF, JPEG or PNG, at most %(size)s.") % {
        "size": local_size(most_scan_bytes(), reader())
    }


class NewForm(forms.Form):
    """An agreement that begins; its title and its parties are rows beside this."""

    type = forms.ChoiceField(label=_("What it is"), choices=lambda: choices(labels.TYPES))
    under = forms.ChoiceField(
        label=_("The agreement under which it stands (optional)"), required=False
    )
    public_from = forms.ChoiceField(
        label=_("When everybody may read it"),
        choices=lambda: choices(labels.PUBLIC_FROM),
        initial="signed",
        widget=forms.RadioSelect,
    )
    key = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, *args: Any, under: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["under"].choices = [("", gettext("None")), *under]  # type: ignore[attr-defined]  # A ChoiceField has them.


def _number(label: Any, hint: Any = "", least: int = 0, most: int = 1200) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=hint, required=False, min_value=least, max_value=most
    )


def _day(label: Any, hint: Any = "", required: bool = False) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
    )


class TermsForm(forms.Form):
    """The terms as data. An empty field is a term that the text does not have."""

    consent = forms.ChoiceField(
        label=_(labels.TERMS["consent"]),
        choices=lambda: choices(labels.CONSENT),
        widget=forms.RadioSelect,
    )
    needed = forms.IntegerField(label=_(labels.TERMS["needed"]), min_value=1, max_value=50)
    after_days = _number(_(labels.TERMS["after_days"]), most=3660)
    not_before = _day(_(labels.TERMS["not_before"]))
    until = _day(_(labels.TERMS["until"]))
    months = _number(_(labels.TERMS["months"]), _("Empty: without end."), least=1)
    renews_months = _number(_(labels.TERMS["renews_months"]), _("Empty: it does not renew itself."))
    notice_months = _number(_(labels.TERMS["notice_months"]), most=120)
    withdrawal_months = _number(
        _(labels.TERMS["withdrawal_months"]), _("Empty: no party leaves alone."), most=120
    )
    survivals = forms.CharField(
        label=_(labels.TERMS["survivals"]),
        help_text=_("Their numbers, such as: 7, 9 (24). In brackets the months; none is for ever."),
        required=False,
        max_length=300,
    )
    depositary = forms.ChoiceField(
        label=_(labels.TERMS["depositary"]),
        help_text=_("The party that keeps the originals."),
        required=False,
    )
    calendar = forms.ChoiceField(label=_(labels.TERMS["calendar"]))

    def __init__(
        self, *args: Any, parties: Sequence[tuple[str, str]], zone: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        zones = [*ZONES, *([zone] if zone in available_timezones() - set(ZONES) else [])]
        self.fields["depositary"].choices = [("", gettext("None")), *parties]  # type: ignore[attr-defined]  # A ChoiceField has them.
        self.fields["calendar"].choices = [(one, city_name(one, reader())) for one in zones]  # type: ignore[attr-defined]  # As above.

    def clean_survivals(self) -> list[dict[str, int]]:
        try:
            return typed.survivals(self.cleaned_data["survivals"])
        except Invalid as error:
            raise forms.ValidationError(said(error.problems[0][1])) from None

    def told(self) -> dict[str, Any]:
        """The terms as the text holds them: what is empty is left out."""
        made = {}
        for name, value in self.cleaned_data.items():
            if value in (None, "", []):
                continue
            made[name] = value.isoformat() if name in {"not_before", "until"} else value
        return made


class ActForm(forms.Form):
    """A deed on screen: which text, and from which day on, where the deed asks for one."""

    effective = _day(_("From which day on"), required=True)
    reason = forms.CharField(
        label=_("Why"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
    key = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, *args: Any, words: Words, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not words.asks_day:
            del self.fields["effective"]
        if not words.asks_reason:
            del self.fields["reason"]

    def data_of_deed(self) -> dict[str, str]:
        day, reason = (self.cleaned_data.get(name) for name in ("effective", "reason"))
        found = {"effective": day.isoformat()} if day else {}
        return found | ({"reason": reason.strip()} if reason else {})


class PaperForm(ActForm):
    """What a signed paper says, and its scan."""

    signatory = forms.CharField(label=_("Who signed"), help_text=_("As the paper names them."),
                                max_length=300)  # fmt: skip
    office = forms.CharField(label=_("In which office"), max_length=300)
    done_on = _day(_("The day on the paper"), required=True)
    reference = forms.CharField(
        label=_("Its number or reference (optional)"), required=False, max_length=300
    )
    scan = forms.FileField(label=_("A scan of the signed paper"), help_text=lazy(_scan_hint, str)())

    field_order = ("signatory", "office", "done_on", "effective", "reason", "reference", "scan")


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class DayForm(forms.Form):
    """A day to ask about."""

    on = _day(_("On which day"), required=True)


def said(what: str) -> str:
    return say(what.message, what.data) if isinstance(what, Sentence) else say(what)


def mark(form: forms.Form, error: TonleError) -> None:
    """Put what a service said beside the field it is about."""
    if isinstance(error, Invalid):
        for field, message in error.problems:
            name = field.rpartition("/")[2]
            form.add_error(name if name in form.fields else None, said(message))
    elif isinstance(error, Refused):
        for refusal in error.refusals:
            form.add_error(None, say(refusal))
    else:
        form.add_error(None, say(error))


def problems_of(error: TonleError) -> list[str]:
    """What a service said, as sentences."""
    if isinstance(error, Invalid):
        return [said(message) for _field, message in error.problems]
    if isinstance(error, Refused):
        return [say(refusal) for refusal in error.refusals]
    return [say(error)]
