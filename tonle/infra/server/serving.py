"""`tonle serve`: look whether the node may be shown, then start its processes."""

from __future__ import annotations

import errno
import importlib
import ipaddress
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connections

from config.options import read
from tonle.infra import background
from tonle.infra.server import gates, limits, worker
from tonle.infra.server.errors import CannotServe
from tonle.infra.server.supervisor import Role, Supervisor
from tonle.kernel.errors import Refused


def is_public(host: str) -> bool:
    """Whether others than this machine can reach that address."""
    if host == "localhost":
        return False
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return True


def usable_address(*, host: str | None = None, port: int | None = None) -> worker.Address:
    """Where the node will listen.

    Raises Refused, with every reason, for a node that must not be shown or an address
    that is not allowed now, and CannotServe where the port is taken or is none.
    """
    address = worker.Address(
        host or read("TONLE_HOST", os.environ),
        read("TONLE_PORT", os.environ) if port is None else port,
    )
    refusals = gates.refusals(public=is_public(address.host))
    if refusals:
        raise Refused(refusals)
    _refuse_taken(address)
    return address


def serve(*, host: str | None = None, port: int | None = None) -> int:
    """Serve until SIGTERM or SIGINT. Returns the exit code.

    Raises what `usable_address` raises.
    """
    address = usable_address(host=host, port=port)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Requests that are none, such as of three thousand parameters: the access log counts them,
    # and a traceback for each would be anybody's way to fill a disk.
    logging.getLogger("django.security").setLevel(logging.CRITICAL)
    temporary = Path(settings.TONLE_DATA) / "tmp"
    logs = Path(settings.TONLE_DATA) / "logs"
    for directory in (temporary, logs):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    bounds = limits.from_options()
    cache_bytes: int = read("TONLE_PAGE_CACHE", os.environ)
    metrics_for_all: bool = read("TONLE_METRICS_PUBLIC", os.environ)

    def web(number: int) -> Callable[[], None]:
        def run() -> None:
            worker.run(
                address,
                bounds=bounds,
                cache_bytes=cache_bytes,
                log=logs / f"access-{number}.jsonl",
                temporary=temporary,
                metrics_for_all=metrics_for_all,
            )

        return run

    workers: int = read("TONLE_WORKERS", os.environ)
    roles = [Role(f"web {number}", web(number)) for number in range(1, max(1, workers) + 1)]
    if read("TONLE_BACKGROUND", os.environ) and background.registered():
        roles.append(Role("background", _run_background))
    # Read once, before the fork, so that all processes share the modules behind the URL map.
    importlib.import_module(settings.ROOT_URLCONF)
    # A connection opened before the fork would be shared by processes that know nothing of it.
    connections.close_all()
    shown = "localhost" if not is_public(address.host) else address.host
    print(f"http://{shown}:{address.port}/", flush=True)
    return Supervisor(roles).run()


def _run_background() -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threads = background.start(stop)
    stop.wait()
    for thread in threads:
        thread.join()


def _refuse_taken(address: worker.Address) -> None:
    """Granian shares a taken port with its owner, and each would get half of the readers."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host.strip("[]"), address.port))
        except OSError as error:
            reason = os.strerror(error.errno or errno.EADDRINUSE)
        except OverflowError:
            reason = "ports are numbers up to 65535"
        else:
            return
    raise CannotServe(host=address.host, port=address.port, reason=reason)
