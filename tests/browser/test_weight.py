"""Every public page is light, asks for little and complains of nothing."""

from __future__ import annotations

import re
import urllib.request

from tests.node import Node
from tests.plugins.browser import OpenPage
from tests.starter import read

FIRST_VIEW = 14_000  # bytes of HTML and CSS, compressed: one round trip (DESIGN §8).
MOST_REQUESTS = 3
PAGES = ("/", "/search", "/search?q=water", "/search?q=nothinglikethis", "/about", "/languages")


def compressed(node: Node, path: str, language: str) -> bytes:
    """The answer's body as it travels."""
    request = urllib.request.Request(  # noqa: S310 # Our own node.
        node.url + path, headers={"Accept-Encoding": "gzip", "Accept-Language": language}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 # Our own node.
        assert answer.headers["Content-Encoding"] == "gzip"
        return bytes(answer.read())


def records(node: Node) -> dict[str, list[str]]:
    """Addresses of the landing pages of all records, by kind."""
    found: dict[str, list[str]] = {}
    cursor = ""
    while True:
        page = read(node, f"/api/v1/records?limit=100{cursor}")
        for item in page["items"]:
            found.setdefault(item["kind"], []).append(f"/records/{item['id']}")
        if not page["next"]:
            return found
        cursor = f"&cursor={page['next']}"


def test_a_first_view_of_any_page_is_one_round_trip(node: Node, language: str) -> None:
    import gzip

    front = gzip.decompress(compressed(node, "/", language)).decode()
    (stylesheet,) = re.findall(r'rel="stylesheet" href="([^"]+)"', front)
    style = len(compressed(node, stylesheet, language))
    landing = [path for paths in records(node).values() for path in paths]
    assert len(landing) >= 150
    heavy = {
        path: weight
        for path in (*PAGES, *landing)
        if (weight := len(compressed(node, path, language)) + style) > FIRST_VIEW
    }
    assert heavy == {}


def test_a_page_asks_for_little_and_complains_of_nothing(
    open_page: OpenPage, node: Node, language: str
) -> None:
    # With JavaScript, which no page has: a complaint about it would be seen.
    page = open_page("/about", language=language, javascript=True)
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    for path in (*PAGES, *(paths[0] for paths in records(node).values())):
        asked.clear()
        page.goto(node.url + path)
        assert len(asked) <= MOST_REQUESTS, path
        assert all(url.startswith(node.url) for url in asked)
        assert complaints == [], path
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
