"""Signing in by a provider: a small one of ours that answers as OpenID Connect Core 1.0 says."""

from __future__ import annotations

import json
import re
import secrets
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.node import Node

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PASSWORD = "rain in the ninth month"


class Provider(ThreadingHTTPServer):
    """A university's sign-in: whoever comes is `who`, who has that address there."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.who, self.email = "sokha-1", "sokha@example.org"
        self.refuses = False
        self.asked: list[dict[str, list[str]]] = []


class Answer(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        path = urlsplit(self.path)
        if path.path == "/.well-known/openid-configuration":
            self._json(
                {
                    "issuer": self.server.url,
                    "authorization_endpoint": f"{self.server.url}/authorize",
                    "token_endpoint": f"{self.server.url}/token",
                    "userinfo_endpoint": f"{self.server.url}/userinfo",
                    "jwks_uri": f"{self.server.url}/keys",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )
        elif path.path == "/authorize":
            asked = parse_qs(path.query)
            self.server.asked.append(asked)
            told = {"state": asked["state"][0]}
            told |= {"error": "access_denied"} if self.server.refuses else {"code": "once"}
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri'][0]}?{urlencode(told)}")
            self.end_headers()
        elif path.path == "/userinfo":
            # It says that the address is verified; nobody here takes its word.
            self._json({"sub": self.server.who, "email": self.server.email, "email_verified": True})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._json({"access_token": secrets.token_hex(8), "token_type": "Bearer"})

    def _json(self, body: dict[str, Any]) -> None:
        sent = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    made = Provider()
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture(scope="module")
def own_node(
    browser: Browser, provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Node]:
    """A node that has the provider. The browser is asked for first: without one nothing starts."""
    node = Node(
        tmp_path_factory.mktemp("providers") / "var",
        TONLE_OIDC_SERVER=provider.url,
        TONLE_OIDC_NAME="Example University",
        TONLE_OIDC_CLIENT_ID="tonle",
        TONLE_OIDC_SECRET="between us",
    )
    node.tonle("init")
    node.start()
    yield node
    node.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en", java_script_enabled=False)
    yield context.new_page()
    context.close()


def go_to_the_university(page: Page, node: Node) -> None:
    page.goto(f"{node.url}/accounts/login/")
    page.get_by_role("button", name="Go to Example University").click()
    # A page leads there by itself, since our forms may be sent to us alone.
    page.wait_for_url(re.compile(r"/accounts/(3rdparty|oidc|confirm-email)/|/me$"))
    page.wait_for_load_state()
    if "/oidc/oidc/login/" in page.url and "callback" not in page.url:
        page.wait_for_url(re.compile(r"/accounts/(3rdparty|confirm-email)/|/me$"))


def letters(node: Node) -> list[str]:
    folder = Path(node.data) / "mail"
    return [file.read_text(encoding="utf-8") for file in sorted(folder.glob("*"))]


def test_a_newcomer_comes_by_the_university_and_confirms_the_address(
    own_node: Node, provider: Provider, page: Page
) -> None:
    go_to_the_university(page, own_node)
    assert page.url.endswith("/accounts/3rdparty/signup/")
    asked = provider.asked[-1]
    assert asked["code_challenge_method"] == ["S256"]
    assert page.locator("[name=email]").input_value() == provider.email
    page.get_by_role("button", name="Open the account").click()
    # The provider's word that the address is verified is not taken.
    assert page.url.endswith("/accounts/confirm-email/")
    (link,) = re.findall(
        r"http://localhost:\d+(/accounts/confirm-email/\S+)", letters(own_node)[-1]
    )
    page.goto(own_node.url + link)
    page.get_by_role("button", name="Yes, it is mine").click()

    go_to_the_university(page, own_node)
    assert page.url.endswith("/me")
    assert provider.email in page.locator("main").inner_text()


def test_an_account_that_is_here_is_not_opened_by_the_same_address(
    own_node: Node, provider: Provider, page: Page
) -> None:
    provider.who, provider.email = "stranger-7", "rith@example.org"
    own_node.tonle("user", "add", provider.email, "--role", "steward")
    go_to_the_university(page, own_node)
    if page.url.endswith("/signup/"):
        page.get_by_role("button", name="Open the account").click()
    page.goto(f"{own_node.url}/me")
    assert "/accounts/login/" in page.url


def test_who_turns_back_on_the_way_is_told_that_nothing_happened(
    own_node: Node, provider: Provider, page: Page
) -> None:
    provider.refuses = True
    page.goto(f"{own_node.url}/accounts/login/")
    page.get_by_role("button", name="Go to Example University").click()
    page.wait_for_url("**/cancelled/")
    assert "Nothing has changed" in page.locator("main").inner_text()
