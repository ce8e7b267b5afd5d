"""Finished public pages, kept in memory and answered before Django is asked.

A view opts in with `@public_page`. A page is kept only where it is the same for
everybody who asks with the same host, path, query, language, Accept and encoding,
and only for as long as the node's *stamp* stays: the newest change-log position
and whatever else can change a page. `register_stamp` names the function that
reads it; a watcher reads it ten times a second and `touch()` at once after a
commit of this process. While the stamp cannot be read, nothing is answered from
here. docs/decisions/0008 says why this is memory.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Concatenate, NamedTuple, TypeVar, cast
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse, parse_cookie
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from tonle.infra.usage import Use

V = TypeVar("V", bound=Callable[Concatenate[HttpRequest, ...], HttpResponseBase])
Stamp = tuple[int, ...]
HeaderList = list[tuple[str, str]]

logger = logging.getLogger(__name__)

_HINT = "tonle_cache"
WATCH_SECONDS = 0.1
# An older reading is not trusted: the watcher hangs, or the database does.
STALE_SECONDS = 2.0
# Longer questions are asked once in a lifetime; keeping them only pushes others out.
_LONGEST_KEY_PART = 512
# Names a page may vary by, because the key holds them.
_KEYED = {"accept", "accept-encoding", "accept-language", "cookie", "host"}


@dataclass(frozen=True)
class CacheHint:
    """What a public page says of itself.

    changes_at: aware; the next instant at which something on the page opens or
    lapses (an embargo, a deadline), or None. lags_seconds: for how long the reader's own
    device may show what it has while it asks for a newer one; 0 where it may not.
    """

    changes_at: datetime | None = None
    lags_seconds: int = 0


def public_page(view: V) -> V:
    """Say that a page is the same for every reader without an account.

    The page may depend on path, query, language and Accept, and on nothing else
    of the request. A view that knows when its page changes says so with
    `lasts_until(response, changes_at)`; one that must not be kept this once calls
    `never_keep(response)`. (Both set `response.tonle_cache`.)
    """

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if not hasattr(response, _HINT):
            lasts_until(response, None)
        return response

    return cast(V, wrapped)


def lasts_until(response: HttpResponseBase, changes_at: datetime | None) -> None:
    """Say when a public page will change by itself; None where only the stamp changes it."""
    setattr(response, _HINT, CacheHint(changes_at))


def may_lag(response: HttpResponseBase, seconds: int = 60) -> None:
    """Say that a page does no harm when the reader's own device shows it a little late.

    For pages that are asked for again and again, such as the front page; never for one that a
    restriction, a withdrawal or an erasure is about, nor for results, whose titles are. A cache
    that others share asks each time, here as everywhere: who reads a title after it was
    withdrawn has read it before.
    """
    found = hint(response) or CacheHint()
    setattr(response, _HINT, CacheHint(found.changes_at, seconds))


def never_keep(response: HttpResponseBase) -> None:
    """Take a page back from the page cache, although its view is a public one."""
    setattr(response, _HINT, None)


def hint(response: HttpResponseBase) -> CacheHint | None:
    found = getattr(response, _HINT, None)
    return found if isinstance(found, CacheHint) else None


def keep_for_reader(response: HttpResponseBase) -> None:
    """Say that the reader's own device may keep a page for times without a link.

    For pages of somebody signed in; the device forgets them when they sign out. What says
    neither this nor `public` is never kept: docs/decisions/0030.
    """
    response["Tonle-Keep"] = "person"


def prepare(request: HttpRequest, response: HttpResponse) -> None:
    """Give a public page its entity tag, and tell caches on the way to ask each time.

    Made for somebody who is known, it is theirs alone: it may say more than to a stranger.
    Source: RFC 9111 section 5.2.2; RFC 5861 (stale-while-revalidate).
    """
    if not response.has_header("ETag"):
        digest = hashlib.sha256(response.content).digest()[:18]
        response["ETag"] = f'W/"{base64.urlsafe_b64encode(digest).decode()}"'
    if not response.has_header("Cache-Control"):
        lags = (hint(response) or CacheHint()).lags_seconds
        if request.META.get("HTTP_AUTHORIZATION") or _knows_its_reader(
            request.META.get("HTTP_COOKIE", "")
        ):
            response["Cache-Control"] = "private, no-cache"
            keep_for_reader(response)
        elif lags:
            # Section 5.2.2.10: with s-maxage, no shared cache serves what is stale.
            response["Cache-Control"] = (
                f"public, max-age=0, s-maxage=0, stale-while-revalidate={lags}"
            )
        else:
            response["Cache-Control"] = "public, no-cache"
    patch_vary_headers(response, ("Accept-Encoding", "Accept-Language", "Cookie"))


# --- The stamp ---------------------------------------------------------------


class _Reading(NamedTuple):
    stamp: Stamp
    at: float


class Stamps:
    """The newest reading of all registered stamp functions."""

    def __init__(self) -> None:
        self._functions: list[Callable[[], Stamp]] = []
        self._reading: _Reading | None = None
        self._order = threading.Lock()
        self.watched = False

    def register(self, function: Callable[[], Stamp]) -> None:
        if function not in self._functions:
            self._functions.append(function)

    def refresh(self) -> None:
        """Read now, in this thread; what cannot be read turns the cache off."""
        # One at a time, so that a slow older reading cannot overwrite a newer one.
        with self._order:
            began = time.monotonic()
            try:
                parts = [function() for function in self._functions]
            except Exception:
                if self._reading is not None:
                    logger.exception("The page cache is off: its stamp cannot be read.")
                self._reading = None
                return
            joined = tuple(number for part in parts for number in part)
            self._reading = _Reading(joined, began) if parts else None

    def current(self) -> Stamp | None:
        """The stamp, or None where nobody can vouch for it."""
        reading = self._reading
        if reading is None or time.monotonic() - reading.at > STALE_SECONDS:
            return None
        return reading.stamp

    def watch(self, stop: threading.Event) -> None:
        """Keep reading until stop is set."""
        self.watched = True
        try:
            while not stop.wait(WATCH_SECONDS):
                self.refresh()
        finally:
            self.watched = False
            connections.close_all()


stamps = Stamps()


def register_stamp(function: Callable[[], Stamp]) -> None:
    """Add a function that says in numbers whether any public page may have changed.

    It is called ten times a second in a thread of its own, so it must be one
    cheap query. Several functions together make one stamp.
    """
    stamps.register(function)


def touch() -> None:
    """Read the stamp now. Call it after the commit of anything a public page shows."""
    # An import or a background process keeps no pages; its commits need not pay for them.
    if stamps.watched:
        stamps.refresh()


# --- The key -----------------------------------------------------------------


class Key(NamedTuple):
    scheme: str
    host: str
    path: str
    query: str
    language: str
    accept: str
    coding: str


def canonical_query(query: str) -> str:
    """The same question in one spelling: sorted by name, in one encoding."""
    if not query:
        return ""
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode(sorted(pairs, key=lambda pair: pair[0]))


def key_of(
    *,
    scheme: str,
    host: str,
    path: str,
    query: str,
    cookie: str,
    authorization: str | None,
    accept: str,
    accept_language: str,
    coding: str,
) -> Key | None:
    """Under which key the page for such a request may be kept; None where it may not.

    path: decoded. coding: the content coding it is sent in. The other arguments are
    header values as pages read them, "" if absent: of a header that came twice, both.
    """
    if not cookie.isascii():
        # Read here and by Django in different alphabets, it could be two different cookies.
        return None
    if authorization is not None or _knows_its_reader(cookie):
        return None
    if max(len(path), len(query), len(accept)) > _LONGEST_KEY_PART:
        return None
    if len(accept_language) > _LONGEST_KEY_PART:
        return None
    language = _language(_cookie(cookie, settings.LANGUAGE_COOKIE_NAME), accept_language)
    return Key(scheme, host.lower(), path, canonical_query(query), language, accept, coding)


def _knows_its_reader(cookie: str) -> bool:
    # Wherever it stands: a name with a blank behind it is the same name to Django.
    return settings.SESSION_COOKIE_NAME in cookie or "messages" in cookie


def _cookie(cookie: str, name: str) -> str:
    """As Django reads it, who takes off quotes, and the last of two: what the key says of a
    page must be what made it, or one reader chooses the language of all."""
    return parse_cookie(cookie).get(name, "") if name in cookie else ""


_choose_language: Callable[[str, str], str] | None = None


def register_language(choose: Callable[[str, str], str]) -> None:
    """Name the function that picks a page's language.

    choose(remembered, accepted) -> language code; the language cookie's value and
    the Accept-Language header, each "" if absent. It must be the one pages use.
    """
    global _choose_language
    _choose_language = choose
    _language.cache_clear()


@functools.lru_cache(maxsize=1024)
def _language(remembered: str, accepted: str) -> str:
    if _choose_language is None:
        # Nobody knows better: a page for each spelling of the two headers is still right.
        return f"{remembered} {accepted}"
    return _choose_language(remembered, accepted)


# --- The pages ---------------------------------------------------------------


def may_keep(request: HttpRequest, response: HttpResponseBase) -> CacheHint | None:
    """The hint of a response that may be shown to others too, else None."""
    found = hint(response)
    if found is None or request.method != "GET" or response.status_code != 200:
        return None
    if response.streaming or response.cookies:
        return None
    # The page holds a form's token, which belongs to one reader.
    if request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
        return None
    messages = getattr(request, "_messages", None)
    if messages is not None and (messages.used or messages.added_new):
        return None
    control = response.get("Cache-Control", "").lower()
    if "no-store" in control or "private" in control:
        return None
    if "'nonce-" in response.get("Content-Security-Policy", ""):
        return None
    varies = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
    return found if varies <= _KEYED else None


@dataclass(frozen=True)
class Page:
    """One finished page.

    expires_at: seconds since the epoch, or None. use: what showing it counts as.
    """

    headers: HeaderList
    body: bytes
    etag: str
    expires_at: float | None
    use: Use | None = None

    @property
    def size_bytes(self) -> int:
        # What Python keeps around a page, beside its bytes: measured, not exact.
        return len(self.body) + 1500

    @property
    def headers_unchanged(self) -> HeaderList:
        """The headers of a 304 (RFC 9110 section 15.4.5)."""
        kept = {"etag", "cache-control", "vary", "expires", "content-location", "server"}
        return [(name, value) for name, value in self.headers if name in kept]


class PageCache:
    """Pages of one stamp, least recently asked for first to go. For one thread: the event loop."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.size_bytes = 0
        self._stamp: Stamp | None = None
        self._pages: OrderedDict[Key, Page] = OrderedDict()

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, key: Key, stamp: Stamp | None, now: float) -> Page | None:
        """The page, if it is still true. now: seconds since the epoch."""
        if stamp is None:
            return None
        self._move_to(stamp)
        page = self._pages.get(key)
        if page is None:
            return None
        if page.expires_at is not None and page.expires_at <= now:
            self._drop(key)
            return None
        self._pages.move_to_end(key)
        return page

    def put(self, key: Key, stamp: Stamp | None, page: Page) -> None:
        """Keep a page that was begun under that stamp, unless the stamp has moved since."""
        if stamp is None or stamp != self._stamp or page.size_bytes > self.limit_bytes // 8:
            return
        if key in self._pages:
            self._drop(key)
        self._pages[key] = page
        self.size_bytes += page.size_bytes
        while self.size_bytes > self.limit_bytes:
            self._drop(next(iter(self._pages)))

    def _move_to(self, stamp: Stamp) -> None:
        if stamp != self._stamp:
            # Nothing of another stamp can be asked for again.
            self._pages.clear()
            self.size_bytes = 0
            self._stamp = stamp

    def _drop(self, key: Key) -> None:
        self.size_bytes -= self._pages.pop(key).size_bytes
