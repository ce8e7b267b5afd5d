"""Every public page of a node, one for each template: found by its address map and its links.

A page that a context adds tomorrow is found tomorrow: nobody has to remember to list it.
"""

from __future__ import annotations

import gzip
import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import unescape
from urllib.parse import unquote, urljoin, urlsplit

from tests.node import Node
from tests.starter import read

# Pages that no link leads to, and states that only a question brings up.
SEEDS = (
    "/",
    "/search?q=water",
    "/search?q=nothinglikethis",
    "/search?kind=dataset&member=KHM",
    "/search?kind=funding_opportunity",
    "/nothing/of/this/name",
    "/records/nothing-of-this-name",
)
# What is one view and several templates, told apart by these.
_SEARCHES = {"/search?q=nothinglikethis": "search, nothing found"}


@dataclass(frozen=True)
class Fetched:
    """An answer as it travelled. body: still compressed; text: of a page, "" else.

    is_kept: a browser keeps it as a file, and shows nothing.
    """

    status: int
    kind: str
    coding: str
    body: bytes
    is_kept: bool = False

    @property
    def text(self) -> str:
        if self.is_kept or not self.kind.startswith("text/html"):
            return ""
        return (gzip.decompress(self.body) if self.coding == "gzip" else self.body).decode()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object) -> None:
        """None: a redirect is an answer, and no page."""


_opener = urllib.request.build_opener(_Stay)


def fetch(node: Node, path: str, language: str = "en") -> Fetched:
    """What a browser without an account and without Brotli is sent."""
    headers = {"Accept-Encoding": "gzip", "Accept-Language": language, "Accept": "text/html"}
    request = urllib.request.Request(node.url + path, headers=headers)  # noqa: S310 # Our own node.
    try:
        answer = _opener.open(request, timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        fields = answer.headers
        return Fetched(
            answer.status,
            fields.get("Content-Type", ""),
            fields.get("Content-Encoding", ""),
            answer.read(),
            fields.get("Content-Disposition", "").startswith("attachment"),
        )


def _routes() -> Iterator[str]:
    """Every address without a part to fill in."""
    from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

    def walk(patterns: Sequence[object], spaces: tuple[str, ...]) -> Iterator[str]:
        for one in patterns:
            if isinstance(one, URLPattern):
                try:
                    yield reverse(":".join((*spaces, one.name or "")))
                except NoReverseMatch:
                    continue  # It needs arguments: links will lead there.
            else:
                space = getattr(one, "namespace", None)
                yield from walk(
                    one.url_patterns,  # type: ignore[attr-defined]  # A resolver has them.
                    (*spaces, space) if space else spaces,
                )

    yield from walk(get_resolver().url_patterns, ())


def name_of(path: str) -> str:
    """What an address is called: its view, and the state where one view has several pages."""
    from django.urls import Resolver404, resolve

    if path in _SEARCHES:
        return _SEARCHES[path]
    try:
        return resolve(unquote(urlsplit(path).path)).view_name
    except Resolver404:
        return "not found"


def _links(page: str, path: str) -> Iterator[str]:
    for link in re.findall(r'<a [^>]*?href="([^"#]+)', page):
        address = urljoin(path, unescape(link))
        if address.startswith("/") and not address.startswith("//"):
            yield address


@cache
def public_pages(node: Node) -> dict[str, str]:
    """Name of each template to the address of a page of it; landing pages one for each kind."""
    waiting = [*SEEDS, *sorted(set(_routes()))]
    by_kind = records(node)
    waiting[2:2] = [paths[0] for paths in by_kind.values()]
    kind_of = {paths[0]: kind for kind, paths in by_kind.items()}
    found: dict[str, str] = {}
    tried: dict[str, int] = {}
    while waiting:
        path = waiting.pop(0)
        name = f"record, {kind_of[path]}" if path in kind_of else name_of(path)
        # A view that answers some addresses by a redirect or a file is asked a few times.
        if name in found or tried.get(name, 0) >= 4 or name.startswith("api:"):
            continue
        if "logout" in name or name == "catalogue:record":
            continue
        tried[name] = tried.get(name, 0) + 1
        answer = fetch(node, path)
        if not answer.text or answer.status not in {200, 404}:
            continue
        if answer.status == 404 and name not in {"not found"}:
            continue
        found[name] = path
        waiting += list(dict.fromkeys(_links(answer.text, path)))
    return found


@cache
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
