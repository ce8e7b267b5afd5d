"""How somebody with an account reads: language, era and digits, on every device and in letters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from tonle.people.models import Account
from tonle.web.public import choose_language, override_writing, split_writing


def held(request: HttpRequest) -> str:
    """The writing that the account behind a request keeps. Asks nothing of the database where
    no session is named, nor where the request never came as far as sessions."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ""
    return str(getattr(getattr(request, "user", None), "writing", ""))


def hold(request: HttpRequest, stated: str) -> None:
    """Keep it with the account of whoever is signed in."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated and user.writing != stated:
        # One column: what else of the account changes meanwhile is not undone.
        Account.objects.filter(pk=user.pk).update(writing=stated)
        user.writing = stated


@contextmanager
def as_reader(language: str, writing: str = "") -> Iterator[str]:
    """Write for somebody who is not here: in their language, era and digits.

    language, writing: as an account keeps them; "" is the node's own language, and what
    everybody is shown. Gives the language that was chosen.
    """
    chosen = choose_language(language, "", "")
    with translation.override(chosen), override_writing(split_writing(writing)[1]):
        yield chosen
