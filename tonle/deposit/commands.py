"""`tonle deposit …`: depositing at the node's own command line, as one of its accounts."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tonle.cli.public import Command, Progress, configure_account, line, register, register_group
from tonle.deposit.access import commands as access
from tonle.deposit.curation import commands as review
from tonle.kernel.errors import N_, Invalid

if TYPE_CHECKING:
    from tonle.kernel.actors import Actor

KINDS = ("dataset", "software", "publication")


def _actor(args: argparse.Namespace) -> Actor:
    from tonle.people.public import acting

    return acting(args.email)["actor"]


# --- new ---------------------------------------------------------------------------------


def _configure_new(parser: argparse.ArgumentParser) -> None:
    configure_account(parser)
    parser.add_argument("--kind", choices=KINDS, default="dataset", help="what it is")
    parser.add_argument("--title", default="", help="its title")
    parser.add_argument("--language", default="en", help="language of the title, such as km")
    parser.add_argument("--community", default="", metavar="ID", help="for a community's curators")
    parser.add_argument(
        "--metadata",
        type=Path,
        metavar="FILE",
        help="DataCite, CodeMeta, RO-Crate, CITATION.cff, BibTeX, RIS or CSL-JSON",
    )


def _new(args: argparse.Namespace) -> int:
    from tonle.catalogue.public import read_metadata
    from tonle.deposit import curation
    from tonle.deposit.interface.shown import remark
    from tonle.infra import clock

    document: dict[str, Any] = {}
    if args.metadata:
        read = read_metadata(args.metadata.read_bytes(), args.metadata.name)[0]
        document = {key: value for key, value in read.document.items() if key != "kind"}
        for warning in read.warnings:
            sys.stderr.write(f"{remark(warning)}\n")
    if args.title:
        document["titles"] = {**document.get("titles", {}), args.language: args.title}
    made = curation.start(
        kind=args.kind,
        actor=_actor(args),
        now=clock.now(),
        community=args.community,
        document=document,
    )
    line(made.id)
    return 0


# --- add ---------------------------------------------------------------------------------


def _configure_add(parser: argparse.ArgumentParser) -> None:
    configure_account(parser)
    parser.add_argument("draft", help="what `tonle deposit new` printed")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or a folder")


def _add(args: argparse.Namespace) -> int:
    from tonle.catalogue.public import NewFile, add_file
    from tonle.deposit.checks import services as checks
    from tonle.infra import clock

    actor = _actor(args)
    files = [pair for path in args.paths for pair in _files_below(path)]
    with Progress("Add") as progress:
        for name, path in progress.follow(files):
            add_file(draft_id=args.draft, file=NewFile(name, path), actor=actor, now=clock.now())
    # Here and now: nobody may be serving the node.
    checks.read_now(args.draft, clock.now())
    return _tell_findings(args.draft)


def _files_below(path: Path) -> list[tuple[str, Path]]:
    """(name in the draft, path) of a file, or of all files of a folder with their places in it.

    Raises Invalid for a folder in which there is none.
    """
    if not path.is_dir():
        return [(path.name, path)]
    below = [
        (found.relative_to(path), found) for found in sorted(path.rglob("*")) if found.is_file()
    ]
    files = [
        (place.as_posix(), found)
        for place, found in below
        if not any(part.startswith(".") for part in place.parts)
    ]
    if not files:
        reason = N_("No file is in this folder. Files whose names begin with a dot are left out.")
        raise Invalid([(str(path), reason)])
    return files


def _tell_findings(draft_id: str) -> int:
    """Say what was found in the files. 0: finding something is no failure."""
    from tonle.deposit import checks
    from tonle.infra.i18n import say

    for file in checks.summary(draft_id).files:
        for one in file.found:
            where = f" ({one.where})" if one.where else ""
            line(f"{file.name}: {say(one.label)}{where}: {one.count} {one.mask}".rstrip())
    return 0


# --- show, list, hand-in -----------------------------------------------------------------


def _configure_one(parser: argparse.ArgumentParser) -> None:
    configure_account(parser)
    parser.add_argument("draft", help="what `tonle deposit new` printed")


def _show(args: argparse.Namespace) -> int:
    from tonle.deposit import checks, curation
    from tonle.infra import clock, days
    from tonle.infra.i18n import say

    now = clock.now()
    view = curation.submission_view(args.draft, _actor(args), now)
    for language, title in view.row.titles.items():
        line(f"title ({language}): {title}")
    line(f"record: {view.row.record_id}")
    line(f"state: {say(view.row.state_label)}")
    for file in view.draft.files:
        line(f"file: {file.name}\t{file.size_bytes:,} bytes\t{file.sha256}")
    for one in checks.fair_findings(view.document, view.draft.files, today=days.day_of(now)):
        line(f"{one.severity}: {say(one.message, one.data)} {say(one.mend, one.data)}")
    for refusal in view.refusals.get("hand_in", ()):
        line(f"before it can be handed in: {say(refusal)}")
    return _tell_findings(args.draft)


def _list(args: argparse.Namespace) -> int:
    from tonle.deposit import curation
    from tonle.infra import clock

    actor, cursor = _actor(args), None
    while True:
        rows, cursor = curation.my_submissions(actor, clock.now(), cursor=cursor)
        for row in rows:
            title = next(iter(row.titles.values()), "")
            line("\t".join((row.id, row.state, row.kind, title)).rstrip())
        if cursor is None:
            return 0


def _hand_in(args: argparse.Namespace) -> int:
    from tonle.deposit import curation
    from tonle.deposit.checks import services as checks
    from tonle.infra import clock
    from tonle.infra.i18n import say

    actor = _actor(args)
    curation.submission_view(args.draft, actor, clock.now())
    checks.read_now(args.draft, clock.now())
    made = curation.hand_in(draft_id=args.draft, actor=actor, now=clock.now())
    line(say(curation.SUBMISSION.label(made.state)))
    return 0


review.register_commands()
access.register_commands()
register_group("deposit", "Deposits, as one of the node's accounts.")
register(Command("deposit new", "Begin a deposit and print its name.", _new, _configure_new))
register(Command("deposit add", "Put files into a deposit.", _add, _configure_add))
register(
    Command("deposit show", "Say what is in a deposit and what it lacks.", _show, _configure_one)
)
register(Command("deposit list", "List an account's deposits.", _list, configure_account))
register(Command("deposit hand-in", "Hand a deposit in to the curators.", _hand_in, _configure_one))
