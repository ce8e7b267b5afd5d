"""A node for all tests of signing in: it has a provider, and a first steward made by its link."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.provider import Provider
from tests.node import Node

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PASSWORD = "rain in the ninth month"
STEWARD = "chan@example.org"


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    with Provider().running() as made:
        yield made


@pytest.fixture(scope="session")
def own_node(
    browser: Browser, provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Node]:
    """The browser is asked for first: without one nothing starts."""
    node = Node(
        tmp_path_factory.mktemp("signing-in") / "var",
        TONLE_OIDC_SERVER=provider.url,
        TONLE_OIDC_NAME="Example University",
        TONLE_OIDC_CLIENT_ID="tonle",
        TONLE_OIDC_SECRET="between us",
    )
    node.tonle("init")
    node.start()
    page = browser.new_page()
    page.goto(node.run("user", "signin-link").strip())
    page.locator("[name=email]").fill(STEWARD)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=again]").fill(PASSWORD)
    page.get_by_role("button", name="Become the steward").click()
    page.close()
    yield node
    node.stop()
