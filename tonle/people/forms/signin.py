"""What the sign-in library asks, in our words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm as BaseLoginForm
from allauth.account.forms import SignupForm as BaseSignupForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm as BaseAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as BaseReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm as BaseActivateForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm as BaseAddWebAuthnForm
from allauth.mfa.webauthn.forms import EditWebAuthnForm as BaseEditWebAuthnForm
from allauth.socialaccount.forms import SignupForm as BaseProviderSignupForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.kernel.actors import Actor
from tonle.kernel.errors import TonleError
from tonle.kernel.names import PersonName
from tonle.people import signup
from tonle.people.services import add_person


class LoginForm(BaseLoginForm):
    """Sign-in. The library's own link to a forgotten password is left to the page, which has it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        self.fields["login"].label = _("E-mail address")


class _Slowed:
    """Counts each sign-up, by whichever form, and keeps what was typed when told to wait."""

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean()  # type: ignore[misc]  # A form's, which is mixed in.
        if not self.errors:  # type: ignore[attr-defined]  # As above.
            address = context.request.META.get("REMOTE_ADDR", "")
            try:
                signup.slow_down(address, found["email"], clock.now())
            except TonleError as error:
                self.add_error(None, say(error))  # type: ignore[attr-defined]  # As above.
        return found


class SignupForm(_Slowed, BaseSignupForm):
    """Sign-up: as slow for an address that is known as for one that is not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=_("Your name, as you write it (optional)"),
            max_length=200,
            required=False,
            help_text=_("It stands on what you deposit, and curators call you by it."),
            widget=forms.TextInput(attrs={"autocomplete": "name"}),
        )
        self.fields["email"].label = _("E-mail address")
        self.fields["password1"].help_text = _(
            "At least ten characters. A few words that only you put together are best."
        )
        self.fields["password2"].label = _("The same password once more")
        self.order_fields(["name", "email", "password1", "password2"])

    def clean_name(self) -> PersonName | None:
        """A name of one part is a name."""
        typed = self.cleaned_data["name"].strip()
        try:
            return PersonName.of(typed) if typed else None
        except TonleError as error:
            raise forms.ValidationError(say(error)) from None

    def try_save(self, request: HttpRequest) -> Any:
        if self.account_already_exists:
            # Hashing a password takes long. Where only new accounts did, the time told who is
            # known here.
            make_password(self.cleaned_data["password1"])
        user, answer = super().try_save(request)
        name = self.cleaned_data.get("name")
        if user is not None and name is not None:
            own = Actor(user.actor_id)
            add_person(name=name, actor=own, now=clock.now(), account_id=user.actor_id)
        return user, answer


class ProviderSignupForm(_Slowed, BaseProviderSignupForm):
    """An account for somebody whom a provider told us of."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")


class _Code(forms.Form):
    """The code of a second factor, typed by hand. Spaces are how apps show it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = pgettext_lazy("signing in", "Code")
        field.widget = forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}
        )


class AuthenticateForm(_Code, BaseAuthenticateForm):
    """One more step at sign-in: nothing else is done on its page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["autofocus"] = True


class ReauthenticateForm(_Code, BaseReauthenticateForm):
    """One more step before a change to the account."""


class ActivateCodesForm(_Code, BaseActivateForm):
    """The first code, which shows that the telephone has the key."""


class AddPasskeyForm(BaseAddWebAuthnForm):
    """A new passkey: what to call it, and whether it signs in alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["name"].help_text = _("So that you know it again: “telephone”, “blue key”.")
        self.fields["passwordless"].label = _("It signs me in without a password")
        self.fields["passwordless"].help_text = ""
        self.fields["passwordless"].initial = True


class RenamePasskeyForm(BaseEditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
