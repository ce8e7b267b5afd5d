"""A node as a newcomer has it after `./run`: made, filled with the starter set, served."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urljoin

from tests.node import Node


class Result(NamedTuple):
    """One record of a list of results: its page's path and the title that is shown."""

    path: str
    title: str


class Results(NamedTuple):
    """What a word finds, in order; across: what it finds in other languages."""

    own: list[Result]
    across: list[Result]


@contextmanager
def starter_node(data: Path) -> Iterator[Node]:
    """A node in `data`, stopped in the end; every record of the starter set can be found."""
    from tonle.catalogue import starter

    node = Node(data)
    node.start("up")
    try:
        wanted = sum(1 for _ in starter.documents())
        # The index follows the log beside the server, a moment later.
        for _attempt in range(600):
            if _found(node) == wanted:
                break
            time.sleep(0.1)
        else:
            raise AssertionError(f"{_found(node)} of {wanted} records can be found.")
        yield node
    finally:
        node.stop()


def read(node: Node, path: str, language: str = "en") -> Any:
    """The JSON at an address of the node."""
    return json.loads(_get(node.url + path, "application/json", language))


def found_by_page(url: str, word: str, language: str = "en") -> Results:
    """Every result on all pages of results of the node at `url`."""
    # Whoever only starts a node needs no lxml.
    from lxml.html import document_fromstring

    def titles(section: str) -> list[Result]:
        links = page.xpath(f"//section[@aria-labelledby='{section}']/ol//h3/a")
        return [Result(link.get("href"), link.text_content()) for link in links]

    found = Results([], [])
    address = f"{url}/search?q={quote(word)}"
    while True:
        # Of what XPath answers, lxml's types say only that it may be anything.
        page: Any = document_fromstring(_get(address, "text/html", language).decode())
        found.own.extend(titles("results"))
        # The list of other languages stands on the first page alone, or on each the same.
        found.across.extend(titles("across") if not found.across else [])
        further = page.xpath("//link[@rel='next']/@href")
        if not further:
            return found
        address = urljoin(address, further[0])


def found_by_api(url: str, word: str, language: str = "en") -> Results:
    """The same by the interface for programs, 5 at a time."""

    def results(items: Any) -> list[Result]:
        return [Result(f"/records/{item['id']}", item["title"]) for item in items]

    found, cursor = Results([], []), ""
    while True:
        address = f"{url}/api/v1/records?q={quote(word)}&limit=5{cursor}"
        page = json.loads(_get(address, "application/json", language))
        found.own.extend(results(page["items"]))
        found.across.extend(results(page["across"]["items"]) if not cursor else [])
        if not page["next"]:
            assert len(found.own) == page["total"]
            return found
        cursor = f"&cursor={quote(page['next'])}"


def title_on_page(url: str, result: Result, language: str = "en") -> str:
    """The title that a result's own page shows, which opens."""
    page = _get(url + result.path, "text/html", language).decode()
    heading = re.search(r'<h1><span lang="[^"]+" dir="auto">(.*?)</span>', page)
    assert heading, f"{result.path} has no title in a language"
    return unescape(heading[1])


def _get(address: str, accept: str, language: str) -> bytes:
    request = urllib.request.Request(  # noqa: S310 # Our own node.
        address, headers={"Accept": accept, "Accept-Language": language}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 # Our own node.
        return bytes(answer.read())


def _found(node: Node) -> int:
    # Every access level: a filter is what makes the API ask the index and not the database.
    levels = "".join(f"&access={x}" for x in ("open", "embargoed", "restricted", "metadata_only"))
    return int(read(node, f"/api/v1/records?limit=1{levels}")["total"])
