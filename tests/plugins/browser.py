"""A real browser before a real node.

`open_page(path, language=…, javascript=…, width=…)` gives a Playwright page on the
session's node, which has the starter set. The browser is the system's own Chromium.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser_program import find_browser
from tests.node import Node
from tests.starter import starter_node

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

OpenPage = Callable[..., "Page"]

# The narrowest telephone there is, a small notebook.
NARROW, WIDE = 320, 1280


def program_or_skip() -> str:
    """Where Chromium is."""
    program = find_browser()
    if program is None and os.environ.get("TONLE_TEST_BROWSER") == "required":
        pytest.fail("A browser is required here, and there is none.", pytrace=False)
    if program is None:
        pytest.skip("no browser here")
    return program


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window. Skips where there is none, unless .ci/run wants one."""
    program = program_or_skip()
    from playwright.sync_api import sync_playwright

    # Chromium's own sandbox refuses to start as root, as CI machines run it.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=arguments)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """One node for all browser tests: made as `./run` makes it, with the starter set found."""
    with starter_node(tmp_path_factory.mktemp("node") / "var") as made:
        yield made


@pytest.fixture
def open_page(browser: Browser, node: Node) -> Iterator[OpenPage]:
    """open_page("/search?q=rice", language="km"): a page in a fresh context, already loaded.

    cookies: of somebody who has signed in, as Playwright's `storage_state` gives them.
    """
    contexts: list[Any] = []

    def open_(
        path: str,
        *,
        language: str = "en",
        javascript: bool = False,
        width: int = WIDE,
        cookies: Any = None,
    ) -> Page:
        context = browser.new_context(
            locale=language,
            java_script_enabled=javascript,
            viewport={"width": width, "height": 800},
            storage_state=cookies,
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(node.url + path)
        return page

    yield open_
    for context in contexts:
        context.close()
