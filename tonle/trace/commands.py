"""`tonle trace`: the links that counts are made of, followed to the end of the log by hand."""

from __future__ import annotations

import argparse
import sys

from tonle.cli.public import Command, register


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--again", action="store_true", help="forget all links and read the log from its beginning"
    )


def _run(args: argparse.Namespace) -> int:
    from tonle.infra import clock
    from tonle.trace import following

    if args.again:
        following.begin_again()
    sys.stdout.write(f"{following.catch_up(clock.now())} records read.\n")
    return 0


register(
    Command("trace", "Read from the change log what came of what, up to its end.", _run, _arguments)
)
