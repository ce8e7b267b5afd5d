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

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

OpenPage = Callable[..., "Page"]

# A telephone of the region, a small notebook.
NARROW, WIDE = 360, 1280


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window. Skips where there is none."""
    program = find_browser()
    if program is None:
        pytest.skip("no browser here")
    from playwright.sync_api import sync_playwright

    # Chromium's own sandbox refuses to start as root, as CI machines run it.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=arguments)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def make_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Node]]:
    """make_node(**options): a node that has been initialised; it is stopped in the end."""
    made: list[Node] = []

    def make(**options: str) -> Node:
        node = Node(tmp_path_factory.mktemp("node") / "var", **options)
        node.tonle("init")
        made.append(node)
        return node

    yield make
    for node in made:
        node.stop()


@pytest.fixture(scope="session")
def node(make_node: Callable[..., Node]) -> Node:
    """One node for all browser tests that only read: starter set loaded, being served."""
    made = make_node()
    made.tonle("starter")
    made.start()
    return made


@pytest.fixture
def open_page(browser: Browser, node: Node) -> Iterator[OpenPage]:
    """open_page("/search?q=rice", language="km"): a page in a fresh context, already loaded."""
    contexts: list[Any] = []

    def open_(
        path: str, *, language: str = "en", javascript: bool = False, width: int = WIDE
    ) -> Page:
        context = browser.new_context(
            locale=language,
            java_script_enabled=javascript,
            viewport={"width": width, "height": 800},
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(node.url + path)
        return page

    yield open_
    for context in contexts:
        context.close()
