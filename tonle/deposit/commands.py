"""`tonle deposit …`: depositing at the node's own command line, as one of its accounts."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tonle.cli.public import ForAccount, Progress, argument, line, register_for_accounts
from tonle.deposit.access import commands as access
from tonle.deposit.curation import commands as review
from tonle.kernel.errors import N_, Invalid

if TYPE_CHECKING:
    from tonle.deposit.curation.models import Submission
    from tonle.kernel.actors import Actor

KINDS = ("dataset", "software", "publication")


def _new(*, title: str, language: str, metadata: Path | None, **given: Any) -> int:
    from tonle.catalogue.public import read_metadata
    from tonle.deposit import curation
    from tonle.deposit.interface.shown import remark

    document: dict[str, Any] = {}
    if metadata:
        read = read_metadata(metadata.read_bytes(), metadata.name)[0]
        document = {key: value for key, value in read.document.items() if key != "kind"}
        for warning in read.warnings:
            sys.stderr.write(f"{remark(warning)}\n")
    if title:
        document["titles"] = {**document.get("titles", {}), language: title}
    line(curation.start(document=document, **given).id)
    return 0


def _add(*, draft: str, paths: list[Path], actor: Actor, **_now: datetime) -> int:
    from tonle.catalogue.public import NewFile, add_file
    from tonle.deposit.checks import services as checks
    from tonle.infra import clock

    files = [pair for path in paths for pair in _files_below(path)]
    with Progress("Add") as progress:
        for name, path in progress.follow(files):
            add_file(draft_id=draft, file=NewFile(name, path), actor=actor, now=clock.now())
    # Here and now: nobody may be serving the node.
    checks.read_now(draft, clock.now())
    return _tell_findings(draft)


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


def _show(*, draft: str, actor: Actor, now: datetime) -> int:
    from tonle.deposit import checks, curation
    from tonle.infra import days
    from tonle.infra.i18n import say

    view = curation.submission_view(draft, actor, now)
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
    return _tell_findings(draft)


def _list(*, actor: Actor, now: datetime) -> int:
    from tonle.deposit import curation

    cursor = None
    while True:
        rows, cursor = curation.my_submissions(actor, now, cursor=cursor)
        for row in rows:
            line(row.id, row.state, row.kind, next(iter(row.titles.values()), ""))
        if cursor is None:
            return 0


def _hand_in(*, draft: str, actor: Actor, now: datetime) -> Submission:
    from tonle.deposit import curation
    from tonle.deposit.checks import services as checks
    from tonle.infra import clock

    curation.submission_view(draft, actor, now)
    checks.read_now(draft, now)
    return curation.hand_in(draft_id=draft, actor=actor, now=clock.now())


def _told(submission: Submission) -> int:
    from tonle.deposit import curation
    from tonle.infra.i18n import say

    line(say(curation.SUBMISSION.label(submission.state)))
    return 0


DRAFT = argument("draft", help="what `tonle deposit new` printed")

COMMANDS = (
    ForAccount("new", "Begin a deposit and print its name.", _new, (
        argument("--kind", choices=KINDS, default="dataset", help="what it is"),
        argument("--title", default="", help="its title"),
        argument("--language", default="en", help="language of the title, such as km"),
        argument("--community", default="", metavar="ID", help="for a community's curators"),
        argument("--metadata", type=Path, metavar="FILE",
                 help="DataCite, CodeMeta, RO-Crate, CITATION.cff, BibTeX, RIS or CSL-JSON"),
    )),
    ForAccount("add", "Put files into a deposit.", _add, (
        DRAFT,
        argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or a folder"),
    )),
    ForAccount("show", "Say what is in a deposit and what it lacks.", _show, (DRAFT,)),
    ForAccount("list", "List an account's deposits.", _list),
    ForAccount("hand-in", "Hand a deposit in to the curators.", _hand_in, (DRAFT,)),
)  # fmt: skip

review.register_commands()
access.register_commands()
register_for_accounts("deposit", "Deposits, as one of the node's accounts.", _told, COMMANDS)
