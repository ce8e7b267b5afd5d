"""The one way by which the node asks something of another machine over HTTP.

Many addresses come from people: a group robot's, a record's, another node's. So each is
resolved once, every address found must be public, and the connection is made to the very
address that was checked: a name that answers differently a moment later (DNS rebinding)
gains nothing. A redirect is a new request and passes the same door. Answers are bounded in
size, in time from first to last byte, and in type.

    answer = outbound.send("POST", url, json={"text": "…"})

Who asks one host for many things opens a `Session`, which keeps the connection:

    with outbound.Session() as asking:
        page = asking.send("GET", url, gzip=True)

What goes wrong is an `OutboundError`: it names the host and never the address, headers or
body, since those hold keys. `TONLE_OUTBOUND=0` closes the door: a node without a link then
says so at once instead of waiting. Proxies are taken from the usual variables of the
environment; then the proxy resolves names, and it is the proxy that must not reach inside.

Source: OWASP Server-Side Request Forgery Prevention; the IANA registries of special-purpose
addresses (RFC 6890), read 2026-11.
"""

from __future__ import annotations

import ipaddress
import json as jsons
import logging
import os
import socket
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urljoin, urlsplit

from django.conf import settings

from tonle import __version__
from tonle.kernel.errors import N_, TonleError

if TYPE_CHECKING:
    from requests import Response
    from requests.adapters import HTTPAdapter

log = logging.getLogger(__name__)

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

_CHUNK = 64 * 1024
# What a compressed answer may become: metadata shrinks to a tenth, rarely to a fiftieth; a
# bomb to a thousandth. Small answers may well be all blanks.
_RATIO = 200
_RATIO_FREE_BYTES = 1024 * 1024
_REDIRECTS = {301, 302, 303, 307, 308}

