"""Every page that links lead to, as each of its readers sees it; and the texts on a page.

A walk begins at the front page and at what no link leads to, and follows links within the
node. Of pages that one view makes from the same templates, the usual run takes the first.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from django.test import Client
from django.test.signals import template_rendered

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# Followed, these end a session, leave the node, or answer with a file.
_LEFT_OUT = re.compile(
    r"^/(people/named|organisations/|static|oai|feeds|stac|catalog\.|sitemap|schemas|api)|/zip$|/files/|/certificate$|"
    r"/hooks/line|/logout/|\?(.*&)?(lang|format|cursor|before)=|/language$|robots\.txt|\.svg"
)


@dataclass(frozen=True)
class Visit:
    """One page before one reader. who: "" is a stranger."""

    who: str
    url: str


@dataclass
class Seen:
    """What a walk found.

    visits: the pages worth another look, each adding a template or a view to those before it
    (all of them where `whole`); templates: the names of all that were shown; broken: links
    that lead nowhere, with the page they stand on.
    """

    visits: list[Visit] = field(default_factory=list)
    templates: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)


def walk(clients: dict[str, Client], starts: Iterable[str], *, whole: bool, most: int) -> Seen:
    """Follow links for each reader. most: pages of one view for one reader that are opened."""
    seen, known = Seen(), set[tuple[str, frozenset[str]]]()
    for who, client in clients.items():
        waiting = deque((url, "") for url in starts)
        met, opened = {url for url, _ in waiting}, dict[str, int]()
        while waiting:
            url, origin = waiting.popleft()
            with _templates() as shown:
                answer = client.get(url, headers={"Accept-Language": "en"})
            if answer.status_code >= 400 and origin:
                seen.broken.append(
                    f"{who or 'a stranger'} at {origin}: {url} ({answer.status_code})"
                )
            if 300 <= answer.status_code < 400:
                targets = [answer.headers["Location"]]
            elif answer.headers.get("Content-Type", "").startswith("text/html"):
                seen.templates |= shown
                view = "" if answer.status_code == 404 else answer.resolver_match.view_name
                # A reader's own menu is on all of their pages and makes none of them new.
                face = (view, frozenset(shown))
                if whole or face not in known:
                    seen.visits.append(Visit(who, url))
                known.add(face)
                targets = list(links(answer.content.decode()))
            else:
                targets = []
            for target in targets:
                there = urldefrag(urljoin(f"http://localhost{url}", target))[0]
                parts = urlsplit(there)
                path = f"{parts.path}?{parts.query}" if parts.query else parts.path
                if parts.netloc != "localhost" or path in met or _LEFT_OUT.search(path):
                    continue
                met.add(path)
                kind = re.sub(r"/[0-9a-z]{15}\b|/[^/]*[0-9A-Z%][^/]*", "/*", parts.path)
                opened[kind] = opened.get(kind, 0) + 1
                if whole or opened[kind] <= most:
                    waiting.append((path, url))
    return seen


@contextmanager
def _templates() -> Iterator[set[str]]:
    """The names of the templates that are rendered meanwhile."""
    names: set[str] = set()

    def note(template: Any, **_: Any) -> None:
        if template.name:
            names.add(template.name)

    template_rendered.connect(note)
    try:
        yield names
    finally:
        template_rendered.disconnect(note)


def links(html: str) -> Iterator[str]:
    for address in re.findall(r'<a [^>]*?href="([^"]+)"', html):
        yield address.replace("&amp;", "&").replace("&#x27;", "'")


class Texts(HTMLParser):
    """What a page says to its reader, in pieces as they stand between tags and in attributes.

    Left out: what is marked as being in another language than the page, code, and what only
    machines read.
    """

    SAID = frozenset({"title", "alt", "placeholder", "aria-label", "aria-description", "label"})
    VOID = frozenset({"meta", "link", "input", "br", "hr", "img", "path", "wbr", "source", "col"})
    SILENT = frozenset({"script", "style", "code", "pre", "kbd", "samp", "svg"})

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._page = ""
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self._page = given.get("lang", "")
        foreign = "lang" in given and given["lang"] != self._page
        silent = self._silent or foreign or tag in self.SILENT
        if not silent or (tag == "meta" and not self._silent):
            self._attributes(tag, given)
        if tag not in self.VOID:
            self._open.append((tag, silent))

    def _attributes(self, tag: str, given: dict[str, str]) -> None:
        self._say(*(value for name, value in given.items() if name in self.SAID))
        if tag == "meta" and given.get("name") == "description":
            self._say(given.get("content", ""))
        if tag == "input" and given.get("type") in {"submit", "button"}:
            self._say(given.get("value", ""))
        if tag == "form":
            # What our own script says, as the page gives it.
            self._say(*(v for n, v in given.items() if n.startswith("data-") and " " in v))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._say(data)

    @property
    def _silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def _say(self, *pieces: str) -> None:
        self.found.extend(text for piece in pieces if (text := " ".join(piece.split())))


def texts(html: str) -> list[str]:
    reader = Texts()
    reader.feed(html)
    return reader.found
