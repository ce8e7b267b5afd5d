"""What the sign-in library (django-allauth) asks of us."""

from __future__ import annotations

import base64
import hashlib
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from tonle.api.public import TooManyRequests, count, network_of
from tonle.infra import clock
from tonle.people.models import Account
from tonle.people.services import appeal_link

# Attempts an hour at one account from networks that it has never been signed in from.
TRIED_ELSEWHERE = 100
# What allauth's letters call their addresses.
_IN_LETTERS = {"activate_url", "password_reset_url", "signup_url"}


def _has_signed_in_from(email: str, network: str) -> bool:
    """Whether the account has been signed in from this network before. One query."""
    known = UserSession.objects.filter(user__email__iexact=email).values_list("ip", flat=True)
    return any(network_of(ip) == network for ip in known.order_by("-last_seen_at")[:50])


class AccountAdapter(DefaultAccountAdapter):
    """An entry point: it is where the clock is read for accounts that people open themselves."""

    def new_user(self, request: HttpRequest) -> Account:
        return Account(created_at=clock.now(), language=getattr(request, "LANGUAGE_CODE", ""))

    def get_client_ip(self, request: HttpRequest) -> str:
        """The reader's, which the server's middleware has worked out behind proxies."""
        return request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104 - nobody listens on it

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failures are counted for an account and a network together: else whoever knows a mail
        address could keep its owner out, from anywhere and for as long as they like."""
        key: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{network_of(self.get_client_ip(request))}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        super().pre_authenticate(request, **credentials)
        # A thousand networks that try one account each a little are counted together; those
        # from which its owner has signed in before are not, so that the owner gets in.
        login = (credentials.get("email") or credentials.get("username") or "").lower()
        if _has_signed_in_from(login, network_of(self.get_client_ip(request))):
            return
        try:
            count("login-elsewhere", login, limit=TRIED_ELSEWHERE, seconds=3600, now=clock.now())
        except TooManyRequests:
            raise self.validation_error("too_many_login_attempts") from None

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """Where somebody was going goes with the letter: it is often opened on another device.

        By way of signing in, which the address alone does not do.
        """
        url: str = super().get_email_confirmation_url(request, emailconfirmation)
        going = get_next_redirect_url(request) if request is not None else None
        if not going:
            return url
        there = f"{reverse('account_login')}?{urlencode({'next': going})}"
        return f"{url}?{urlencode({'next': there})}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """With addresses of the node as its steward has named it: a request may call it by any
        name that leads here, and whoever sends one for somebody else chooses which."""
        ours = {name: _at_home(context[name]) for name in _IN_LETTERS & context.keys()}
        super().send_mail(template_prefix, email, {**context, **ours})

    def respond_user_inactive(self, request: HttpRequest, user: Account) -> HttpResponse:
        """Who is suspended may read why, and answer; who closed or erased learns no more."""
        link = appeal_link(user)
        return redirect(link) if link else super().respond_user_inactive(request, user)

    def pre_login(self, request: HttpRequest, user: Account, **details: Any) -> HttpResponse | None:
        # Invented people have no password, but a steward could give them one by mistake.
        if user is not None and user.is_demonstration:
            return redirect("account_inactive")
        found: HttpResponse | None = super().pre_login(request, user, **details)
        return found


def _at_home(url: str) -> str:
    parts = urlsplit(url)
    return f"{settings.TONLE_URL}{urlunsplit(('', '', *parts[2:]))}"


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of second factors unreadable to who has only the database."""

    def encrypt(self, text: str) -> str:
        return str(_cipher().encrypt(text.encode()).decode())

    def decrypt(self, encrypted_text: str) -> str:
        return str(_cipher().decrypt(encrypted_text.encode()).decode())

    def build_totp_svg(self, url: str) -> str:
        """On white ground, so that a telephone can read it on a dark page, too."""
        import segno

        drawn = BytesIO()
        segno.make(url, micro=False).save(drawn, kind="svg", scale=4, border=3, light="#fff")
        return drawn.getvalue().decode()

    def generate_authenticator_name(self, user: Account, type: Any) -> str:
        return gettext("This device")


def _cipher() -> Any:
    # Loaded when first needed: few requests touch a second factor.
    from cryptography.fernet import Fernet

    key = hashlib.sha256(b"tonle.people.second_factor" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Sign-in by others: they say who somebody is to them, and open no account that is here."""

    def new_user(self, request: HttpRequest, sociallogin: Any) -> Account:
        return Account(created_at=clock.now(), language=getattr(request, "LANGUAGE_CODE", ""))

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        """Takes the address as a suggestion for the form; names are the person's to give."""
        sociallogin.user.email = (data.get("email") or "").lower()
        # Whatever the provider says of it: only our own letter shows an address to be theirs.
        for address in sociallogin.email_addresses:
            address.verified = False
        return sociallogin.user

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        if sociallogin.is_existing and sociallogin.user.is_demonstration:
            raise ImmediateHttpResponse(redirect("account_inactive"))
