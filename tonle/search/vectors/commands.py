"""`tonle vectors`: search by meaning on, off, and how it stands."""

from __future__ import annotations

import argparse
import shutil

from tonle.cli.public import Command, Progress, duration, install, register, register_group

# Bytes of a thing on disk: its vector, code, language and name. And in memory.
_ON_DISK = 384 + 48 + 1 + 110
_IN_MEMORY = 48


def _on(args: argparse.Namespace) -> int:
    from tonle.search import indexing
    from tonle.search.vectors import embedder, node

    if not args.no_install and not _is_there():
        install("vectors", "some 160 MB")
    print("Trying the model out.", flush=True)
    took = embedder.trial()
    documents = indexing.status().documents
    print(
        f"It works: {took['question'] * 1000:.0f} ms of processor time for a question, at most "
        f"{took['text']:.1f} s for a record, {took['resident'] / 1e6:.0f} MB of memory."
    )
    print(_cost(documents, took["text"]))
    node.turn_on()
    if args.now:
        with Progress("Reading for meaning", unit="changes") as progress:
            made = node.follower().catch_up(tell=progress.advance)
        print(f"Search by meaning is on: {made:,} vectors made, all there are.")
        return 0
    print(
        "Search by meaning is on. The node's background work reads the records one by one, when "
        "nothing else wants the processor, and goes on where it was after a stop.\n"
        "How far it is: tonle vectors status. To wait for it here: tonle vectors on --now"
    )
    return 0


def _cost(documents: int, seconds: float) -> str:
    return (
        f"For the {documents:,} records of this node: up to {duration(documents * seconds)} of one "
        f"processor core, once; {documents * _ON_DISK / 1e6:.1f} MB on disk and "
        f"{documents * _IN_MEMORY / 1e6:.1f} MB of memory shared by all processes."
    )


def _is_there() -> bool:
    from importlib.util import find_spec

    from tonle.search.vectors.embedder import NEEDED

    return all(find_spec(name) for name in NEEDED)


def _off(args: argparse.Namespace) -> int:
    from tonle.search.vectors import node

    node.turn_off()
    print("Search by meaning is off.")
    if args.remove:
        shutil.rmtree(node.shelf().root, ignore_errors=True)
        print("Its vectors are removed.")
    else:
        print("Its vectors stay, so that it is on at once again: tonle vectors on")
    return 0


def _status(_: argparse.Namespace) -> int:
    from tonle.infra.i18n import say
    from tonle.kernel.errors import TonleError
    from tonle.search.vectors import embedder, node

    print(f"Search by meaning: {'on' if node.is_on() else 'off'}")
    try:
        embedder.check_installed()
        print(f"Model: {embedder.model_name()}")
    except TonleError as error:
        print(say(error))
    status = node.follower().status()
    print(f"Vectors: {status.things:,}")
    if status.building:
        print("A new generation of them is being made beside.")
    for source, behind in status.behind.items():
        print(f"Source {source}: {'up to date' if behind <= 0 else f'{behind:,} changes behind'}")
    size = sum(path.stat().st_size for path in node.shelf().root.rglob("*") if path.is_file())
    print(f"On disk: {size / 1e6:.1f} MB")
    return 0


def _configure_on(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--now", action="store_true", help="make all vectors before this command ends"
    )
    parser.add_argument(
        "--no-install", action="store_true", help="install nothing; say what is missing"
    )


def _configure_off(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--remove", action="store_true", help="remove the vectors, too")


register_group("vectors", "Search by meaning across languages, an option.")
register(
    Command(
        "vectors on",
        "Turn search by meaning on: install and try the model, say what it costs, begin.",
        _on,
        _configure_on,
    )
)
register(Command("vectors off", "Turn search by meaning off.", _off, _configure_off))
register(Command("vectors status", "Show whether it is on and how far it is.", _status))
