"""`tonle backup`, `restore`, `fixity` and `files move`: keeping at the command line."""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tonle.cli.public import Command, Progress, register, register_group

if TYPE_CHECKING:
    from tonle.infra.backup import Node
    from tonle.infra.ocfl import Checked

# Where `tonle fixity` notes how far it came, below the node's directory.
FIXITY_CURSOR = "fixity.json"
# A note each this many objects: often enough to lose little, seldom enough to cost nothing.
NOTE_EVERY = 200


def _node() -> Node:
    from django.conf import settings

    from tonle.infra import keeping
    from tonle.infra.backup import Node

    return Node(
        settings.TONLE_DATA,
        settings.TONLE_OCFL_ROOT,
        settings.TONLE_STAGING,
        keeping.remote() if keeping.place() else None,
    )


def _configure_backup(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", type=Path, help="where backups are kept, on another disk")
    parser.add_argument(
        "--keep", type=int, default=7, metavar="N", help="how many backups stay (default 7)"
    )
    parser.add_argument(
        "--verify",
        action="store_true",
        help="read the finished backup again, to the last byte, and copy anew what is damaged",
    )


def _backup(args: argparse.Namespace) -> int:
    from tonle.infra import backup, clock

    with Progress("Backing up", unit="objects") as progress:
        made = backup.backup(
            args.directory.expanduser().resolve(),
            clock.now(),
            node=_node(),
            keep=max(1, args.keep),
            each=progress.advance,
        )
    print(f"{made.path}: {made.objects:,} objects, {made.versions_copied:,} new versions.")
    for problem in made.problems:
        print(f"Not taken as it is now: {problem.object}: {problem.problem}")
    if not args.verify or made.problems:
        return int(bool(made.problems))
    if _verify(made.path):
        # Kept files are copied once, and the disk that holds the copy ages, too.
        with Progress("Copying anew from the node", unit="objects") as progress:
            backup.mend(made.path, node=_node(), each=progress.advance)
        return _verify(made.path)
    return 0


def _verify(source: Path) -> int:
    from tonle.infra import backup

    bad = 0
    with Progress("Verifying", unit="objects") as progress:
        for path in backup.verify(source, progress.advance, _node().remote):
            bad += 1
            print(f"Missing or changed: {path}")
    print(f"{source}: {'whole' if not bad else f'{bad:,} places damaged'}.")
    return 1 if bad else 0


def _configure_restore(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source", type=Path, help="one backup, or a directory of backups for its newest"
    )
    parser.add_argument(
        "--verify-only", action="store_true", help="only say whether the backup is whole"
    )


def _restore(args: argparse.Namespace) -> int:
    from django.conf import settings

    from tonle.infra import backup, clock

    source = args.source.expanduser().resolve()
    if not source.exists():
        raise backup.NoSuchPlace(path=source)
    source = next(reversed(backup.backups(source)), source)
    if args.verify_only:
        return _verify(source)
    with Progress("Restoring", unit="objects") as progress:
        backup.restore(source, node=_node(), now=clock.now(), each=progress.advance)
    tonle = f"tonle --data {shlex.quote(str(settings.TONLE_DATA))}"
    print(f"Restored from {source}. Next: {tonle} init, then {tonle} check.")
    return 0


def _move(_args: argparse.Namespace) -> int:
    from tonle.infra import keeping

    with Progress("Moving", unit="objects") as progress:
        moved = keeping.move(progress.advance)
    print(f"{moved.objects:,} objects are in {moved.files}, {moved.copied:,} copied by this call.")
    print(f"Start the node anew. What lies in {moved.kept} is not used any more.")
    return 0


def _configure_fixity(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("objects", nargs="*", metavar="ID", help="only these, such as tonle:…")
    parser.add_argument(
        "--resume", action="store_true", help="go on where the last run was interrupted"
    )
    parser.add_argument("--json", action="store_true", help="one JSON line per finding")


def _fixity(args: argparse.Namespace) -> int:
    from django.conf import settings

    from tonle.infra import keeping

    root = keeping.storage().open()
    if args.objects:
        return _report(map(root.fixity, args.objects), args)
    note = Path(settings.TONLE_DATA) / FIXITY_CURSOR
    after = _read_note(note) if args.resume else ""
    outcome = _report(_noted(root.fixity_all(after), note), args)
    note.unlink(missing_ok=True)
    return outcome


def _read_note(note: Path) -> str:
    try:
        return str(json.loads(note.read_text(encoding="utf-8"))["after"])
    except (OSError, ValueError, KeyError):
        return ""


def _noted(outcomes: Iterable[Checked], note: Path) -> Iterator[Checked]:
    """The same outcomes; every now and then the cursor is written down."""
    for number, checked in enumerate(outcomes, 1):
        yield checked
        if number % NOTE_EVERY == 0:
            part = note.with_name(f"{note.name}.part")
            part.write_text(json.dumps({"after": checked.path}), encoding="utf-8")
            part.replace(note)


def _report(outcomes: Iterable[Checked], args: argparse.Namespace) -> int:
    files = size_bytes = findings = 0
    with Progress("Checking", unit="objects") as progress:
        for checked in progress.follow(outcomes):
            files += checked.files
            size_bytes += checked.size_bytes
            for finding in checked.findings:
                findings += 1
                where = checked.object_id or checked.path or "storage root"
                if args.json:
                    print(json.dumps({"object": where, **asdict(finding)}, ensure_ascii=False))
                else:
                    print(f"{where}: {finding.kind}: {finding.path} {finding.found}".rstrip())
    if not args.json:
        print(f"{files:,} files, {size_bytes:,} bytes read: {findings:,} findings.")
    return 1 if findings else 0


register(
    Command(
        "backup",
        "Copy the whole node, while it works, into a directory of backups.",
        _backup,
        _configure_backup,
    )
)
register(
    Command(
        "restore",
        "Make a node of a backup, in an empty place; or say whether a backup is whole.",
        _restore,
        _configure_restore,
        needs_node=False,
    )
)
register_group("files", "Where published files stand.")
register(
    Command(
        "files move",
        "Move published files to where TONLE_FILES says: an object store, or back to the disk.",
        _move,
    )
)
register(
    Command(
        "fixity",
        "Read every kept file and say what in an object is missing or changed; “check” says "
        "which objects are gone.",
        _fixity,
        _configure_fixity,
    )
)
