"""The node's own name and history, kept where the records are kept.

The OCFL object `tonle:node` holds `node.json` (who this node is, which epochs it opened)
and the sealed stretches of its chain. So a rebuild from files alone speaks under the same
name, and can name the last entry that it knows of.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from tonle.catalogue.log import LastKnown, open_epoch
from tonle.catalogue.models import Change, Epoch, LogHead
from tonle.catalogue.publication import storage
from tonle.infra import keeping, ocfl
from tonle.kernel import canonical, identifiers
from tonle.kernel.dates import format_instant
from tonle.kernel.errors import N_, TonleError

NODE_OBJECT = "tonle:node"
NODE_JSON = "node.json"
# Entries in one sealed stretch: about 4 MB of JSON lines.
SEGMENT = 10_000


class DatabaseMissing(TonleError):
    code = "database_missing"
    http_status = 503
    message = N_(
        "The files of this node are here, but its database is empty. Run `tonle rebuild` to make "
        "it anew from the files, or `tonle restore` to bring back a backup."
    )


class FilesOfAnother(TonleError):
    code = "files_of_another"
    http_status = 503
    message = N_(
        "The place where this node would keep its files is another node's. Give it a place of "
        "its own."
    )


def establish(now: datetime) -> None:
    """Give a new node its name, its storage root and its first epoch. Safe to repeat.

    Raises DatabaseMissing where the files know a node that the database does not: a new
    name would orphan every record they hold.
    """
    root = storage().create()
    known = LogHead.objects.select_related("origin").first()
    kept = read(root)
    if known is not None:
        if kept is not None and kept["origin"] != known.origin.id:
            raise FilesOfAnother
        keeping.settle_place()
        describe(root, now)
        return
    if kept is not None:
        raise DatabaseMissing
    keeping.settle_place()
    open_epoch(origin=identifiers.mint(), reason="init", last=None, now=now)
    describe(root, now)


def read(root: ocfl.Storage) -> dict[str, Any] | None:
    """What `node.json` says, or None for a root without a node."""
    if root.head(NODE_OBJECT) is None:
        return None
    # A crash may have left its newest version between two steps.
    root.repair(NODE_OBJECT)
    head = root.head(NODE_OBJECT)
    if head is None:
        return None
    described: dict[str, Any] = canonical.loads(
        root.read(NODE_OBJECT, head.version, NODE_JSON).read_bytes()
    )
    return described


def describe(root: ocfl.Storage, now: datetime) -> None:
    """Bring the node's object up to date with the epochs in the database."""
    opened = [
        canonical.loads(bytes(epoch.statement))
        for epoch in Epoch.objects.filter(origin__is_home=True).order_by("number")
    ]
    known = read(root)
    # A rebuilt database knows its own epoch alone; the files remember those before.
    told = {epoch["epoch"]: epoch for epoch in (*(known["epochs"] if known else ()), *opened)}
    epochs = [told[number] for number in sorted(told)]
    if known is not None and known["epochs"] == epochs:
        return
    sealed = known["sealed"] if known else None
    _write(root, {"epochs": epochs, "origin": epochs[-1]["origin"], "sealed": sealed}, {}, now)


def last_known(root: ocfl.Storage) -> LastKnown | None:
    """The newest entry of home's chain that the files can prove.

    Where nothing of the newest epoch is sealed, its statement is what they prove: seq 0.
    """
    known = read(root)
    if known is None:
        return None
    newest, sealed = known["epochs"][-1], known["sealed"]
    if sealed and sealed["epoch"] == newest["epoch"]:
        return LastKnown(**sealed)
    return LastKnown(newest["epoch"], 0, canonical.digest(newest))


def seal_log(now: datetime) -> int:
    """Write entries that are not sealed yet into the node's object. Returns how many.

    Whole and partial stretches alike; a task calls it daily. One stretch at a time, so
    memory stays flat.
    """
    root, count = storage(), 0
    while True:
        known = read(root)
        if known is None:
            return count
        start = _sealed_up_to(known["sealed"])
        rows = list(
            Change.objects.select_related("origin")
            .filter(origin__is_home=True, pos__gt=start)
            .order_by("pos")[:SEGMENT]
        )
        if not rows:
            return count
        first, last = rows[0], rows[-1]
        name = f"log/{first.epoch:04d}-{first.seq:010d}.jsonl"
        lines = b"".join(canonical.dumps(_line(row)) + b"\n" for row in rows)
        known["sealed"] = LastKnown(last.epoch, last.seq, last.hash).as_json()
        _write(root, known, {name: lines}, now)
        count += len(rows)


def _sealed_up_to(sealed: dict[str, Any] | None) -> int:
    """The position of the last entry here that the files hold already; 0 for none.

    A restored database may know fewer entries than were sealed; those it goes on with
    have a later epoch.
    """
    if sealed is None:
        return 0
    older = Q(epoch__lt=sealed["epoch"]) | Q(epoch=sealed["epoch"], seq__lte=sealed["seq"])
    held = Change.objects.filter(older, origin__is_home=True).aggregate(pos=Max("pos"))
    return held["pos"] or 0


def _line(row: Change) -> dict[str, Any]:
    return {
        "origin": row.origin.id,
        "epoch": row.epoch,
        "seq": row.seq,
        "at": format_instant(row.at),
        "record": row.record,
        "action": row.action,
        "sha256": row.sha256,
        "prev": row.prev,
        "hash": row.hash,
    }


def _write(
    root: ocfl.Storage, described: dict[str, Any], more: dict[str, bytes], now: datetime
) -> None:
    files: dict[str, ocfl.Source] = {}
    head = root.head(NODE_OBJECT)
    if head is not None:
        newest = root.versions(NODE_OBJECT)[-1]
        files = {path: ocfl.Existing(sha512) for path, sha512 in newest.state.items()}
    files |= more
    files[NODE_JSON] = canonical.dumps({"schema": "tonle-node/1", **described})
    root.place(root.stage(ocfl.Request(NODE_OBJECT, head, files, "describe", None, now)))


@transaction.atomic
def open_next_epoch(reason: str, now: datetime) -> None:
    """After a restore or a move: the chain goes on under a new number.

    From the last entry that rows or files know, whichever knows more: so one backup that is
    restored twice does not open one epoch twice.
    """
    head = LogHead.objects.select_related("origin").get()
    known = [LastKnown(head.epoch, head.seq, head.hash), last_known(storage())]
    last = max((one for one in known if one), key=lambda one: (one.epoch, one.seq))
    open_epoch(origin=head.origin.id, reason=reason, last=last, now=now)