# Written out, because what Python calls global has changed from release to release.
_CLOSED_V4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local: the clouds' metadata services, too
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays, withdrawn
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
# Of IPv6 only global unicast is given out at all; in it, what is special again.
_OPEN_V6 = ipaddress.IPv6Network("2000::/3")
_CLOSED_V6 = tuple(
    ipaddress.IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address, of any kind, inside
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
_MAPPED_V4 = ipaddress.IPv6Network("::ffff:0:0/96")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class OutboundError(TonleError):
    """Nothing usable came back. data: host. `later`: the same may well work at another time."""

    code = "outbound"
    http_status = 502
    message = N_("%(host)s could not be asked.")
    later: ClassVar[bool] = True


class OutboundClosed(OutboundError):
    code = "outbound_closed"
    http_status = 503
    message = N_(
        "This node is set to ask nothing of other machines, so %(host)s was not asked. Its "
        "steward can change that with TONLE_OUTBOUND."
    )


class AddressRefused(OutboundError):
    """The address is none of the public network, or no HTTP address at all."""

    code = "outbound_address_refused"
    http_status = 422
    message = N_(
        "%(host)s was not asked: the node speaks only with addresses of the public network. "
        "Its steward can allow others with TONLE_OUTBOUND_PRIVATE."
    )
    later = False


class Unreachable(OutboundError):
    code = "outbound_unreachable"
    message = N_("%(host)s cannot be reached, or broke off. Try again later.")


class TooSlow(OutboundError):
    code = "outbound_too_slow"
    http_status = 504
    message = N_("%(host)s did not answer in time. Try again later.")


class TooManyRedirects(OutboundError):
    code = "outbound_redirects"
    message = N_("%(host)s sends the node from one address to the next. It was not followed.")
    later = False


class AnswerTooLarge(OutboundError):
    """data: host, limit_bytes."""

    code = "outbound_answer_too_large"
    message = N_("%(host)s answers with more than %(limit_bytes)s bytes. It was not read.")
    later = False


class AnswerUnfolds(OutboundError):
    """A compressed answer of next to nothing but length: a bomb."""

    code = "outbound_answer_unfolds"
    message = N_("%(host)s answers with something that unfolds without end. It was not read.")
    later = False


class AnswerUnexpected(OutboundError):
    """Another type than asked for, or not what it says it is. data: host."""

    code = "outbound_answer_unexpected"
    message = N_("%(host)s answers with something else than was asked for.")


@dataclass(frozen=True)
class Limits:
    """How much is waited for and read: seconds in all, bytes of body, redirects."""

    seconds: float = 30
    size_bytes: int = 1024 * 1024
    redirects: int = 3


@dataclass(frozen=True)
class Answer:
    """What came back, read whole. headers: names in lower case. url: where it came from."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str = field(repr=False)  # It may hold a key, and a dataclass is soon in a log.

    def json(self) -> Any:
        """The body as JSON. Raises AnswerUnexpected."""
        try:
            return jsons.loads(self.body)
        except (ValueError, RecursionError):
            raise AnswerUnexpected(host=host_of(self.url)) from None


# The rule of addresses -------------------------------------------------------------------


def is_public(address: IPAddress) -> bool:
    """Whether an address is of the public network, and so nobody's inside."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _CLOSED_V4)
    if address in _NAT64:
        # A translator of the provider carries it to the IPv4 address in its last 32 bits.
        return is_public(_last_32(address))
    if address.scope_id is not None or address not in _OPEN_V6:
        return False
    return not any(address in network for network in _CLOSED_V6)


def _last_32(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def is_allowed(address: IPAddress, private: tuple[IPNetwork, ...] = ()) -> bool:
    """Whether the node may speak with an address; private: networks that its steward allows.

    An IPv4 address in IPv6's clothes (::ffff:a.b.c.d) is judged as what it is.
    """
    if isinstance(address, ipaddress.IPv6Address) and address in _MAPPED_V4:
        address = _last_32(address)
    if any(address.version == n.version and address in n for n in private):
        return True
    return is_public(address)


@cache
def _networks(texts: tuple[str, ...]) -> tuple[IPNetwork, ...]:
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def private_networks() -> tuple[IPNetwork, ...]:
    """The networks that TONLE_OUTBOUND_PRIVATE names. Raises ValueError for what is none."""
    return _networks(tuple(settings.TONLE_OUTBOUND_PRIVATE))


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, in the system's order; all of them allowed.

    One that is not closes them all: an honest name does not point both out and in.
    Raises AddressRefused, Unreachable.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable(host=host) from None
    texts = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    private = private_networks()
    if not texts or not all(is_allowed(ipaddress.ip_address(t), private) for t in texts):
        raise AddressRefused(host=host)
    return texts


def host_of(url: str) -> str:
    """The host of an address: all that is ever said of it."""
    try:
        return urlsplit(url).hostname or "?"
    except ValueError:
        return "?"


def check_url(url: str) -> None:
    """Refuse what is no plain http(s) address, without asking anybody. Raises AddressRefused.

    Ports below 1024 other than the web's belong to services that are not spoken to in HTTP.
    """
    host = host_of(url)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused(host=host) from None
    plain = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
    if not plain or (port is not None and port < 1024 and port not in {80, 443}):
        raise AddressRefused(host=host)
    # Libraries read a backslash or a blank differently; an address needs neither.
    if any(c == "\\" or c.isspace() or not c.isprintable() for c in url):
        raise AddressRefused(host=host)
    with suppress(ValueError):
        # An address written out needs no resolver to be refused, also where a proxy resolves.
        if not is_allowed(ipaddress.ip_address(host), private_networks()):
            raise AddressRefused(host=host)


# Asking ----------------------------------------------------------------------------------


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    json: Any = None,
    accept: tuple[str, ...] = (),
    gzip: bool = False,
    limits: Limits = Limits(),
) -> Answer:
    """Ask, and read the whole answer, whatever its status. Raises OutboundError.

    json: sent as the body, with its type. accept: media types of a successful answer, such
    as ("application/json",); empty takes any. Redirects are followed for GET and HEAD alone.
    gzip: let the answer come compressed; the limits are of what it becomes.
    """
    with Session() as session:
        return session.send(
            method, url, headers=headers, body=body, json=json, accept=accept, gzip=gzip,
            limits=limits,
        )  # fmt: skip


@dataclass(frozen=True)
class Stream:
    """An answer that is read as it comes; `chunks` raises as `send` does."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]
    url: str = field(repr=False)


@contextmanager
def stream(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    accept: tuple[str, ...] = (),
    gzip: bool = False,
    limits: Limits = Limits(),
) -> Iterator[Stream]:
    """As `send`, for answers too large for memory. Closes the connection in the end."""
    with (
        Session() as session,
        session.stream(
            method, url, headers=headers, body=body, accept=accept, gzip=gzip, limits=limits
        ) as found,
    ):
        yield found


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
        self._watch: _Watch
        self._connected = False

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        while self._adapters:
            self._adapters.popitem()[1].close()

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        json: Any = None,
        accept: tuple[str, ...] = (),
        gzip: bool = False,
        limits: Limits = Limits(),
    ) -> Answer:
        """As the function `send`."""
        given = dict(headers or {})
        if json is not None:
            body = jsons.dumps(json, ensure_ascii=False).encode()
            given["Content-Type"] = "application/json; charset=utf-8"
        with self.stream(
            method, url, headers=given, body=body, accept=accept, gzip=gzip, limits=limits
        ) as found:
            return Answer(found.status, found.headers, b"".join(found.chunks), found.url)

    @contextmanager
    def stream(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        accept: tuple[str, ...] = (),
        gzip: bool = False,
        limits: Limits = Limits(),
    ) -> Iterator[Stream]:
        """As the function `stream`; a connection whose answer was read to its end is kept."""
        if not settings.TONLE_OUTBOUND:
            raise OutboundClosed(host=host_of(url))
        given = {
            "User-Agent": f"Tonle/{__version__}",
            "Accept": ", ".join(accept) or "*/*",
            # As it is, unless asked for: a compressed answer has a second size, which is
            # bounded apart.
            "Accept-Encoding": "gzip" if gzip else "identity",
            **(headers or {}),
        }
        with _Watch(limits.seconds) as self._watch:
            for _hop in range(limits.redirects + 1):
                check_url(url)
                answer = self._ask(method, url, given, body)
                try:
                    target = answer.headers.get("Location")
                    if method in {"GET", "HEAD"} and answer.status_code in _REDIRECTS and target:
                        given = _carried(given, url, target := _absolute(url, target))
                        url = target
                        continue
                    yield _checked(answer, url, accept, limits, self._watch, gzip=gzip)
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
        with _translated(host_of(url), watch):
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
                    return watch.hold(_open(address, port, watch.left()))
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


def _checked(
    answer: Response,
    url: str,
    accept: tuple[str, ...],
    limits: Limits,
    watch: _Watch,
    *,
    gzip: bool,
) -> Stream:
    host = host_of(url)
    found = {name.lower(): value for name, value in answer.headers.items()}
    media_type = found.get("content-type", "").partition(";")[0].strip().lower()
    if answer.ok and accept and media_type not in accept:
        raise AnswerUnexpected(host=host)
    encoding = found.get("content-encoding", "").strip().lower() or "identity"
    if encoding not in ({"identity", "gzip", "x-gzip"} if gzip else {"identity"}):
        raise AnswerUnexpected(host=host)
    told = found.get("content-length", "")
    if told.isdigit() and int(told) > limits.size_bytes:
        raise AnswerTooLarge(host=host, limit_bytes=limits.size_bytes)

    def chunks() -> Iterator[bytes]:
        read = 0
        with _translated(host, watch):
            raw = answer.raw.stream(_CHUNK, decode_content=False)
            for chunk in raw if encoding == "identity" else _unfolded(raw, host):
                read += len(chunk)
                if read > limits.size_bytes:
                    raise AnswerTooLarge(host=host, limit_bytes=limits.size_bytes)
                yield chunk
        if watch.expired():
            # A connection that the watch cut can look like the end of an answer.
            raise TooSlow(host=host)

    return Stream(answer.status_code, found, chunks(), url)


def _unfolded(chunks: Iterable[bytes], host: str) -> Iterator[bytes]:
    """What gzip made small, a bounded piece at a time, by a bounded ratio.

    Raises AnswerUnfolds, AnswerUnexpected for what is no gzip, Unreachable for half of one.
    """
    taken = given = 0
    unfolder = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    for chunk in chunks:
        taken += len(chunk)
        waiting, piece = chunk, b""
        # A full piece may have left more inside than the part of the chunk that waits.
        while waiting or (len(piece) == _CHUNK and not unfolder.eof):
            if unfolder.eof:
                # Several compressed pieces one after another are one answer.
                unfolder = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
            try:
                piece = unfolder.decompress(waiting, _CHUNK)
            except zlib.error:
                raise AnswerUnexpected(host=host) from None
            waiting = unfolder.unused_data if unfolder.eof else unfolder.unconsumed_tail
            given += len(piece)
            if given > _RATIO_FREE_BYTES and given > taken * _RATIO:
                raise AnswerUnfolds(host=host)
            if piece:
                yield piece
    if taken and not unfolder.eof:
        raise Unreachable(host=host)


@contextmanager
def _translated(host: str, watch: _Watch) -> Iterator[None]:
    """The library's errors as ours; theirs tell the whole address, so none is kept as cause."""
    import requests
    import urllib3

    try:
        yield
    except OutboundError:
        raise
    except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError):
        raise TooSlow(host=host) from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError):
        raise (TooSlow if watch.expired() else Unreachable)(host=host) from None


