"""Commands that belong to no context: the node's creation and its options."""

from __future__ import annotations

import argparse

from tonle.cli.public import Command, register


def _init(args: argparse.Namespace) -> int:
    from django.conf import settings

    from tonle.cli import node
    from tonle.infra import clock

    is_new = node.create(clock.now())
    if args.quiet:
        return 0
    if is_new:
        print(f"The node in {settings.TONLE_DATA} is ready. Show it to readers with: tonle serve")
    else:
        print(f"The node in {settings.TONLE_DATA} is up to date.")
    return 0


def _configure_init(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="say nothing when all went well")


def _up(args: argparse.Namespace) -> int:
    from tonle.cli import up

    return up.bring_up(empty=args.empty)


def _configure_up(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--empty", action="store_true", help="create without the starter set")
    parser.add_argument("--port", type=int, help="listen on this port (or TONLE_PORT)")
    # SUPPRESS: where it is absent, `tonle --data DIR up` keeps its word.
    parser.add_argument(
        "--data", metavar="DIR", default=argparse.SUPPRESS, help="the node's directory"
    )


def _get(args: argparse.Namespace) -> int:
    from tonle.cli import get

    return get.run(args)


def _configure_get(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("record", metavar="ID|URL", help="a record's id, or its address on a node")
    parser.add_argument("names", nargs="*", metavar="FILE", help="only these files; * and ? help")
    parser.add_argument(
        "--to", metavar="DIR", help="put the files there (default: a folder ID-vN made here)"
    )
    parser.add_argument("--version", type=int, metavar="N", help="this version, not the newest")
    parser.add_argument(
        "--node", metavar="URL", help="the node of a plain ID (default: this node, TONLE_URL)"
    )
    parser.add_argument(
        "--token-file", metavar="FILE", help="read an access token there (default: $TONLE_TOKEN)"
    )
    parser.add_argument(
        "--replace", action="store_true", help="overwrite files of the same name that differ"
    )
    parser.add_argument(
        "--mirror",
        metavar="URL",
        action="append",
        default=[],
        help="another node that has the same record: bytes come from there, too",
    )
    parser.add_argument(
        "--parallel", type=int, default=4, metavar="N", help="links at once for a long file (4)"
    )
    parser.add_argument("--quiet", action="store_true", help="say only what went wrong")


def _put(args: argparse.Namespace) -> int:
    from tonle.cli import put

    return put.run(args)


def _configure_put(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("draft", metavar="DRAFT|URL", help="a deposit's id, or its page on a node")
    parser.add_argument("paths", nargs="+", metavar="PATH", help="files, or folders with all in it")
    parser.add_argument(
        "--node", metavar="URL", help="the node of a plain id (default: this node, TONLE_URL)"
    )
    parser.add_argument(
        "--token-file", metavar="FILE", help="read an access token there (default: $TONLE_TOKEN)"
    )
    parser.add_argument("--quiet", action="store_true", help="say only what went wrong")


def _options(_: argparse.Namespace) -> int:
    from tonle.cli import reference

    print(reference.options(), end="")
    return 0


register(
    Command(
        "init",
        "Create the node's directory, key and tables, or bring them up to date; safe to repeat.",
        _init,
        _configure_init,
        needs_node=False,
    )
)
register(
    Command(
        "get",
        "Get a record's files from any node: resumed where it broke, checked, nothing overwritten.",
        _get,
        _configure_get,
        needs_node=False,
        needs_django=False,
    )
)
register(
    Command(
        "put",
        "Put files into a deposit on any node: in pieces, going on where a link broke, checked.",
        _put,
        _configure_put,
        needs_node=False,
        needs_django=False,
    )
)
register(
    Command(
        "options",
        "Print every option of a node: its name, type, default, unit and meaning.",
        _options,
        needs_node=False,
        needs_django=False,
    )
)
register(
    Command(
        "up",
        "Create the node if it is new, load its starter set, and serve it; what ./run does.",
        _up,
        _configure_up,
        needs_node=False,
        needs_django=False,
    )
)
