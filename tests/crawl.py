"""Every page that links lead to, as each of its readers sees it; and the texts on a page.

A walk begins at the front page and at what no link leads to, and follows links within the
node. Of pages that one view makes from the same templates, the usual run takes the first.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from django.test import Client
from django.test.signals import template_rendered
from lxml.html import HtmlElement, document_fromstring

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# Followed, these end a session, leave the node, or answer with a file.
_LEFT_OUT = re.compile(
    r"^/(people/named|organisations/|static|oai|feeds|stac|catalog\.|sitemap|schemas|api)|/zip$|/files/|/certificate$|"
    r"/hooks/line|/logout/|\?(.*&)?(lang|format|cursor|before)=|/language$|robots\.txt|\.svg"
)


@dataclass(frozen=True)
class Visit:
    """One page before one reader. who: "" is a stranger; sent: a form, as a query, or None."""

    who: str
    url: str
    sent: str | None = None

    def ask(self, clients: Mapping[str, Client], language: str) -> Any:
        """The node's answer."""
        client, headers = clients[self.who], {"Accept-Language": language}
        if self.sent is None:
            return client.get(self.url, headers=headers)
        return client.post(self.url, dict(parse_qsl(self.sent, True)), headers=headers)


@dataclass
class Seen:
    """What a walk found.

    pages: what each page worth another look said in English; a page is, where it adds a
    template or a view to those before it (all are, where `whole`); templates: the names of
    all that were shown; broken: links that lead nowhere, with the page they stand on.
    """

    pages: dict[Visit, frozenset[str]] = field(default_factory=dict)
    templates: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)

    def by_turns(
        self, languages: Sequence[str], *, whole: bool
    ) -> Iterator[tuple[str, list[Visit]]]:
        """What to look at in each language: each page in one, the next page in the next.

        What stands on many pages, such as the shell and most parts, is so seen in all of them.
        All pages in all languages where `whole`.
        """
        for turn, language in enumerate(languages):
            yield (
                language,
                [
                    visit
                    for at, visit in enumerate(self.pages)
                    if whole or at % len(languages) == turn
                ],
            )


def walk(
    clients: Mapping[str, Client],
    starts: Iterable[Visit],
    *,
    whole: bool,
    most: int,
    guests: Iterable[str] = (),
) -> Seen:
    """Follow links for each reader.

    most: pages of one kind that all readers together open, and one more for each; where `whole`
    it bounds only the questions put to one kind of page (filters of a search lead to each other
    without end), and every page without one is opened. guests: readers who look at their
    starts alone.
    """
    seen = Seen()
    known, opened = set[frozenset[str]](), Counter[str]()
    begins = list(starts)
    for who in clients:
        waiting = deque((visit, "") for visit in begins if visit.who == who)
        met, mine = {visit.url for visit, _ in waiting}, set[str]()
        while waiting:
            visit, origin = waiting.popleft()
            with _templates() as shown:
                answer = visit.ask(clients, "en")
            # A tombstone is where a link to what was taken back shall lead.
            if answer.status_code >= 400 and answer.status_code != 410 and origin:
                seen.broken.append(
                    f"{who or 'a stranger'} at {origin}: {visit.url} ({answer.status_code})"
                )
            if 300 <= answer.status_code < 400:
                targets = [answer.headers["Location"]]
            elif answer.headers.get("Content-Type", "").startswith("text/html"):
                seen.templates |= shown
                # A reader's own menu is on all of their pages and makes none of them new.
                face = frozenset({_view(answer), *shown})
                page = answer.content.decode()
                if whole or face not in known or visit.sent is not None:
                    seen.pages[visit] = frozenset(texts(page))
                known.add(face)
                targets = list(links(page))
            else:
                targets = []
            if who in guests and answer.status_code // 100 != 3:
                continue
            for path in _inside(visit.url, targets):
                if path in met:
                    continue
                met.add(path)
                kind = re.sub(r"/[0-9a-z]{15}\b|/[^/]*[0-9A-Z%][^/]*", "/*", urlsplit(path).path)
                if (whole and "?" not in path) or opened[kind] < most or kind not in mine:
                    opened[kind] += 1
                    mine.add(kind)
                    waiting.append((Visit(who, path), visit.url))
    return seen


def _view(answer: Any) -> str:
    return "" if answer.status_code == 404 else str(answer.resolver_match.view_name)


def _inside(url: str, targets: Iterable[str]) -> Iterator[str]:
    """Those of the targets, seen from a page, that are pages of the node: path and query."""
    for target in targets:
        parts = urlsplit(urldefrag(urljoin(f"http://localhost{url}", target))[0])
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if parts.netloc == "localhost" and not _LEFT_OUT.search(path):
            yield path


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


# What a page says in attributes, and what of it only machines read.
SAID = ("title", "alt", "placeholder", "aria-label", "aria-description", "label")
SILENT = frozenset({"script", "style", "code", "pre", "kbd", "samp", "svg"})


def texts(html: str) -> list[str]:
    """What a page says to its reader, in pieces as they stand between tags and in attributes.

    Left out: what is marked as being in another language than the page, or as the same in each,
    code, and what only machines read.
    """
    root = document_fromstring(html)
    found = _read(root, root.get("lang", ""))
    return [text for piece in found if piece and (text := " ".join(piece.split()))]


def _read(element: HtmlElement, page: str) -> Iterator[str | None]:
    if not isinstance(element.tag, str):
        return  # A comment.
    if element.get("lang", page) != page or element.tag in SILENT:
        return
    if element.get("translate") == "no":
        return  # A name, or a line for a program: the same in every language.
    if element.tag == "textarea" and "hidden" in element.attrib:
        return  # What a form only carries along.
    yield from (element.get(name) for name in SAID)
    if element.tag == "meta" and element.get("name") == "description":
        yield element.get("content")
    if element.tag == "input" and element.get("type") in {"submit", "button"}:
        yield element.get("value")
    if element.tag == "form":
        # What our own script says, as the page gives it.
        yield from (v for n, v in element.items() if n.startswith("data-") and " " in v)
    yield element.text
    for child in element:
        yield from _read(child, page)
        yield child.tail
