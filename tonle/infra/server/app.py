"""The adapter: one RSGI application that runs Django's pages in a bounded pool of threads.

The event loop does everything that waits for a client (bodies, files, streams,
uploads); a thread is held only while a view computes.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import logging
import secrets
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import close_old_connections, connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from tonle.infra import clock, health, pagecache, usage
from tonle.infra.i18n import problem
from tonle.infra.server import answers, bodies, bridge, metrics, uploads
from tonle.infra.server import connections as sockets
from tonle.infra.server.access import AccessLog
from tonle.infra.server.addresses import speaks_json
from tonle.infra.server.answers import Answer
from tonle.infra.server.errors import (
    BadRequestHead,
    BodyCut,
    BodyStalled,
    Busy,
    ServerFailed,
    TooSlow,
)
from tonle.infra.server.limits import KIB, RETRY_AFTER_SECONDS, Limits
from tonle.infra.server.pool import Pool, Saturated
from tonle.infra.server.protocol import HeaderList, Scope, Transport
from tonle.infra.server.streams import Pipe, ReaderGone, Source, pump
from tonle.infra.server.turns import Turns
from tonle.kernel.errors import TonleError, TooLarge

logger = logging.getLogger(__name__)

# A view that answers sooner is never asked whether its client is still there.
_PATIENCE_SECONDS = 0.5
# What servers write in their logs for a client that left before its answer.
_CLIENT_GONE = 499
# Any of these says that somebody else asked the client for it.
_PROXY_HEADERS = (
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "via",
)
# Set anew for every answer.
_OWN = {"server", "x-request-id"}


@dataclass
class Exchange:
    """One request on its way through the adapter."""

    scope: Scope
    transport: Transport
    request_id: str
    began: float
    status: int = _CLIENT_GONE
    source: str = "page"
    bytes_out: int = 0
    cache_key: pagecache.Key | None = None
    stamp: pagecache.Stamp | None = None
    turns: Turns = field(default_factory=Turns)

    @property
    def address(self) -> str:
        """The client's address, without its port."""
        return self.scope.client.rpartition(":")[0].strip("[]")

    @property
    def head_only(self) -> bool:
        return self.scope.method == "HEAD"


@dataclass(frozen=True)
class Made:
    """What a pool thread made of a request: an answer, and whether others may see it too."""

    answer: Answer
    hint: pagecache.CacheHint | None = None
    use: usage.Use | None = None
    upload: uploads.UploadAnswer | None = None


