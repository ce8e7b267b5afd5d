"""Passkeys with JavaScript, codes from a telephone without: the ways past a stolen password."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import PASSWORD, STEWARD
from tests.node import Node

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture
def pages(browser: Browser) -> Iterator[Any]:
    contexts: list[Any] = []

    def open_(javascript: bool) -> Page:
        context = browser.new_context(locale="en", java_script_enabled=javascript)
        contexts.append(context)
        return context.new_page()

    yield open_
    for context in contexts:
        context.close()


def by_password(page: Page, node: Node) -> None:
    page.goto(f"{node.url}/accounts/login/")
    page.locator("[name=login]").fill(STEWARD)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def again(page: Page) -> None:
    """The password once more, where a change to the account asks for it."""
    if "/reauthenticate/" in page.url:
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()


def test_a_passkey_is_made_and_signs_in_alone(own_node: Node, pages: Any) -> None:
    page = pages(javascript=True)
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    by_password(page, own_node)
    page.goto(f"{own_node.url}/accounts/2fa/webauthn/add/")
    again(page)
    page.get_by_role("button", name="Make the passkey").click()
    page.wait_for_url("**/recovery-codes/")
    assert page.locator("pre").inner_text().split()

    page.goto(f"{own_node.url}/me")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{own_node.url}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/me")
    assert STEWARD in page.locator("main").inner_text()

    # As a second step after the password, too.
    page.get_by_role("button", name="Sign out").click()
    by_password(page, own_node)
    assert page.url.endswith("/accounts/2fa/authenticate/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/me")

    # Removed, so that the next test meets a password alone.
    page.goto(f"{own_node.url}/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Remove").click()
    again(page)
    page.get_by_role("button", name="Remove").click()
    # Nothing was refused by the content security policy on the way.
    assert refused == []


def test_codes_from_a_telephone_need_no_script(own_node: Node, pages: Any) -> None:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    page = pages(javascript=False)
    by_password(page, own_node)
    page.goto(f"{own_node.url}/accounts/2fa/webauthn/add/")
    again(page)
    assert "Passkeys need JavaScript" in page.locator("main").inner_text()
    assert not page.get_by_role("button", name="Make the passkey").is_visible()

    page.goto(f"{own_node.url}/accounts/2fa/totp/activate/")
    secret = page.locator("main code").inner_text()

    def code() -> str:
        # That of this very half minute (RFC 6238), which the next one takes as well: the
        # oldest that is taken now would be refused where the half minute ends on the way.
        return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))

    page.locator("[name=code]").fill("000000")
    page.get_by_role("button", name="Turn on").click()
    assert page.locator("[role=alert]").first.is_visible()
    page.locator("[name=code]").fill(code())
    page.get_by_role("button", name="Turn on").click()
    paper = page.locator("pre").inner_text().split()

    page.goto(f"{own_node.url}/me")
    page.get_by_role("button", name="Sign out").click()
    by_password(page, own_node)
    assert page.url.endswith("/accounts/2fa/authenticate/")
    # One code on paper, once.
    page.locator("[name=code]").fill(paper[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert page.url.endswith("/me")
    page.get_by_role("button", name="Sign out").click()
    by_password(page, own_node)
    page.locator("[name=code]").fill(paper[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert page.locator("[role=alert]").first.is_visible()
