"""`tonle index`: look at the index, bring it up to date, make it anew. `tonle terms`: the tables
by which records in other languages are found."""

from __future__ import annotations

import argparse
from pathlib import Path

from tonle.cli.public import Command, Progress, register, register_group
from tonle.search.vectors import commands as commands


def _index(args: argparse.Namespace) -> int:
    from tonle.infra import stores
    from tonle.search import indexing
    from tonle.search.terms import store

    if args.action == "status":
        return _status()
    with Progress("Indexing", unit="changes") as progress:
        applied = indexing.catch_up(rebuild=args.rebuild, tell=progress.advance)
    store.refresh()
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


def _add(args: argparse.Namespace) -> int:
    from tonle.search.terms import steward

    name = args.name or args.file.name.partition(".")[0].lower()
    with Progress("Reading", unit="statements") as progress:
        added = steward.add_thesaurus(
            args.file, name=name, title=args.title, licence=args.licence, tell=progress.advance
        )
    read = added.read
    print(f"Added {added.name}: {added.concepts:,} concepts with names in two languages or more.")
    print(
        f"Of {read.statements:,} statements {read.labels:,} are names in the region's languages; "
        f"{read.left_out:,} names in other languages, or of whole sentences, were left out."
    )
    return 0


def _list(_: argparse.Namespace) -> int:
    from tonle.search.terms import steward, store

    store.refresh()
    lexicon = store.current()
    counts = lexicon.concepts if lexicon else {}
    for shelved in steward.shelved():
        source = shelved.source
        count = f"{counts.get(source.name, 0):,} concepts"
        told = " · ".join(filter(None, (source.title, count, source.licence)))
        print(f"{source.name}{'' if shelved.comes else ' (added)'}: {told}")
    return 0


def _remove(args: argparse.Namespace) -> int:
    from tonle.search.terms import steward

    steward.remove_thesaurus(args.name)
    print(f"Removed {args.name}.")
    return 0


def _configure_add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="RDF/XML, Turtle, N-Triples or JSON-LD")
    parser.add_argument("--name", default="", help="short; usually the file's name")
    parser.add_argument("--title", default="", help="as pages name it")
    parser.add_argument("--licence", default="", help="under which it may be used")


def _configure_remove(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="as `tonle terms list` gives it")


register_group("terms", "Tables of terms by which search finds records in other languages.")
register(
    Command(
        "terms add",
        "Add a thesaurus in SKOS, such as AGROVOC, or replace the one of the same name.",
        _add,
        _configure_add,
    )
)
register(Command("terms list", "List the tables of terms of this node.", _list))
register(
    Command("terms remove", "Take away a thesaurus that was added.", _remove, _configure_remove)
)
register(
    Command(
        "index",
        "Bring the search index up to date; `--rebuild` makes it anew, `status` shows how it is.",
        _index,
        _configure,
    )
)
