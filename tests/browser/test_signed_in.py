"""Every page of somebody signed in, found by its links: narrow enough, and open to all by axe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import pytest

from tests.browser.accessible import violations
from tests.browser.accounts import account
from tests.browser.pages import name_of
from tests.browser.test_newcomers_walk import sign_in
from tests.node import Node
from tests.plugins.browser import NARROW, WIDE, OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Pages that are looked at without an account, or that end what is being done here.
PASSED = ("catalogue:", "search:", "web:", "api:", "account_logout", "not found")
# What a browser takes away, and does not show.
FILES = (".csv", ".json", ".atom", ".ics", ".zip")
STARTS = ("/me", "/deposit", "/steward", "/desk", "/deposit/review")
STEPS = ("describe", "people", "files", "rights", "links", "check")
_LINKS = "() => [...document.querySelectorAll('a[href]')].map((a) => a.href)"


def _look(page: Page, name: str, width: int, scheme: Literal["light", "dark"]) -> list[str]:
    """What is wrong with the page that is open, at this width also by axe."""
    found = []
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    for wide in (WIDE + NARROW - width, width):
        page.set_viewport_size({"width": wide, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > wide:
            found.append(f"{name}: wider than {wide}")
    return found + [f"{name}, {width}, {scheme}: {one}" for one in violations(page)]


def _walk(
    page: Page, node: Node, waiting: list[str], draft: str, seen: set[str], *, follow: bool
) -> list[str]:
    """What is wrong with the pages that links lead to, one for each template."""
    wrong: list[str] = []
    while waiting:
        path = waiting.pop(0)
        step = path.removeprefix(f"{draft}/") if path.startswith(f"{draft}/") else ""
        name = f"{name_of(path)} {step.split('?')[0]}".strip()
        if name in seen or name.startswith(PASSED):
            continue
        seen.add(name)
        if path.split("?")[0].endswith(FILES):
            continue
        answer = page.goto(node.url + path)
        assert answer
        if not (answer.headers.get("content-type") or "").startswith("text/html"):
            continue
        if answer.status == 403:
            continue  # Not of this role.
        assert answer.status == 200, path
        if step:
            page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
        if len(seen) % 2:
            wrong += _look(page, name, NARROW, "dark")
        else:
            wrong += _look(page, name, WIDE, "light")
        if not follow:
            continue
        links = [urlsplit(link) for link in page.evaluate(_LINKS)]
        waiting += [
            f"{link.path}{'?' if link.query else ''}{link.query}"
            for link in links
            if f"{link.scheme}://{link.netloc}" == node.url
        ]
    return wrong


@pytest.mark.parametrize(
    "everything",
    [pytest.param(False, id="main-pages"), pytest.param(True, id="all", marks=pytest.mark.deep)],
)
def test_pages_of_somebody_signed_in_are_open_to_all(
    open_page: OpenPage, node: Node, everything: bool
) -> None:
    """Usually the steps of a deposit and where everybody's work begins; with --deep every page."""
    seen: set[str] = set()
    wrong: list[str] = []
    for role in ("steward", "curator") if everything else ("steward",):
        page = open_page("/deposit", javascript=True)
        page.locator(".gifts a").first.click()
        sign_in(page, account(node, f"{role}-axe-{everything}".lower(), "--role", role))
        page.locator("#title").fill("Looked at by axe")
        page.get_by_role("button", name="Begin").click()
        page.wait_for_url("**/describe")
        draft = urlsplit(page.url).path.removesuffix("/describe")
        # Steps are one view of several pages.
        starts = [*(f"{draft}/{step}" for step in STEPS), *STARTS, draft]
        wrong += _walk(page, node, starts, draft, seen, follow=everything)
    assert wrong == []
    assert {"people:me", "people:steward", "desk:desk", "deposit:step describe"} <= seen
    assert len(seen) >= (25 if everything else 10)
