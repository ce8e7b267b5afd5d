"""A survey tool's zip, laid out as the files that it holds."""

from __future__ import annotations

import logging
import os
import shutil
import zipfile
from datetime import datetime
from pathlib import Path
from typing import IO

from tonle.catalogue import public as catalogue
from tonle.deposit.checks.services import incoming
from tonle.deposit.field import columns
from tonle.deposit.field.rules import zips
from tonle.infra import jobs, keeping
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Invalid, Refusal, Refused, TonleError
from tonle.people import public as people

log = logging.getLogger(__name__)

JOB = "deposit.field.unpack"


def ask(*, draft_id: str, name: str, actor: Actor, now: datetime) -> None:
    """Have the tables and files of a zip put into the draft in its place, soon.

    Asked again while it waits, nothing happens. Raises NotFound, WrongState, Refused, Invalid.
    """
    draft = catalogue.draft_view(draft_id=draft_id, actor=actor, now=now)
    if name not in columns.packed(draft):
        raise Invalid([("name", N_("This is no zip of a survey tool."))])
    if not draft.replaces_files:
        raise Refused([Refusal("same_files", N_("A correction keeps its files."))])
    payload = {"draft": draft_id, "name": name, "actor": actor.id}
    jobs.enqueue(JOB, payload, run_at=now, unique_key=f"{JOB}/{draft_id}/{name}"[:200])


@jobs.handler(JOB, queue="checks", max_attempts=2, lease_seconds=900)
def _job(run: jobs.Run, now: datetime) -> None:
    """Unpack as the person who asked, and take the zip out at last."""
    actor = people.actor_by_id(run.payload["actor"], now)
    try:
        unpack(draft_id=run.payload["draft"], name=run.payload["name"], actor=actor, now=now)
    except (TonleError, zipfile.BadZipFile, ValueError, OSError) as error:
        log.info("A zip of a draft stays packed: %s", type(error).__name__)


def unpack(*, draft_id: str, name: str, actor: Actor, now: datetime) -> int:
    """Put what the zip holds into the draft, and take the zip out. How many files came of it.

    Raises NotFound, WrongState, Refused, Invalid, TooLarge, ValueError, zipfile.BadZipFile; what
    came before stays, and a second call goes on.
    """
    _, place = catalogue.draft_file(draft_id=draft_id, name=name, actor=actor, now=now)
    found = 0
    with keeping.local(place) as path, zipfile.ZipFile(path) as archive:
        for member, size, stream in zips.unpacked(archive):
            room = catalogue.file_room(draft_id=draft_id, name=member, actor=actor, now=now)
            if size > room:
                raise ValueError("no room")
            spooled = incoming()
            try:
                _write(stream, size, spooled)
                catalogue.take_file(
                    draft_id=draft_id, name=member, spooled=spooled, actor=actor, now=now
                )
            finally:
                spooled.unlink(missing_ok=True)
            found += 1
    catalogue.remove_file(draft_id=draft_id, name=name, actor=actor, now=now)
    return found


def _write(stream: IO[bytes], size: int, target: Path) -> None:
    """As many bytes as the zip promised, and no more, on disk."""
    with target.open("xb") as sink:
        shutil.copyfileobj(stream, sink, 1 << 20)
        if sink.tell() != size:
            raise ValueError("not as long as it says")
        sink.flush()
        os.fsync(sink.fileno())
