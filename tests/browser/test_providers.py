"""Signing in by a provider: a small one of ours that answers as OpenID Connect Core 1.0 says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.provider import Provider
from tests.node import Node

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


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
    own_node.run("user", "add", provider.email, "--role", "steward")
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