class Application:
    """Give it to Granian. start() and stop() belong to the worker that runs it."""

    def __init__(
        self,
        *,
        limits: Limits,
        cache_bytes: int,
        directory: Path,
        log: Path,
        metrics_for_all: bool = False,
    ) -> None:
        """directory: for temporary bodies and pipes; log: the access log's file."""
        self._limits = limits
        self._directory = directory
        self._metrics_for_all = metrics_for_all
        self._handler = bridge.Handler()
        self._pool = Pool(limits.threads, limits.queue, name="page", at_end=connections.close_all)
        self._disk = ThreadPoolExecutor(4, thread_name_prefix="disk")
        self._log = AccessLog(log, self._disk)
        self._cache = pagecache.PageCache(cache_bytes)
        self._under_way: set[asyncio.Task[Any]] = set()
        self.metrics = metrics.Metrics()

    async def __rsgi__(self, scope: Scope, transport: Transport) -> None:
        """Answer one request."""
        exchange = Exchange(scope, transport, secrets.token_hex(8), time.perf_counter())
        task = asyncio.current_task()
        if task is not None:
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        try:
            await self._answer(exchange)
        except Exception:
            logger.exception("Request %s could not be answered.", exchange.request_id)
            self._refuse(exchange, ServerFailed(), close=True)
        finally:
            seconds = time.perf_counter() - exchange.began
            self.metrics.answered(exchange.status, exchange.source, seconds)
            self._log.add(
                now=clock.now(),
                request_id=exchange.request_id,
                method=scope.method,
                path=scope.path,
                status=exchange.status,
                seconds=seconds,
                bytes_out=exchange.bytes_out,
                client=exchange.address,
                source=exchange.source,
            )

    def stop(self, seconds: float) -> bool:
        """End the threads, after their work; blocks. Returns whether all ended in time."""
        ended = self._pool.close(seconds)
        self._disk.shutdown(wait=True)
        self._log.close()
        return ended

    async def quiet(self, seconds: float) -> bool:
        """Wait until no request is under way. Returns whether that came in time."""
        if self._under_way:
            await asyncio.wait(set(self._under_way), timeout=seconds)
        return not self._under_way

    # --- What answers ----------------------------------------------------------

    async def _answer(self, exchange: Exchange) -> None:
        scope = exchange.scope
        if scope.path == "/healthz":
            exchange.source = "server"
            return self._send(exchange, _plain(200, "ok\n"))
        if scope.path == "/readyz":
            return await self._ready(exchange)
        if scope.path == "/metrics":
            return await self._metrics(exchange)
        if self._from_cache(exchange):
            return None
        return await self._from_django(exchange)

    async def _ready(self, exchange: Exchange) -> None:
        exchange.source = "server"
        try:
            findings = await asyncio.wrap_future(self._pool.submit(_look))
        except Saturated:
            return self._refuse(exchange, Busy())
        well = not any(finding.problem for finding in findings)
        body = {
            "ready": well,
            "checks": {finding.name: finding.problem or "ok" for finding in findings},
        }
        answer = Answer(
            200 if well else 503,
            [("content-type", "application/json"), ("cache-control", "no-store")],
            json.dumps(body, indent=2).encode() + b"\n",
        )
        return self._send(exchange, answer)

    async def _metrics(self, exchange: Exchange) -> None:
        exchange.source = "server"
        if not self._metrics_for_all and not is_local(exchange.scope):
            # Outsiders are not told that there is something to see.
            return await self._from_django(exchange)
        gauges = await asyncio.get_running_loop().run_in_executor(self._disk, _gauges)
        now = {
            "threads_busy": float(self._pool.busy),
            "threads": float(self._limits.threads),
            "requests_waiting": float(self._pool.waiting),
            "requests_under_way": float(len(self._under_way)),
            "cache_pages": float(len(self._cache)),
            "cache_bytes": float(self._cache.size_bytes),
        }
        text = self.metrics.text(now, gauges)
        answer = Answer(
            200,
            [("content-type", metrics.CONTENT_TYPE), ("cache-control", "no-store")],
            text.encode(),
        )
        return self._send(exchange, answer)

    def _from_cache(self, exchange: Exchange) -> bool:
        """Answer from the page cache, if the page is there and still true."""
        scope = exchange.scope
        if scope.method not in {"GET", "HEAD"} or not self._cache.limit_bytes:
            return False
        get = scope.headers.get
        exchange.cache_key = pagecache.key_of(
            scheme=scope.scheme,
            host=scope.authority or get("host", "") or "",
            path=scope.path,
            query=scope.query_string,
            cookie=bridge.field(scope, "cookie"),
            authorization=get("authorization"),
            accept=bridge.field(scope, "accept"),
            accept_language=bridge.field(scope, "accept-language"),
            coding=next(iter(answers.codings(get("accept-encoding"))), ""),
        )
        if exchange.cache_key is None:
            return False
        # Taken before the page is made, so that what is kept is never older than its stamp.
        exchange.stamp = pagecache.stamps.current()
        page = self._cache.get(exchange.cache_key, exchange.stamp, clock.now().timestamp())
        if page is None:
            return False
        self.metrics.cache_hits += 1
        exchange.source = "cache"
        self._send_page(exchange, page)
        if page.use is not None and scope.method == "GET":
            usage.note(
                page.use,
                address=exchange.address,
                agent=get("user-agent", "") or "",
                now=clock.now(),
            )
        return True

    def _send_page(self, exchange: Exchange, page: pagecache.Page) -> None:
        asked = exchange.scope.headers.get("if-none-match")
        if asked is not None and page.etag in asked:
            return self._send(exchange, Answer(304, list(page.headers_unchanged)))
        return self._send(exchange, Answer(200, list(page.headers), page.body))

    async def _from_django(self, exchange: Exchange) -> None:
        scope = exchange.scope
        try:
            declared = bodies.declared_length(
                scope.headers.get_all("content-length"), scope.headers.get("transfer-encoding")
            )
        except bodies.BadFraming:
            return self._refuse(exchange, BadRequestHead(), close=True)
        if declared != 0 and bridge.takes_upload(scope.path):
            return await self._upload(exchange, declared)
        body: IO[bytes] | None = None
        length = 0
        if declared != 0:
            if declared is not None and declared > self._limits.body_bytes:
                return self._refuse(exchange, self._too_large(), close=True)
            incoming = bodies.Incoming(
                exchange.transport,
                declared,
                idle_seconds=self._limits.body_idle_seconds,
                total_seconds=self._limits.body_seconds,
            )
            try:
                body = await bodies.gather(
                    incoming,
                    limit_bytes=self._limits.body_bytes,
                    disk=self._disk,
                    directory=self._directory,
                )
            except bodies.Cut:
                return self._refuse(exchange, BodyCut(), close=True)
            except bodies.Stalled:
                return self._refuse(exchange, BodyStalled(), close=True)
            except bodies.Oversized:
                return self._refuse(exchange, self._too_large(), close=True)
            length = incoming.received
        head = bridge.environ(scope, length or None, exchange.request_id)
        made = await self._in_thread(exchange, lambda: self._page(exchange, head, body))
        if made is not None:
            await self._deliver(exchange, made)
        return None

    def _too_large(self) -> TooLarge:
        return TooLarge(limit=self._limits.body_bytes // KIB, unit="KiB")

    def _page(self, exchange: Exchange, head: bridge.Environ, body: IO[bytes] | None) -> Made:
        """Middleware, view and compression; in a pool thread."""
        try:
            request, response = self._handler.answer(head, body, deferred=False)
            return self._made(exchange, request, response)
        finally:
            if body is not None:
                body.close()

    def _made(self, exchange: Exchange, request: HttpRequest, response: HttpResponseBase) -> Made:
        if isinstance(response, uploads.UploadAnswer):
            return Made(Answer(202, []), upload=response)
        hint = pagecache.may_keep(request, response) if exchange.cache_key else None
        accepted = answers.codings(exchange.scope.headers.get("accept-encoding"))
        use = usage.of_response(response)
        return Made(answers.from_response(response, accepted=accepted), hint, use)

    # --- Uploads -----------------------------------------------------------------

    async def _upload(self, exchange: Exchange, declared: int | None) -> None:
        """Ask the view first, then receive the body, then let the view finish."""
        exchange.source = "upload"
        head = bridge.environ(exchange.scope, declared, exchange.request_id)

        def permit() -> Made:
            return self._made(exchange, *self._handler.answer(head, None, deferred=True))

        made = await self._in_thread(exchange, permit)
        if made is None:
            return None
        upload = made.upload
        if upload is None:
            # Refused: the body is left unread, so the connection cannot be used again.
            made.answer.headers.append(("connection", "close"))
            return await self._deliver(exchange, made)
        incoming = bodies.Incoming(
            exchange.transport, declared, idle_seconds=self._limits.body_idle_seconds
        )
        received = await uploads.spool(upload.plan, incoming, self._disk)
        whole = received.end is uploads.End.WHOLE
        if not whole:
            self.metrics.uploads_cut += 1

        def finish() -> Made:
            try:
                response = upload.finish(received)
                accepted = answers.codings(exchange.scope.headers.get("accept-encoding"))
                return Made(answers.from_response(response, accepted=accepted))
            finally:
                upload.close()

        # What arrived is kept even where the server is busy or the client has gone.
        turn = self._pool.submit(lambda: exchange.turns.run(finish), urgent=True)
        made = await asyncio.wrap_future(turn)
        if not whole:
            made.answer.headers.append(("connection", "close"))
        return await self._deliver(exchange, made)

    # --- Threads -----------------------------------------------------------------

    async def _in_thread(self, exchange: Exchange, call: Callable[[], Made]) -> Made | None:
        """Run a call in the pool. None where the client has gone or was told to come back."""
        try:
            future = self._pool.submit(lambda: exchange.turns.run(call))
        except Saturated:
            self.metrics.refused += 1
            self._refuse(exchange, Busy(), close=True)
            return None
        waited: asyncio.Future[Any] = asyncio.wrap_future(future)
        done, _ = await asyncio.wait({waited}, timeout=_PATIENCE_SECONDS)
        if not done:
            gone: asyncio.Future[Any] = asyncio.ensure_future(_disconnected(exchange.transport))
            left = max(0.0, self._limits.answer_seconds - _PATIENCE_SECONDS)
            done, _ = await asyncio.wait(
                {waited, gone}, timeout=left, return_when=asyncio.FIRST_COMPLETED
            )
            gone.cancel()
            if waited not in done:
                # A running view cannot be stopped; what it makes is thrown away.
                if not self._pool.withdraw(future):
                    future.add_done_callback(_discard)
                if gone in done:
                    self.metrics.client_gone += 1
                else:
                    self.metrics.timed_out += 1
                    self._refuse(exchange, TooSlow(), close=True)
                return None
        made: Made = waited.result()
        return made

    # --- Sending -----------------------------------------------------------------

    async def _deliver(self, exchange: Exchange, made: Made) -> None:
        answer = made.answer
        if isinstance(answer.body, answers.Stream):
            await self._stream(exchange, answer, answer.body)
        elif isinstance(answer.body, answers.FileRange):
            exchange.source = "file"
            self._send(exchange, answer)
        elif made.hint is not None and exchange.cache_key is not None:
            self.metrics.cache_misses += 1
            page = _page_of(answer.headers, answer.body, made.hint, made.use)
            self._cache.put(exchange.cache_key, exchange.stamp, page)
            self._send_page(exchange, page)
        else:
            self._send(exchange, answer)

    async def _stream(self, exchange: Exchange, answer: Answer, stream: answers.Stream) -> None:
        """Send an answer as it is made, no faster than it is read."""
        exchange.source = "stream"
        try:
            if exchange.head_only:
                self._send(exchange, Answer(answer.status, answer.headers))
                return
            pipe = Pipe(self._directory)
            exchange.status = answer.status
            headers = self._signed(exchange, answer.headers)
            exchange.transport.response_file(answer.status, headers, str(pipe.path))
            exchange.bytes_out = await pump(
                Source(stream.chunks, exchange.turns),
                pipe,
                self._pool,
                broken=lambda: sockets.abort(exchange.scope.client),
            )
        except ReaderGone:
            self.metrics.client_gone += 1
            exchange.status = _CLIENT_GONE
        finally:
            # Closes the generator too, wherever it stands.
            await asyncio.wrap_future(self._pool.submit(stream.close, urgent=True))

    def _send(self, exchange: Exchange, answer: Answer) -> None:
        body = b"" if isinstance(answer.body, answers.Stream) else answer.body
        exchange.status = answer.status
        exchange.bytes_out = answers.send(
            exchange.transport,
            answer.status,
            self._signed(exchange, answer.headers),
            body,
            head_only=exchange.head_only,
        )

    @staticmethod
    def _signed(exchange: Exchange, headers: HeaderList) -> HeaderList:
        """The headers with the request's id and our name: never those of a page kept earlier."""
        own = [item for item in headers if item[0] not in _OWN]
        return [*own, ("server", "tonle"), ("x-request-id", exchange.request_id)]

    def _refuse(self, exchange: Exchange, error: TonleError, *, close: bool = False) -> None:
        """Answer with the error's status and sentence; close where a body is left unread."""
        exchange.source = "server"
        language = _language_of(exchange.scope)
        with translation.override(language):
            fields = problem(error)
        headers = [("cache-control", "no-store"), ("content-language", language)]
        if close:
            headers.append(("connection", "close"))
        if error.http_status == 503:
            headers.append(("retry-after", str(RETRY_AFTER_SECONDS)))
        accept = exchange.scope.headers.get("accept", "") or ""
        if speaks_json(exchange.scope.path, accept):
            headers.append(("content-type", "application/problem+json"))
            body = json.dumps(fields, ensure_ascii=False).encode()
        else:
            headers.append(("content-type", "text/plain; charset=utf-8"))
            body = f"{fields['detail']}\n".encode()
        self._send(exchange, Answer(error.http_status, headers, body))


def is_local(scope: Scope) -> bool:
    """Whether a request comes from this machine, and not through a proxy on it."""
    if any(scope.headers.get(name) is not None for name in _PROXY_HEADERS):
        return False
    address = scope.client.rpartition(":")[0].strip("[]").removeprefix("::ffff:")
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _plain(status: int, text: str) -> Answer:
    headers = [("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store")]
    return Answer(status, headers, text.encode())


def _look() -> list[health.Finding]:
    try:
        return health.ready()
    finally:
        close_old_connections()


def _gauges() -> list[tuple[metrics.Gauge, float]]:
    try:
        return metrics.read_gauges()
    finally:
        # A disk thread reads rows only here; it keeps no connection for it.
        connections.close_all()


async def _disconnected(transport: Transport) -> None:
    await transport.client_disconnect()


def _discard(future: Future[Made]) -> None:
    """End the Django request of an answer that nobody waits for any more."""
    if future.cancelled() or future.exception() is not None:
        return
    body = future.result().answer.body
    if isinstance(body, answers.Stream):
        body.close()


def _page_of(
    headers: HeaderList, body: bytes, hint: pagecache.CacheHint, use: usage.Use | None
) -> pagecache.Page:
    kept = [item for item in headers if item[0] not in _OWN]
    etag = next((value for name, value in kept if name == "etag"), "")
    expires = hint.changes_at.timestamp() if hint.changes_at else None
    return pagecache.Page(kept, body, etag, expires, use)


def _language_of(scope: Scope) -> str:
    """The language of the server's own sentences, from Accept-Language alone."""
    accepted = scope.headers.get("accept-language", "") or ""
    for code, _ in parse_accept_lang_header(accepted.lower()):
        with contextlib.suppress(LookupError):
            return translation.get_supported_language_variant(code)
    return settings.LANGUAGE_CODE
