"""Signing in by others: an institution's OpenID Connect, and ORCID, as a small server of ours.

It answers as OpenID Connect Core 1.0 (sections 3.1.2, 3.1.3), RFC 7636 (PKCE) and ORCID's API 3.0
say, and as they should not.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.orcid.provider import OrcidProvider
from allauth.socialaccount.providers.orcid.views import OrcidOAuth2Adapter
from django.core import mail
from django.test import Client
from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

from config import urls as node_urls
from tests.web_service import Asked, Made, Raw, Reply, WebService, cut, reply
from tonle.infra import clock
from tonle.kernel.actors import NODE, Actor, Role
from tonle.people.models import Account, Person
from tonle.people.services import suspend_accounts
from tonle.people.tests.factories import PASSWORD, account

pytestmark = pytest.mark.django_db(databases=["default", "cache"])

CLIENT, SECRET = "tonle", "known to two"
ORCID = "0000-0002-1825-0097"
BY = {"institute": "/accounts/oidc/institute/login/", "orcid": "/accounts/orcid/login/"}


class Urls:
    """The node's own addresses, and those of both providers, which a node has by option."""

    urlpatterns: list[URLPattern | URLResolver] = [
        path("accounts/", include("allauth.socialaccount.providers.openid_connect.urls")),
        path("accounts/", include("allauth.socialaccount.providers.orcid.urls")),
        *node_urls.urlpatterns,
    ]
    handler404, handler500 = node_urls.handler404, node_urls.handler500


class Provider:
    """Both providers at one address. It knows one person, and hands out one code."""

    def __init__(self, service: WebService) -> None:
        self.service, self.url = service, service.url
        self.person = {"sub": "u-17", "email": "sokha@example.org", "email_verified": True}
        self.audience, self.issuer = CLIENT, service.url
        self.tokens: Reply | None = None  # Instead of the right answer.
        self.challenge = ""
        service.answers(Made(self.answer))

    def answer(self, asked: Asked) -> Reply:
        match urlsplit(asked.path).path:
            case "/.well-known/openid-configuration":
                return reply(200, {
                    "issuer": self.url,
                    "authorization_endpoint": f"{self.url}/authorize",
                    "token_endpoint": f"{self.url}/token",
                    "userinfo_endpoint": f"{self.url}/userinfo",
                    "jwks_uri": f"{self.url}/keys",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                })  # fmt: skip
            case "/token":
                return self.tokens or self.token(parse_qs(asked.body.decode()))
            case "/userinfo" if asked.headers.get("authorization") == "Bearer opens":
                return reply(200, self.person)
            case path if path == f"/v3.0/{ORCID}/record":
                return reply(200, {
                    "orcid-identifier": {"path": ORCID, "uri": f"https://orcid.org/{ORCID}"},
                    "person": {"name": {"family-name": {"value": "Sok"}}},
                })  # fmt: skip
        return reply(404, {"error": "not_found"})

    def token(self, asked: dict[str, list[str]]) -> Reply:
        verifier = asked.get("code_verifier", [""])[0]
        digest = hashlib.sha256(verifier.encode()).digest()
        proven = base64.urlsafe_b64encode(digest).decode().rstrip("=") == self.challenge
        if asked["code"] != ["c0de"] or asked["client_secret"] != [SECRET]:
            return reply(400, {"error": "invalid_grant"})
        if self.challenge and not proven:
            return reply(400, {"error": "invalid_grant"})
        now = int(clock.now().timestamp())
        said = {"iss": self.issuer, "aud": self.audience, "sub": self.person["sub"]}
        signed = jwt.encode({**said, "iat": now, "exp": now + 300}, "k" * 32)
        return reply(
            200,
            {"access_token": "opens", "token_type": "Bearer", "id_token": signed, "orcid": ORCID},
        )


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    with WebService() as service:
        app = {"client_id": CLIENT, "secret": SECRET}
        institute = {"provider_id": "institute", "name": "The institute",
                     "settings": {"server_url": service.url}}  # fmt: skip
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [{**app, **institute}]},
            "orcid": {"APPS": [{**app, "name": "ORCID"}]},
        }
        settings.ROOT_URLCONF = Urls
        monkeypatch.setattr(registry, "provider_map", registry.provider_map.copy())
        registry.register(OpenIDConnectProvider)
        registry.register(OrcidProvider)
        for name, place in (("authorize", "/authorize"), ("access_token", "/token"),
                            ("profile", "/v3.0/%s/record")):  # fmt: skip
            monkeypatch.setattr(OrcidOAuth2Adapter, f"{name}_url", service.url + place)
        yield Provider(service)


