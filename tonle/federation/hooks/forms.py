"""What is asked on the pages of hooks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from tonle.catalogue.public import kinds
from tonle.federation.hooks.models import Hook
from tonle.federation.hooks.rules.events import EVENTS
from tonle.federation.hooks.services import LONGEST_LABEL, LONGEST_URL, Wanted
from tonle.infra.i18n import say
from tonle.kernel import codes
from tonle.kernel.errors import Invalid
from tonle.kernel.text import choose
from tonle.people.public import communities
from tonle.web.public import language_tag

Choices = list[tuple[str, str]]


def _reader() -> str:
    return language_tag(get_language() or "en")


def event_choices() -> Choices:
    return [(name, gettext(words)) for name, words in EVENTS.items()]


def _kinds() -> Choices:
    return [("", gettext("Any kind")), *((one.name, gettext(one.plural)) for one in kinds())]


def _members() -> Choices:
    reader = _reader()
    found = [(code, codes.label("members", code, reader)) for code in codes.members()]
    return [("", gettext("Any member")), *found]


def _communities() -> Choices:
    reader = _reader()
    found = [(one.pk, choose(one.names, reader)[1]) for one in communities(open_only=False)]
    return [("", gettext("Any, or none")), *found]


def _access() -> Choices:
    return [
        ("", gettext("Any access")),
        ("open", gettext("Open files")),
        ("embargoed", gettext("Files open from a day on")),
        ("restricted", gettext("Files on request")),
        ("metadata_only", gettext("Description only")),
    ]


def selection_of(hook: Hook) -> list[str]:
    """What a hook hears of alone, in the reader's words; empty for one without a selection."""
    chosen = (
        (_kinds, hook.kind),
        (_members, hook.member),
        (_communities, hook.community),
        (_access, hook.access),
    )
    found = [dict(choices()).get(value, value) for choices, value in chosen if value]
    return [*found, gettext("at home here")] if hook.own_only else found


class HookForm(forms.Form):
    """A receiver, and what it is to hear of."""

    url = forms.CharField(
        label=_("Address that takes the messages"),
        help_text=_("They come as POST requests, such as to https://example.org/hooks/tonle"),
        max_length=LONGEST_URL,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocapitalize": "off", "dir": "ltr"}),
    )
    label = forms.CharField(
        label=_("Whose it is (optional)"), required=False, max_length=LONGEST_LABEL,
        help_text=_("For you and the other stewards, such as the name of the institution."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )  # fmt: skip
    events = forms.MultipleChoiceField(
        label=_("What it hears of"), required=False, choices=event_choices,
        help_text=_("Choose none to have it hear of everything."),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Only this kind"), required=False, choices=_kinds)
    member = forms.ChoiceField(label=_("Only of this member"), required=False, choices=_members)
    community = forms.ChoiceField(
        label=_("Only of this community"), required=False, choices=_communities
    )
    access = forms.ChoiceField(
        label=_("Only with this access to files"), required=False, choices=_access
    )
    own_only = forms.BooleanField(
        label=_("Only records that are at home here"), required=False,
        help_text=_("Not those that are harvested from other catalogues."),
    )  # fmt: skip

    @classmethod
    def of(cls, hook: Hook) -> HookForm:
        """With what is said now."""
        return cls(initial={name: getattr(hook, name) for name in cls.base_fields})

    def wanted(self) -> Wanted:
        """What was said, as a service takes it."""
        said: dict[str, Any] = self.cleaned_data
        return Wanted(**said)


class NewHookForm(HookForm):
    """With what makes a second press of the button none."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def wanted(self) -> Wanted:
        said = {name: value for name, value in self.cleaned_data.items() if name != "key"}
        return Wanted(**said)


def mark(form: forms.Form, error: Invalid) -> None:
    """Put each fault at its field; what belongs to none, above."""
    for where, text in error.problems:
        field = where.strip("/")
        form.add_error(field if field in form.fields else None, say(text))
