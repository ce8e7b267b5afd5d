"""Every page of the sign-in library stands in our shell, and nothing runs inline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
)

from tonle.people.models import Account
from tonle.people.tests.factories import PASSWORD, account

pytestmark = pytest.mark.django_db

VALUES = {"key": "abc", "uidb36": "abc", "pk": 2_000_000_001, "provider_id": "oidc"}
# Answers that are no pages: what a program fetches, what a browser posts, where others return to.
NOT_PAGES = {
    "mfa_login_webauthn": "a program fetches it; people are sent to the sign-in page",
    "mfa_download_recovery_codes": "a text file",
    "orcid_login": "leads to ORCID",
    "orcid_callback": "comes from ORCID",
    "openid_connect_login": "leads to a provider",
    "openid_connect_callback": "comes from a provider",
}
# Old addresses of the library that lead to the new ones.
LEGACY = re.compile(r"^/accounts/social/")


def routes(resolver: URLResolver, prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        path = prefix + _readable(str(one.pattern))
        if isinstance(one, URLResolver):
            yield from routes(one, path)
        elif (one.lookup_str or "").startswith("allauth."):
            yield path, one


def _readable(pattern: str) -> str:
    pattern = re.sub(r"\(\?P<(\w+)>.*?\)(?=[/-]|$)", r"<\1>", pattern.lstrip("^").rstrip("$"))
    return re.sub(
        r"<(?:\w+:)?(\w+)>", lambda found: str(VALUES.get(found[1], "abc")), pattern
    ).replace("\\", "")


ROUTES = [
    (path, route)
    for path, route in routes(get_resolver())
    if route.name not in NOT_PAGES and not LEGACY.match(path)
]


@pytest.fixture
def sokha(db: None) -> Account:
    made = account("sokha", password=PASSWORD)
    TOTP.activate(made, generate_totp_secret())
    RecoveryCodes.activate(made)
    Authenticator.objects.create(
        pk=VALUES["pk"],
        user=made,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Blue key", "credential": passkey()},
    )
    return made


def passkey() -> dict[str, Any]:
    """What a browser sends when it has made a passkey, as the library stores it."""
    pair = ec.generate_private_key(ec.SECP256R1())
    key = ES256.from_cryptography_key(pair.public_key())  # type: ignore[no-untyped-call]  # fido2 has no types there.
    made = AuthenticatorData.create(
        b"\0" * 32,
        AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT,
        0,
        AttestedCredentialData.create(Aaguid.NONE, b"blue", key),
    )
    told = b'{"type":"webauthn.create","challenge":"","origin":"http://localhost"}'
    return {
        "id": websafe_encode(b"blue"),
        "rawId": websafe_encode(b"blue"),
        "type": "public-key",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": websafe_encode(told),
            "attestationObject": websafe_encode(bytes(AttestationObject.create("none", made, {}))),
        },
    }


@pytest.fixture
def signed_in(sokha: Account) -> Client:
    browser = Client(HTTP_HOST="localhost")
    browser.force_login(sokha)
    # As if the password had just been typed, so that no page asks for it first.
    session = browser.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": 9e9, "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = sokha.pk
    session.save()
    return browser


def check(answer: Any) -> None:
    text = answer.content.decode()
    assert 'class="river"' in text
    assert text.count("<h1") == 1
    # Only files of ours and data run or lie in a page: the policy forbids everything inline.
    for script in re.findall(r"<script[^>]*>", text):
        assert 'src="/static/web/' in script or 'type="application/json"' in script
    assert not re.search(r"\son\w+=|style=", text)
    assert answer.headers["Content-Security-Policy"]


def test_there_are_pages_to_look_at() -> None:
    names = {route.name for _, route in ROUTES}
    assert {"account_login", "mfa_index", "usersessions_list", "socialaccount_signup"} <= names


@pytest.mark.parametrize(("path", "route"), ROUTES, ids=[r.name for _, r in ROUTES])
def test_every_page_is_ours(signed_in: Client, path: str, route: URLPattern, language: str) -> None:
    for browser in (Client(HTTP_HOST="localhost"), signed_in):
        answer = browser.get(path, headers={"Accept-Language": language})
        for _ in range(3):
            if answer.status_code not in (301, 302):
                break
            answer = browser.get(answer.headers["Location"], headers={"Accept-Language": language})
        if answer.headers["Content-Type"].startswith("text/html"):
            check(answer)


def test_the_second_step_is_ours(sokha: Account, language: str) -> None:
    browser = Client(HTTP_HOST="localhost")
    form = {"login": sokha.email, "password": PASSWORD}
    answer = browser.post("/accounts/login/", form)
    assert answer.headers["Location"] == "/accounts/2fa/authenticate/"
    page = browser.get(answer.headers["Location"], headers={"Accept-Language": language})
    check(page)
    wrong = browser.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert 'role="alert"' in wrong.text


@pytest.mark.parametrize(
    "template",
    ["socialaccount/login.html", "socialaccount/login_redirect.html", "account/signup_closed.html"],
)
def test_pages_that_need_a_provider_are_ours(template: str, rf: Any) -> None:
    from django.contrib.auth.models import AnonymousUser
    from django.contrib.messages.storage.fallback import FallbackStorage
    from django.shortcuts import render

    request = rf.get("/", HTTP_HOST="localhost")
    request.user, request.session = AnonymousUser(), {}
    request._messages = FallbackStorage(request)
    text = render(request, template, {"redirect_to": "https://example.org/"}).content.decode()
    assert 'class="river"' in text
