"""Commands of the machinery: `tonle serve`."""

from __future__ import annotations

import argparse

from tonle.cli.public import Command, register


def _serve(args: argparse.Namespace) -> int:
    from tonle.infra.server import serving

    return serving.serve(host=args.host, port=args.port)


def _configure_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="the address to listen on (or TONLE_HOST)")
    parser.add_argument("--port", type=int, help="the port to listen on (or TONLE_PORT)")


register(
    Command(
        "serve",
        "Show the node to readers and run its background work, until Ctrl-C or SIGTERM.",
        _serve,
        _configure_serve,
    )
)
