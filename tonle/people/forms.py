"""Forms of accounts: what is asked, in which order."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm as BaseLoginForm
from allauth.account.forms import SignupForm as BaseSignupForm
from allauth.core import context
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.kernel.errors import TonleError
from tonle.people import signup
from tonle.people.rules.scopes import token_scopes


class LoginForm(BaseLoginForm):
    """Sign-in. The library's own link to a forgotten password is left to the page, which has it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        self.fields["login"].label = _("E-mail address")


class SignupForm(BaseSignupForm):
    """Sign-up: as slow for an address that is known as for one that is not."""

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean()
        if not self.errors:
            address = context.request.META.get("REMOTE_ADDR", "")
            try:
                signup.slow_down(address, found["email"], clock.now())
            except TonleError as error:
                self.add_error(None, say(error))
        return found

    def try_save(self, request: HttpRequest) -> Any:
        if self.account_already_exists:
            # Hashing a password takes long. Where only new accounts did, the time told who is
            # known here.
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)


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
