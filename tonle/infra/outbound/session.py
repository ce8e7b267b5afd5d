"""Asking: one request after another, each through the same door."""

from __future__ import annotations

import json as jsons
import logging
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypedDict, Unpack
from urllib.parse import urljoin, urlsplit

from django.conf import settings

from tonle import __version__
from tonle.infra.outbound.addresses import check_url, host_of, resolve
from tonle.infra.outbound.answers import Answer, Limits, Stream, checked, translated
from tonle.infra.outbound.errors import (
    AddressRefused,
    OutboundClosed,
    TooManyRedirects,
    TooSlow,
    Unreachable,
)
from tonle.infra.outbound.watch import Watch, connect

if TYPE_CHECKING:
    from requests import Response
    from requests.adapters import HTTPAdapter

_REDIRECTS = {301, 302, 303, 307, 308}


class How(TypedDict, total=False):
    """How to ask, besides of whom.

    accept: media types of a successful answer, such as ("application/json",); none takes any.
    gzip: let the answer come compressed; the limits are of what it becomes.
    """

    headers: Mapping[str, str] | None
    body: bytes | None
    accept: tuple[str, ...]
    gzip: bool
    limits: Limits


class Session:
    """Many requests, one after another, over connections that are kept.

    Each request passes the same door and has limits of its own. A host is resolved when it is
    first connected to, and its checked addresses stay pinned as long as the session lasts. Not
    for two threads at once. Close it, or use `with`.
    """

    def __init__(self) -> None:
        self._adapters: dict[str | None, HTTPAdapter] = {}
        self._pinned: dict[tuple[str, int], list[str]] = {}
        # Of the request in hand; each begins one.
        self._watch: Watch
        self._connected = False

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        while self._adapters:
            self._adapters.popitem()[1].close()

    def send(self, method: str, url: str, *, json: Any = None, **how: Unpack[How]) -> Answer:
        """Ask, and read the whole answer, whatever its status. Raises OutboundError.

        json: sent as the body, with its type. Redirects are followed for GET and HEAD alone.
        """
        if json is not None:
            how["body"] = jsons.dumps(json, ensure_ascii=False).encode()
            typed = {"Content-Type": "application/json; charset=utf-8"}
            how["headers"] = {**(how.get("headers") or {}), **typed}
        with self.stream(method, url, **how) as found:
            return Answer(found.status, found.headers, b"".join(found.chunks), found.url)

    @contextmanager
    def stream(self, method: str, url: str, **how: Unpack[How]) -> Iterator[Stream]:
        """As `send`, for answers too large for memory. A connection whose answer was read to
        its end is kept."""
        accept, gzip = how.get("accept", ()), how.get("gzip", False)
        limits, body = how.get("limits", Limits()), how.get("body")
        if not settings.TONLE_OUTBOUND:
            raise OutboundClosed(host=host_of(url))
        given = {
            "User-Agent": f"Tonle/{__version__}",
            "Accept": ", ".join(accept) or "*/*",
            # As it is, unless asked for: a compressed answer has a second size, which is
            # bounded apart.
            "Accept-Encoding": "gzip" if gzip else "identity",
            **(how.get("headers") or {}),
        }
        with Watch(limits.seconds) as self._watch:
            for _hop in range(limits.redirects + 1):
                check_url(url)
                answer = self._ask(method, url, given, body)
                try:
                    target = answer.headers.get("Location")
                    if method in {"GET", "HEAD"} and answer.status_code in _REDIRECTS and target:
                        given = _carried(given, url, target := _absolute(url, target))
                        url = target
                        continue
                    yield checked(answer, url, accept, limits, self._watch, gzip=gzip)
                    return
                finally:
                    # One whose body was read has left its connection behind already.
                    answer.close()
            raise TooManyRedirects(host=host_of(url))

    def _ask(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Response:
        self._connected = False
        try:
            return self._once(method, url, headers, body)
        except Unreachable:
            # A kept connection may have been closed at the other end in the meantime.
            if self._connected or method not in {"GET", "HEAD"}:
                raise
            self.close()
            return self._once(method, url, headers, body)

    def _once(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Response:
        """One request without redirects."""
        import requests

        # Its debug lines hold whole addresses, and so keys.
        logging.getLogger("urllib3").setLevel(logging.INFO)
        proxies = requests.utils.get_environ_proxies(url)
        proxy = requests.utils.select_proxy(url, proxies)
        watch = self._watch
        with translated(host_of(url), watch):
            prepared = requests.Request(method, url, headers=headers, data=body).prepare()
            return self._adapter(proxy).send(
                prepared,
                stream=True,
                timeout=watch.left(),
                verify=os.environ.get("REQUESTS_CA_BUNDLE") or True,
                proxies=proxies,
            )

    def _connect(self, host: str, port: int, proxy: str | None) -> socket.socket:
        """A connection to an address that was checked, or to the proxy, which the steward chose."""
        watch = self._watch
        self._connected = True
        if proxy:
            with suppress(OSError):
                return watch.hold(socket.create_connection((host, port), watch.left()))
        else:
            if (host, port) not in self._pinned:
                self._pinned[host, port] = resolve(host, port)
            for address in self._pinned[host, port]:
                with suppress(OSError):
                    return watch.hold(connect(address, port, watch.left()))
        raise (TooSlow if watch.expired() else Unreachable)(host=host)

    def _adapter(self, proxy: str | None) -> HTTPAdapter:
        """The adapter whose connections go to checked addresses only; one for each proxy.

        The name stays what the request says, so Host, TLS server name and certificate are
        those of the name; only the place that the socket is opened to is ours.
        """
        if proxy in self._adapters:
            return self._adapters[proxy]
        from requests.adapters import HTTPAdapter
        from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
        from urllib3.connection import HTTPConnection, HTTPSConnection

        session = self

        def connect(connection: HTTPConnection) -> socket.socket:
            # `_dns_host` is the name, without a closing dot, that urllib3 would resolve itself.
            host, port = connection._dns_host, connection.port or connection.default_port
            return session._connect(host, port, proxy)

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return connect(self)

            def request(self, *args: Any, **given: Any) -> None:
                if self.sock is not None:
                    session._watch.hold(self.sock)
                super().request(*args, **given)

        class Encrypted(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return connect(self)

            def request(self, *args: Any, **given: Any) -> None:
                if self.sock is not None:
                    session._watch.hold(self.sock)
                super().request(*args, **given)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class EncryptedPool(HTTPSConnectionPool):
            ConnectionCls = Encrypted

        adapter = HTTPAdapter()
        manager = adapter.proxy_manager_for(proxy) if proxy else adapter.poolmanager
        manager.pool_classes_by_scheme = {"http": PlainPool, "https": EncryptedPool}
        self._adapters[proxy] = adapter
        return adapter


def send(method: str, url: str, *, json: Any = None, **how: Unpack[How]) -> Answer:
    """One question by itself, as `Session.send`."""
    with Session() as session:
        return session.send(method, url, json=json, **how)


def _absolute(url: str, target: str) -> str:
    """Where a redirect leads; never from an encrypted address to a plain one."""
    try:
        found = urljoin(url, target)
    except ValueError:
        raise AddressRefused(host=host_of(url)) from None
    if url.startswith("https:") and not found.startswith("https:"):
        raise AddressRefused(host=host_of(found))
    return found


def _carried(headers: dict[str, str], url: str, target: str) -> dict[str, str]:
    """The headers for the next hop: another origin gets none that may hold a key."""
    if urlsplit(url)[:2] == urlsplit(target)[:2]:
        return headers
    harmless = {"user-agent", "accept", "accept-encoding", "accept-language"}
    return {name: value for name, value in headers.items() if name.lower() in harmless}
