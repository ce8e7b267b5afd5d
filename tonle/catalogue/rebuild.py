"""Making the database anew from the OCFL root alone, and mending one that a backup left behind.

Drafts, accounts and the audit do not come back from files: they need a backup. The chain
goes on in a new epoch whose statement names the last entry that is known.

Both can be killed at any moment and called again: records that are back are passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.conf import settings

from tonle.catalogue import adoption, node, segments
from tonle.catalogue.log import open_epoch
from tonle.catalogue.models import LogHead, Origin
from tonle.catalogue.publication import storage
from tonle.infra import crash, keeping, ocfl
from tonle.kernel.errors import N_, TonleError

crash.declare("rebuild.begun", "epoch open, no record back: a second call goes on")
crash.declare("rebuild.batch", "some records back: a second call passes them over")
crash.declare("rebuild.ended", "all back, not yet said: a second call finds nothing to do")

# What `tonle restore` leaves for the node's next start.
RESTORED = "restored.json"


class NotEmpty(TonleError):
    code = "database_not_empty"
    http_status = 409
    message = N_(
        "The database still holds records, so there is nothing to rebuild. To make it anew from "
        "the files, stop the node, move the database away, and call this again."
    )


class Unfinished(TonleError):
    code = "rebuild_unfinished"
    http_status = 503
    message = N_("A rebuild was begun and interrupted. Run `tonle rebuild` again to finish it.")


class NothingThere(TonleError):
    code = "no_files"
    http_status = 409
    message = N_("The storage root %(path)s holds no node, so nothing can be rebuilt from it.")


@dataclass
class Report:
    """What was brought back, what was level already, and what could not be read: (object, why)."""

    records: int = 0
    earlier: int = 0
    # Entries of segments: each is one state of a record that others own.
    foreign: int = 0
    damaged: list[tuple[str, str]] = field(default_factory=list)


def unfinished() -> bool:
    """Whether a rebuild was begun and has not come to its end: the node must not be served."""
    return _marker().exists()


def rebuild(now: datetime, step: Callable[[int], None] = lambda _: None) -> Report:
    """Bring every record back. step is called with the number of objects of each batch.

    Raises NotEmpty or NothingThere.
    """
    root = storage().open()
    known = node.read(root)
    if known is None:
        raise NothingThere(path=root.object_root())
    keeping.settle_place()
    if not unfinished():
        if LogHead.objects.exists():
            raise NotEmpty
        _marker().touch()
    if not LogHead.objects.exists():
        open_epoch(origin=known["origin"], reason="rebuild", last=node.last_known(root), now=now)
    crash.point("rebuild.begun")
    report = _adopt_all(root, now, step)
    node.describe(root, now)
    crash.point("rebuild.ended")
    _marker().unlink(missing_ok=True)
    return report


def reconcile(now: datetime) -> Report | None:
    """After a restore: adopt what was published later than the backup's rows, in a new epoch.

    None where no backup was restored since the last start.
    """
    note = Path(settings.TONLE_DATA) / RESTORED
    if not note.exists():
        return None
    root = storage().open()
    node.open_next_epoch("restore", now)
    node.describe(root, now)
    report = _adopt_all(root, now, lambda _: None)
    note.unlink()
    return report


def _adopt_all(root: ocfl.Storage, now: datetime, step: Callable[[int], None]) -> Report:
    origin, report = Origin.objects.get(is_home=True), Report()
    found = adoption.objects(root, report.damaged)
    while batch := list(islice(found, adoption.BATCH)):
        adopted = adoption.adopt(origin, batch, now)
        report.records += adopted
        report.earlier += len(batch) - adopted
        crash.point("rebuild.batch")
        step(len(batch))
    # What others own comes last: a name that two have stays with the record of this node.
    for name in sorted(segments.names(root)):
        applied = segments.apply(name, now, step)
        report.foreign += applied.entries
    return report


def _marker() -> Path:
    marker: Path = settings.TONLE_DATA / "rebuild-unfinished"
    return marker
