"""Every public page is light, asks for little, complains of nothing and is open to all.

Usually each template in every language, and each record in one of them; with --deep all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import pytest
from django.conf import settings

from tests.browser.accessible import violations
from tests.browser.pages import public_pages, records
from tests.browser.weights import MOST_REQUESTS, table, weigh
from tests.node import Node
from tests.plugins.browser import NARROW, WIDE, OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

LANGUAGES = [code for code, _name in settings.LANGUAGES]
TURNS = range(len(LANGUAGES))
Scheme = Literal["light", "dark"]
LOOKS: tuple[tuple[int, Scheme], ...] = tuple(
    (width, scheme) for width in (NARROW, WIDE) for scheme in get_args(Scheme)
)


def test_every_template_is_known(node: Node) -> None:
    found = public_pages(node)
    assert {
        "web:front",
        "search:search",
        "record, dataset",
        "catalogue:version",
        "catalogue:organisation",
        "catalogue:person-named",
        "deposit:home",
        "desk:ask",
        "account_login",
        "not found",
    } <= set(found)


def test_a_first_view_of_any_template_is_one_round_trip(node: Node, language: str) -> None:
    weights = [weigh(node, name, path, language) for name, path in public_pages(node).items()]
    heavy = [one for one in weights if not one.is_light]
    assert heavy == [], "\n".join(table(heavy))


@pytest.mark.parametrize(
    ("turn", "most"),
    [
        pytest.param(0, 5, id="some"),
        *(pytest.param(n, 1000, id=f"all-{n}", marks=pytest.mark.deep) for n in TURNS),
    ],
)
def test_a_first_view_of_any_record_is_one_round_trip(node: Node, turn: int, most: int) -> None:
    """Records of each kind, each in one language, another one in each turn."""
    paths = [path for of_kind in records(node).values() for path in of_kind[:most]]
    weights = [
        weigh(node, path, path, LANGUAGES[(at + turn) % len(LANGUAGES)])
        for at, path in enumerate(paths)
    ]
    heavy = [one for one in weights if not one.is_light]
    assert heavy == [], "\n".join(table(heavy))


class Ear:
    """What a page asks for, and what it complains of."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", self._hear)
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, request: Request) -> None:
        # What the service worker asks for on the page's behalf is the same once more; and so is
        # what Chromium asks for again where the worker takes over while a page is loading.
        if request.service_worker is None and request.url not in self.asked:
            self.asked.append(request.url)


@pytest.mark.parametrize(
    ("turn", "looks"),
    [
        pytest.param(0, ((NARROW, "dark"), (WIDE, "light")), id="each-once"),
        *(pytest.param(n, LOOKS, id=f"all-{n}", marks=pytest.mark.deep) for n in TURNS),
    ],
)
def test_a_page_asks_for_little_complains_of_nothing_and_is_open_to_all(
    open_page: OpenPage, node: Node, turn: int, looks: tuple[tuple[int, Scheme], ...]
) -> None:
    """With scripts, at both widths; WCAG 2.2 AA by axe, light and dark.

    Each template in one language, another one in each turn; usually in one look, with --deep
    in every language and all looks.
    """
    for at, language in enumerate(LANGUAGES):
        page = open_page("/about", language=language, javascript=True)
        ear = Ear(page)
        mine = list(public_pages(node).items())[(at + turn) % len(LANGUAGES) :: len(LANGUAGES)]
        for number, (name, path) in enumerate(mine):
            ear.asked.clear()
            ear.complaints.clear()
            answer = page.goto(node.url + path)
            assert answer
            assert len(ear.asked) <= MOST_REQUESTS, (name, ear.asked)
            assert all(url.startswith(node.url) for url in ear.asked)
            if answer.status == 200:  # Chromium complains of a page that is not there.
                assert ear.complaints == [], name
            chosen = looks if len(looks) > 2 else looks[number % 2 :][:1]
            for width in (NARROW, WIDE):
                page.set_viewport_size({"width": width, "height": 800})
                assert page.evaluate("document.documentElement.scrollWidth") <= width, name
                for scheme in (scheme for wide, scheme in chosen if wide == width):
                    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                    assert violations(page) == [], (name, language, width, scheme)