class _Watch:
    """Cuts the connection when the time of the whole request is over.

    A time-out of the library begins anew with every byte, so that a server which sends one
    now and then is waited for without end. Cutting works on a copy of the descriptor: TLS
    wraps the socket that we made in another one.
    """

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds
        self.over = False
        self._held: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> _Watch:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._drop()

    def expired(self) -> bool:
        """Whether the time is over, also in the moment before the watch has cut."""
        return self.over or time.monotonic() >= self.ends

    def left(self) -> float:
        return max(0.001, self.ends - time.monotonic())

    def hold(self, made: socket.socket) -> socket.socket:
        """Watch this connection from now on, and no other. Returns it."""
        with self._lock:
            self._drop()
            # Not `made.dup()`, which a socket that is wrapped in TLS refuses.
            self._held = socket.socket(fileno=os.dup(made.fileno()))
        if self.over:
            self._cut()
        return made

    def _drop(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None

    def _cut(self) -> None:
        with self._lock:
            self.over = True
            if self._held is not None:
                with suppress(OSError):
                    self._held.shutdown(socket.SHUT_RDWR)


def _open(address: str, port: int, seconds: float) -> socket.socket:
    """A connection to an address that is written out: nothing is resolved any more."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.settimeout(seconds)
        made.connect((address, port))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        made.close()
        raise
    return made
