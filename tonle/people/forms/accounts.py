"""What people fill in about their own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tonle.people.forms.parts import Words
from tonle.people.rules.scopes import token_scopes


class FirstStewardForm(forms.Form):
    """The first steward names an address and a password."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_(
            "You sign in with it. The node writes to it only when something waits for you."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least ten characters. A few words that only you put together are best."),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same password once more"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if "password" in found and "again" in found and found["password"] != found["again"]:
            self.add_error("again", gettext("The two passwords differ. Type them again."))
        return found


class TokenForm(forms.Form):
    """A new API token: a name and what it may be used for."""

    label = forms.CharField(
        label=_("Name"),
        help_text=_("What will use it, for example “laptop” or “weather station”."),
        max_length=100,
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may be used to"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, gettext(label)) for name, label in token_scopes().items()]
        field = self.fields["scopes"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = choices


class AppealForm(forms.Form):
    """The answer of somebody whose account is suspended."""

    text = Words(
        label=_("Your answer"),
        help_text=_("Say why this is wrong. You can send it once; another person reads it."),
        rows=8,
        max_length=4000,
    )


class EraseForm(forms.Form):
    """A word that nobody types by mistake."""

    word = forms.CharField(label=_("Type the word ERASE"), max_length=20)

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"].strip()
        if word.upper() != "ERASE":
            raise forms.ValidationError(gettext("Type the five letters ERASE, or go back."))
        return word
