"""The turns of one request, which any threads may run."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from typing import TypeVar

from django.utils import translation

T = TypeVar("T")


class Turns:
    """Keeps what a view sets for itself in all turns of its answer, and from other requests.

    A context variable goes by the context alone. The reader's language, which Django keeps
    so that no other thread sees it, is handed on from turn to turn.
    One turn runs at a time.
    """

    def __init__(self) -> None:
        self._context = Context()
        self._language: str | None = None

    def run(self, call: Callable[[], T]) -> T:
        """Return what call returns, or raise what it raises."""
        return self._context.run(self._speaking, call)

    def _speaking(self, call: Callable[[], T]) -> T:
        if self._language is not None:
            translation.activate(self._language)
        try:
            return call()
        finally:
            self._language = translation.get_language()
