"""`tonle index`: look at the index, bring it up to date, make it anew."""

from __future__ import annotations

import argparse

from tonle.cli.public import Command, Progress, register


def _index(args: argparse.Namespace) -> int:
    from tonle.infra import stores
    from tonle.search import indexing

    if args.action == "status":
        return _status()
    with Progress("Indexing", unit="changes") as progress:
        applied = indexing.catch_up(rebuild=args.rebuild, tell=progress.advance)
    documents = indexing.status().documents
    if args.rebuild:
        stores.optimise()
    print(f"The index is up to date: {applied:,} changes applied, {documents:,} documents.")
    return 0


def _status() -> int:
    from tonle.search import indexing

    status = indexing.status()
    print(f"Index: {status.current or 'none yet'} ({status.documents:,} documents)")
    if status.building:
        print(f"Being built beside it: {status.building}")
    elif not status.sound:
        print("It was made by another version or for other data; a new one is built on start.")
    for source, behind in status.behind.items():
        print(f"Source {source}: {'up to date' if behind <= 0 else f'{behind:,} changes behind'}")
    if status.failed:
        print(f"Left out because they could not be indexed (see the log): {status.failed:,}")
    return 0 if status.sound and not any(n > 0 for n in status.behind.values()) else 1


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action", nargs="?", choices=["update", "status"], default="update", help="what to do"
    )
    parser.add_argument(
        "--rebuild",
        action="store_true",
        help="make a new index from all changes beside the present one, then put it in its place",
    )


register(
    Command(
        "index",
        "Bring the search index up to date; `--rebuild` makes it anew, `status` shows how it is.",
        _index,
        _configure,
    )
)