@pytest.fixture
def browser() -> Client:
    return Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")


def signed_in(browser: Client) -> str:
    return str(browser.session.get("_auth_user_id", ""))


def sent_on(browser: Client, provider: Provider, by: str, **asked: str) -> dict[str, str]:
    """What the provider is asked when somebody goes on to it; the page leads nowhere else."""
    page = browser.post(BY[by], asked)
    assert page.status_code == 200, page.headers
    address = unescape(re.findall(r'class="button" href="([^"]+)"', page.text)[0])
    assert address.startswith(f"{provider.url}/authorize?")
    found = {name: one for name, (one,) in parse_qs(urlsplit(address).query).items()}
    provider.challenge = found.get("code_challenge", "")
    return found


def come_back(browser: Client, asked: dict[str, str], **said: str) -> Any:
    """Come back from the provider as it sends people back."""
    there = urlsplit(asked["redirect_uri"]).path
    return browser.get(there, {"state": asked["state"], "code": "c0de", **said})


def walk(browser: Client, provider: Provider, by: str, **asked: str) -> Any:
    return come_back(browser, sent_on(browser, provider, by, **asked))


def test_the_provider_is_asked_as_its_standard_says(browser: Client, provider: Provider) -> None:
    page = browser.get("/accounts/login/")
    assert "Go to The institute" in page.text
    assert "Go to ORCID" in page.text
    asked = sent_on(browser, provider, "institute")
    assert asked["client_id"] == CLIENT
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://localhost/accounts/oidc/institute/login/callback/"
    assert len(asked["state"]) >= 16
    assert "openid" in asked["scope"]
    # Going there is a step that somebody takes: a link elsewhere cannot take it for them.
    assert browser.get(BY["institute"]).context is not None
    assert "You go to The institute" in browser.get(BY["institute"]).text


def test_somebody_new_still_confirms_the_address_by_our_own_letter(
    browser: Client, provider: Provider
) -> None:
    answer = walk(browser, provider, "institute")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/3rdparty/signup/")
    page = browser.get(answer["Location"])
    assert "The institute has told us who you are there." in page.text
    assert 'value="sokha@example.org"' in page.text
    assert not Account.objects.exists()

    sent = browser.post("/accounts/3rdparty/signup/", {"email": "sokha@example.org"})
    assert sent["Location"] == "/accounts/confirm-email/"
    assert signed_in(browser) == ""
    (link,) = re.findall(r"http://localhost:8000(/\S+)", str(mail.outbox[0].body))
    browser.post(link)
    assert walk(browser, provider, "institute")["Location"] == "/me"
    assert signed_in(browser) == Account.objects.get().pk
    assert not Account.objects.get().has_usable_password()


def test_what_a_provider_says_of_an_address_opens_no_account_that_is_here(
    browser: Client, provider: Provider
) -> None:
    account("sokha", password=PASSWORD)
    walk(browser, provider, "institute")
    browser.post("/accounts/3rdparty/signup/", {"email": "sokha@example.org"})
    assert signed_in(browser) == ""
    assert not SocialAccount.objects.exists()
    # Its owner is told, and whoever tried learns nothing.
    assert [one.subject for one in mail.outbox] == ["You have an account already"]
    assert Account.objects.count() == 1


