"""Commands of the machinery: `tonle serve` and `tonle worker`."""

from __future__ import annotations

import argparse

from tonle.cli.public import Command, register
from tonle.infra import keeping_commands as keeping_commands


def _serve(args: argparse.Namespace) -> int:
    from tonle.infra.server import serving

    return serving.serve(host=args.host, port=args.port)


def _configure_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="the address to listen on (or TONLE_HOST)")
    parser.add_argument("--port", type=int, help="the port to listen on (or TONLE_PORT)")


def _worker(args: argparse.Namespace) -> int:
    import signal
    import threading

    from tonle.infra import jobs

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    worker = jobs.Worker(threads=args.threads)
    worker.start()
    stop.wait()
    return 0 if worker.stop(args.patience) else 1


def _configure_worker(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--threads", type=int, default=2, help="jobs at a time (2)")
    parser.add_argument(
        "--patience",
        type=float,
        default=10,
        metavar="SECONDS",
        help="how long a running job is waited for at the end; then it is left to be done again "
        "(10)",
    )


register(
    Command(
        "worker",
        "Do background work in a process of its own, until Ctrl-C or SIGTERM; any number may run.",
        _worker,
        _configure_worker,
    )
)
register(
    Command(
        "serve",
        "Show the node to readers and run its background work, until Ctrl-C or SIGTERM.",
        _serve,
        _configure_serve,
    )
)
