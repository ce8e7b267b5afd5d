"""What the clients of a test have in common."""

from __future__ import annotations

from typing import Any

from tonle.federation.harvest.clients import Page, Received, open_client


def walk(
    protocol: str, url: str, since: str | None = None, *, anew: bool = False, **options: Any
) -> list[Page]:
    """All pages; anew: by another client for each page, as after a kill at every page."""
    pages: list[Page] = []
    cursor: str | None = None
    while True:
        with open_client(protocol, url, **options) as client:
            for page in client.pages(since=since, cursor=cursor):
                pages.append(page)
                cursor = page.cursor
                if cursor is None:
                    return pages
                assert len(pages) < 2000, "a walk without end"
                if anew:
                    break


def received(pages: list[Page]) -> list[Received]:
    return [item for page in pages for item in page.items]


def names(pages: list[Page]) -> list[str]:
    return [item.identifier for item in received(pages)]
