"""This node's indexer: its shelf, its sources, its schema; the background loop."""

from __future__ import annotations

import threading

from django.conf import settings

from tonle.search.documents import sources
from tonle.search.indexer import Indexer, Status, Tell
from tonle.search.schema import schema
from tonle.search.shelf import Shelf


def indexer() -> Indexer:
    """An indexer for the sources that are registered now."""
    # Imported where it runs: models are there when the apps are.
    from tonle.search.again import AgainFeed

    known = sources()
    return Indexer(Shelf(settings.TONLE_INDEX), [*known, AgainFeed(known)], schema())


def catch_up(*, rebuild: bool = False, tell: Tell = lambda _: None) -> int:
    """Bring this node's index up to date now, in this process; waits for another indexer at
    work. Returns the changes applied. Tests and commands that end use it."""
    return indexer().catch_up(rebuild=rebuild, tell=tell)


def follow(stop: threading.Event) -> None:
    """The background loop: follow all sources until stop is set."""
    indexer().run(stop)


def status() -> Status:
    """How this node's index stands."""
    return indexer().status()
