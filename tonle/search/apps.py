from __future__ import annotations

import threading

from django.apps import AppConfig

from tonle.kernel.errors import N_


def _follow(stop: threading.Event) -> None:
    # Imported where it runs: only the process with the background work needs ICU's
    # dictionaries and a writer.
    from tonle.search.indexing import follow

    follow(stop)


def _read_tables(stop: threading.Event) -> None:
    from tonle.search.terms import store

    store.follow(stop)


def _make_vectors(stop: threading.Event) -> None:
    from tonle.search.vectors import node

    node.follow(stop)


def _stamp() -> tuple[int, ...]:
    # The index follows the log within a second. A page of results made before it had caught
    # up is kept until it has, and not a moment longer.
    from django.conf import settings

    from tonle.search.shelf import Shelf, look
    from tonle.search.vectors import node

    # Another lexicon finds other things in other languages.
    terms = look(settings.TONLE_INDEX / "terms.sqlite3")
    return (*Shelf(settings.TONLE_INDEX).stamp(), *terms, *node.stamp())


def _problem() -> str:
    # Asked by whoever watches the node, who may be the first to need the engine.
    from tonle.search.reading import is_usable

    return "" if is_usable() else N_("There is no search index yet. It is being made.")


class SearchConfig(AppConfig):
    name = "tonle.search"
    label = "search"
    verbose_name = "Search"

    def ready(self) -> None:
        from tonle.infra import background, health, pagecache

        background.register("index", _follow)
        background.register("terms", _read_tables)
        background.register("vectors", _make_vectors)
        health.register("index", _problem)
        pagecache.register_stamp(_stamp)
