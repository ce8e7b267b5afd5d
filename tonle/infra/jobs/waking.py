"""Workers of this process that sleep, and who wakes them. Other processes poll."""

from __future__ import annotations

import threading

_news = threading.Condition()
_news_count = 0


def wake() -> None:
    """Tell this process's workers that there is something to do. Other processes poll."""
    global _news_count
    with _news:
        _news_count += 1
        _news.notify_all()


def heard() -> int:
    """How often there was news: what `sleep` is told, read before looking for work."""
    return _news_count


def sleep(seen: int, stop: threading.Event, seconds: float) -> None:
    """Wait for news, at most so long; not at all where some came since `heard` gave `seen`."""
    with _news:
        if seen == _news_count and not stop.is_set():
            _news.wait(seconds)
