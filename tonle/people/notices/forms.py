"""Forms of messages: how one wants to be told, codes, robots of groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from tonle.infra.i18n import say
from tonle.infra.messaging import LABELS, ROBOTS
from tonle.people.notices.models import Preference
from tonle.people.rules.rhythm import AT_ONCE, DAILY, NEVER, WEEKLY, ZONES
from tonle.people.rules.roles import roles
from tonle.web.public import city_name

RHYTHM_LABELS = {
    DAILY: _("Once a day, all together"),
    WEEKLY: _("Once a week, all together"),
    AT_ONCE: _("At once, each time"),
    NEVER: _("Not at all: I look here"),
}
WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


class PreferenceForm(forms.Form):
    """How one wants to be told. channels: the names that work for this person now."""

    rhythm = forms.ChoiceField(
        label=_("When are you told?"),
        choices=list(RHYTHM_LABELS.items()),
        widget=forms.RadioSelect,
    )
    urgent_at_once = forms.BooleanField(
        label=_("At once when somebody is kept waiting"), required=False
    )
    first = forms.ChoiceField(
        label=_("By what first?"),
        help_text=_("If that fails, the others follow, and mail comes last."),
        widget=forms.RadioSelect,
    )
    mail = forms.BooleanField(label=_("Mail may be used"), required=False)
    hour = forms.TypedChoiceField(
        label=_("At what hour?"),
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
    )
    weekday = forms.TypedChoiceField(
        label=_("On which day, if once a week?"),
        coerce=int,
        choices=list(enumerate(WEEKDAYS)),
    )
    zone = forms.ChoiceField(label=_("Where is that hour?"))

    def __init__(self, *args: Any, channels: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, zone = self.fields["first"], self.fields["zone"]
        if isinstance(first, forms.ChoiceField) and isinstance(zone, forms.ChoiceField):
            first.choices = [(name, say(LABELS[name])) for name in channels]
            zones = dict.fromkeys([settings.TONLE_TIME_ZONE, *ZONES])
            reader = get_language() or "en"
            zone.choices = [(name, city_name(name, reader)) for name in zones]
        if len(channels) < 2:
            # With one way to be told there is nothing to choose.
            del self.fields["first"]


def as_initial(preference: Preference, channels: Sequence[str]) -> dict[str, Any]:
    """What the form shows of a stored preference."""
    first = next((name for name in preference.channels if name in channels), "mail")
    return {
        "rhythm": preference.rhythm,
        "urgent_at_once": preference.urgent_at_once,
        "first": first,
        "mail": preference.mail,
        "hour": preference.hour,
        "weekday": preference.weekday,
        "zone": preference.zone or settings.TONLE_TIME_ZONE,
    }


class NumberForm(forms.Form):
    """A telephone number that a code is sent to."""

    address = forms.CharField(
        label=_("Your telephone number"),
        help_text=_("With its country, such as +855 12 345 678."),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )


class CodeForm(forms.Form):
    """The code that came by SMS."""

    code = forms.CharField(
        label=_("The code that came by SMS"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class RobotForm(forms.Form):
    """A robot of a group."""

    label = forms.CharField(
        label=_("Name of the group"), help_text=_("As you call it."), max_length=100
    )
    kind = forms.ChoiceField(label=_("Service"))
    url = forms.CharField(
        label=_("The robot’s address"),
        help_text=_("As the service shows it. Whoever has it can write to the group."),
        max_length=1000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        label=_("Secret for signatures, if the robot has one"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label=_("It hears what waits for"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind, role = self.fields["kind"], self.fields["role"]
        if isinstance(kind, forms.ChoiceField) and isinstance(role, forms.ChoiceField):
            kind.choices = [(name, say(label)) for name, (label, _sort) in ROBOTS.items()]
            role.choices = [(r.name, gettext(r.label)) for r in roles() if "node" in r.scope_kinds]