def test_an_orcid_id_with_which_somebody_signs_in_is_theirs(
    browser: Client, provider: Provider
) -> None:
    sokha = account("sokha", password=PASSWORD)
    browser.post("/accounts/login/", {"login": sokha.email, "password": PASSWORD})
    # To add a way in, one shows once more who one is.
    again = walk(browser, provider, "orcid", process="connect")["Location"]
    assert not SocialAccount.objects.exists()
    browser.post(again, {"password": PASSWORD})
    assert SocialAccount.objects.get().uid == ORCID
    assert Person.objects.get(account=sokha).orcid == ORCID

    elsewhere = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")
    assert walk(elsewhere, provider, "orcid")["Location"] == "/me"
    assert signed_in(elsewhere) == sokha.pk

    # A second account cannot have it, too.
    bopha = account("bopha", password=PASSWORD)
    other = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")
    other.post("/accounts/login/", {"login": bopha.email, "password": PASSWORD})
    again = walk(other, provider, "orcid", process="connect")["Location"]
    other.post(again, {"password": PASSWORD})
    assert SocialAccount.objects.get().user == sokha
    assert not Person.objects.filter(account=bopha, orcid=ORCID).exists()


@pytest.mark.parametrize("by", ["institute", "orcid"])
def test_who_has_a_second_factor_is_asked_for_it(
    browser: Client, provider: Provider, by: str
) -> None:
    sokha = account("sokha", password=PASSWORD)
    uid = {"institute": ("institute", "u-17"), "orcid": ("orcid", ORCID)}[by]
    SocialAccount.objects.create(user=sokha, provider=uid[0], uid=uid[1])
    TOTP.activate(sokha, generate_totp_secret())
    assert walk(browser, provider, by)["Location"].startswith("/accounts/2fa/authenticate/")
    assert signed_in(browser) == ""
    assert browser.get("/me").status_code == 302


def test_who_is_suspended_does_not_come_in_by_the_side_door(
    browser: Client, provider: Provider
) -> None:
    sokha = account("sokha", password=PASSWORD)
    SocialAccount.objects.create(user=sokha, provider="orcid", uid=ORCID)
    rith = Actor("rith", roles=frozenset({Role("steward", NODE)}))
    suspend_accounts(accounts=[sokha.pk], reason="Asked about.", actor=rith, now=clock.now())
    assert "/accounts/suspended/" in walk(browser, provider, "orcid")["Location"]
    assert signed_in(browser) == ""


@pytest.mark.parametrize("gone", [reply(503), reply(200, "<html>"), reply(200, {}), cut])
def test_a_provider_that_is_away_is_told_as_such(
    browser: Client, provider: Provider, gone: Reply | Raw
) -> None:
    provider.service.answers(gone)
    page = browser.post(BY["institute"])
    assert page.status_code == 502
    assert "The other side did not confirm who you are" in page.text


@pytest.mark.parametrize(
    "fault",
    ["state", "another's state", "code", "refused", "verifier", "audience", "issuer", "broken",
     "nonsense"],
)  # fmt: skip
def test_what_is_not_as_it_should_be_lets_nobody_in(
    browser: Client, provider: Provider, fault: str
) -> None:
    sokha = account("sokha")
    SocialAccount.objects.create(user=sokha, provider="institute", uid="u-17")
    asked, said = sent_on(browser, provider, "institute"), {}
    match fault:
        case "state":
            said = {"state": "guessed"}
        case "another's state":
            browser = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")
        case "code":
            said = {"code": "stolen"}
        case "refused":
            said = {"error": "access_denied", "code": ""}
        case "verifier":
            provider.challenge = "of somebody else"
        case "audience":
            provider.audience = "another house"
        case "issuer":
            provider.issuer = "https://evil.example"
        case "broken":
            provider.tokens = reply(500, "Sorry")
        case "nonsense":
            provider.tokens = reply(200, "<html>", Content_Type="text/html")
    answer = come_back(browser, asked, **said)
    assert answer.status_code in {200, 302, 401}
    if answer.status_code == 302:
        answer = browser.get(answer["Location"])
    assert signed_in(browser) == ""
    assert "<h1>" in answer.text
