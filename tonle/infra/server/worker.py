"""One web process: Granian's event loop, the adapter, and a clean end."""

from __future__ import annotations

import asyncio
import logging
import resource
import shutil
import signal
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from tonle.infra import pagecache
from tonle.infra.server import connections, limits
from tonle.infra.server.app import Application

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Address:
    """Where a worker listens."""

    host: str
    port: int


def raise_descriptor_limit() -> None:
    """A connection, a file and a pipe each take a descriptor; the usual 1024 are soon used up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def run(
    address: Address,
    *,
    bounds: limits.Limits,
    cache_bytes: int,
    log: Path,
    temporary: Path,
    metrics_for_all: bool = False,
) -> None:
    """Serve until SIGTERM or SIGINT; blocks. Answers under way get a few seconds to finish.

    log: the access log's file. temporary: an existing directory on a disk with room.
    """
    raise_descriptor_limit()
    directory = Path(tempfile.mkdtemp(prefix="web-", dir=temporary))
    try:
        application = Application(
            limits=bounds,
            cache_bytes=cache_bytes,
            directory=directory,
            log=log,
            metrics_for_all=metrics_for_all,
        )
        stop = threading.Event()
        pagecache.stamps.refresh()
        watcher = threading.Thread(target=pagecache.stamps.watch, args=(stop,), name="stamp")
        watcher.start()
        try:
            asyncio.run(_serve(address, application))
        finally:
            stop.set()
            if not application.stop(limits.GRACE_SECONDS):
                logger.warning("A page was still at work when the server stopped.")
            watcher.join()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


async def _serve(address: Address, application: Application) -> None:
    server = Server(
        application,
        address=address.host,
        port=address.port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=1024,
        backpressure=limits.CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=limits.HEAD_SECONDS * 1000),
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked_to_stop.set)
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(asked_to_stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    server.stop()  # type: ignore[no-untyped-call]  # Granian types its calls only in part.
    done, _ = await asyncio.wait({serving}, timeout=limits.GRACE_SECONDS)
    if not done:
        # Slow readers and stalled senders: they had their chance, and can resume.
        connections.abort_all(address.port)
        await application.quiet(limits.GRACE_SECONDS)
    stopping.cancel()
    await serving
