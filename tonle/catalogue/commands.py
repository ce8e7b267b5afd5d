"""`tonle import`, `rebuild`, `check`, `starter`: the catalogue at the command line."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from tonle.cli.public import Command, Progress, register, register_init

if TYPE_CHECKING:
    from tonle.catalogue.crosswalks.tables import Mapping
    from tonle.catalogue.importing import Item

# What a report says of each outcome, in the order in which it says it.
OUTCOMES = {
    "added": "added as new records",
    "drafted": "begun as drafts; nothing of them is public",
    "updated": "changed at their source: corrected here",
    "unchanged": "already here, unchanged",
    "duplicate": "the same thing as another record",
    "withdrawn": "withdrawn here, left alone",
    "deleted": "deleted at their source",
    "refused": "refused",
    "empty": "files without a record",
    "not_read": "files in formats that are not read",
    "unknown": "files that are no metadata we know",
}

# Those of files in which there was nothing for us.
NOTHING = {"empty", "not_read", "unknown"}


def _configure_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="WHAT",
        help="a file, a folder, a crate with its files, a DOI, an ORCID, or an address",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, do nothing")
    parser.add_argument(
        "--draft", action="store_true", help="begin drafts, for people to complete and publish"
    )
    parser.add_argument(
        "--mapping",
        type=Path,
        metavar="FILE",
        help="what the columns of tables mean, as TOML or JSON",
    )
    parser.add_argument(
        "--suggest-mapping",
        action="store_true",
        help="print a first mapping for the table, from its header, and do nothing",
    )
    parser.add_argument(
        "--no-files", action="store_true", help="of crates, take the description alone"
    )
    parser.add_argument(
        "--same",
        action="store_true",
        help="what lies where another thing lay is that thing, described anew",
    )
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="write one JSON line per record to this file"
    )
    parser.add_argument(
        "--quiet", action="store_true", help="do not list refusals one by one, count them"
    )


def _import(args: argparse.Namespace) -> int:
    from tonle.catalogue.importing import import_addresses, import_paths
    from tonle.catalogue.importing.web import is_address
    from tonle.catalogue.publication import recover
    from tonle.infra import clock, stores
    from tonle.kernel.actors import SYSTEM

    asked = [name for name in args.paths if is_address(name) and not Path(name).exists()]
    paths = [Path(name) for name in args.paths if name not in asked]
    if args.suggest_mapping:
        return _suggest(paths)
    mapping = _mapping(args.mapping)
    recover()
    items = chain(
        import_paths(
            paths,
            actor=SYSTEM,
            clock=clock.now,
            dry_run=args.dry_run,
            as_drafts=args.draft,
            mapping=mapping,
            files=not args.no_files,
            same=args.same,
        ),
        import_addresses(
            asked,
            actor=SYSTEM,
            clock=clock.now,
            dry_run=args.dry_run,
            as_drafts=args.draft,
            same=args.same,
        ),
    )
    try:
        return _report(items, args)
    finally:
        stores.optimise()


def _mapping(path: Path | None) -> Mapping | None:
    """The mapping in a file. Raises MappingRefused with every fault, or Invalid."""
    from tonle.catalogue.crosswalks.tables import load_mapping
    from tonle.kernel.errors import N_, Invalid

    if path is None:
        return None
    try:
        return load_mapping(path.read_bytes())
    except OSError as fault:
        raise Invalid(
            [("--mapping", N_("The file cannot be read."))], cause=fault.strerror
        ) from None


def _suggest(paths: Sequence[Path]) -> int:
    """Print a mapping for each table."""
    import sys

    from tonle.catalogue.crosswalks.tables import NotATable, suggest_mapping

    for path in paths:
        try:
            with path.open("rb") as source:
                print(suggest_mapping(source), end="")
        except FileNotFoundError:
            print(f"{path}: There is no such file.", file=sys.stderr)
            return 1
        except (NotATable, OSError) as fault:
            print(f"{path}: {fault}", file=sys.stderr)
            return 1
    return 0


def _report(items: Iterable[Item], args: argparse.Namespace) -> int:
    """Print what became of each record.

    1 where a record was refused, or where there was nothing in all of it that could be taken
    in, so that scripts notice.
    """
    import json
    from collections import Counter

    counts: Counter[str] = Counter()
    formats: Counter[str] = Counter()
    repaired = files = 0
    report = args.report.open("w", encoding="utf-8") if args.report else None
    try:
        with Progress("Import") as progress:
            for item in progress.follow(items):
                counts[item.outcome] += 1
                repaired += bool(item.warnings)
                files += item.files if item.outcome in {"added", "drafted", "updated"} else 0
                if item.outcome == "not_read":
                    formats[item.format] += 1
                if report is not None:
                    report.write(json.dumps(_line(item), ensure_ascii=False) + "\n")
                elif item.outcome in {"refused", "duplicate"} and not args.quiet:
                    print(_sentence(item))
    finally:
        if report is not None:
            report.close()
    if args.dry_run:
        print("Nothing was changed; this is what would happen:")
    for outcome, words in OUTCOMES.items():
        if counts[outcome]:
            print(f"{counts[outcome]:>8,}  {words}")
    for name, number in sorted(formats.items()):
        print(f"{'':>12}{number:>5,}  {name}")
    if files:
        print(f"{files:>8,}  files came with them")
    if repaired:
        print(f"{repaired:>8,}  of the records had something missing, repaired or left out")
    if not counts:
        print("No file was found there.")
    elif report is None and (repaired or counts["unknown"] or counts["not_read"]):
        print("Which they are and why: call this again with --report FILE.")
    understood = sum(counts[outcome] for outcome in OUTCOMES if outcome not in NOTHING)
    if counts and not understood:
        print("Nothing in it could be taken in.")
    return 1 if counts["refused"] or (counts and not understood) else 0


def _sentence(item: Item) -> str:
    from tonle.infra.i18n import say

    why = " ".join(say(reason) for reason in item.reasons)
    # A file that holds one record is named once.
    alone = not item.key or (item.key.startswith("file:") and item.key.endswith(item.file))
    name = item.file if alone else f"{item.file} ({item.key})"
    return f"{item.outcome}: {name}: {why}"


def _line(item: Item) -> dict[str, object]:
    from tonle.infra.i18n import say

    return {
        "file": item.file,
        "key": item.key,
        "outcome": item.outcome,
        "format": item.format,
        "record": item.record,
        "files": item.files,
        "reasons": [say(reason) for reason in item.reasons],
        "warnings": list(item.warnings),
    }


def _rebuild(_: argparse.Namespace) -> int:
    from tonle.catalogue.rebuild import rebuild
    from tonle.infra import clock, stores, tables

    tables.make()
    with Progress("Rebuild") as progress:
        report = rebuild(clock.now(), progress.advance)
    stores.optimise()
    print(f"{report.records + report.earlier:,} records are back, from the files alone.")
    if report.foreign:
        print(f"{report.foreign:,} entries of records that others own were read again.")
    for name, why in report.damaged:
        print(f"not readable: {name}: {why}")
    return 1 if report.damaged else 0


def _configure_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--digest",
        action="store_true",
        help="end with one SHA-256 over all published records, revisions and file digests",
    )
    parser.add_argument(
        "--files", action="store_true", help="also read every file and compare its digest"
    )


def _check(args: argparse.Namespace) -> int:
    from tonle.catalogue import checks
    from tonle.catalogue.digest import digest

    faults = 0
    for section in checks.sections(files=args.files):
        print(f"{section.name}: {section.summary}")
        for finding in section.findings:
            faults += 1
            print(f"  {finding}")
    if args.digest:
        print(digest())
    return 1 if faults else 0


def _configure_starter(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(report=None, dry_run=False, quiet=False)


def _starter(args: argparse.Namespace) -> int:
    from tonle.catalogue.starting import load, load_organisations
    from tonle.infra import clock

    added = load_organisations(clock.now())
    if added:
        print(f"{added:>8,}  organisations added")
    return _report(load(clock.now()), args)


def _establish(now: datetime) -> None:
    from tonle.catalogue import node, rebuild
    from tonle.catalogue.publication import recover

    if rebuild.unfinished():
        raise rebuild.Unfinished
    node.establish(now)
    recover()
    rebuild.reconcile(now)


register(
    Command(
        "import",
        "Take in records: metadata in many formats, tables, crates with files, DOIs, addresses.",
        _import,
        _configure_import,
    )
)
register(
    Command(
        "rebuild",
        "Make the database anew from the kept files alone; may be interrupted and called again.",
        _rebuild,
        needs_node=False,
    )
)
register(
    Command(
        "check",
        "Verify the audit, the change log and the storage, and say what does not hold.",
        _check,
        _configure_check,
    )
)
register(
    Command(
        "starter",
        "Load the starter set: real tools, calls, laboratories, agreements and policies.",
        _starter,
        _configure_starter,
    )
)
register_init(_establish)
