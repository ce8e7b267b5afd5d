"""Marks over every page: that what is seen is a demonstration, for instance."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

# Says in the reader's language what this page is shown as, or "".
Mark = Callable[[HttpRequest], str]

_MARKS: list[Mark] = []


def register_mark(mark: Mark) -> None:
    """Add a mark; it is asked for every page, so it must cost nothing for most."""
    if mark not in _MARKS:
        _MARKS.append(mark)


def marks_of(request: HttpRequest) -> list[str]:
    """The marks that hold for this request, in the order of registration."""
    return [text for mark in _MARKS if (text := mark(request))]
