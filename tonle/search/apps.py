from __future__ import annotations

import threading

from django.apps import AppConfig


def _follow(stop: threading.Event) -> None:
    # Imported where it runs: only the process with the background work needs ICU's
    # dictionaries and a writer.
    from tonle.search.indexing import follow

    follow(stop)


class SearchConfig(AppConfig):
    name = "tonle.search"
    label = "search"
    verbose_name = "Search"

    def ready(self) -> None:
        from tonle.infra import background

        background.register("index", _follow)
