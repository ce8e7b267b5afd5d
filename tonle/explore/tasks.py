"""Previews are made in the background, once for each file's digest, and go with the record."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path
from typing import Any

from tonle.catalogue.public import (
    lone_digests,
    of_records,
    read_file,
    record_view,
    records_with_files,
    text_is_known,
)
from tonle.explore import shelf
from tonle.explore.rules.look import suffix_of
from tonle.explore.rules.preview import Preview
from tonle.infra import confined, jobs, keeping
from tonle.infra.confined import Bounds
from tonle.infra.jobs import Run
from tonle.infra.ocfl import Place
from tonle.kernel.actors import ANONYMOUS
from tonle.kernel.errors import Moved, NotFound, TonleError

log = logging.getLogger(__name__)

MAKE, FOLLOW = "explore.make", "explore.follow_record"
# Looking into a file takes seconds; the rest is for a machine that is busy.
LOOK = Bounds(memory_bytes=1 << 30, seconds=180, cpu_seconds=40, answer_bytes=1536 << 10)
# Files looked into at once, over all workers: each reader is a process with memory of its own.
AT_ONCE = 1
# Of a record with thousands of files, the rest is looked into when somebody asks.
MOST_AHEAD = 50


def ask_for(sha256: str, name: str, path: Place, now: datetime) -> None:
    """Let the preview of these bytes be made, unless that was asked for already."""
    payload = {"sha256": sha256, "name": name, "path": keeping.address_of(path)}
    jobs.enqueue(MAKE, payload, run_at=now, unique_key=f"{MAKE}/{sha256}/{suffix_of(name)[:10]}")


@jobs.handler(MAKE, queue="previews", max_attempts=2, lease_seconds=300)
def make(run: Run, _now: datetime) -> None:
    """Look into one file and keep what was seen; that nothing could be seen is kept, too."""
    sha256, name = run.payload["sha256"], run.payload["name"]
    kept = keeping.place_of(run.payload["path"])
    if shelf.get(sha256, name) is not None or not kept.is_file():
        return
    try:
        with keeping.local(kept) as path:
            preview, picture = look(path, name)
    except keeping.NoRoomForCopy:
        preview, picture = failed("memory"), b""
    contents = str(preview.pop("contents", ""))
    picture, copy = parts(preview, picture)
    try:
        shelf.put(sha256, name, preview, picture, contents=contents, copy=copy)
    except ValueError:
        log.warning("The preview of %s is no preview", sha256)
        shelf.put(sha256, name, failed("crashed"), b"")
        return
    if contents:
        text_is_known(sha256)


def parts(preview: dict[str, Any], data: bytes) -> tuple[bytes, bytes]:
    """The small picture and the smaller copy, of the bytes that came with a preview.

    A preview that promises another copy than came says nothing of one any more.
    """
    said = preview.get("copy")
    size = said.get("size_bytes") if isinstance(said, dict) else 0
    if isinstance(size, int) and 0 < size < len(data) and shelf.is_copy(data[-size:]):
        return data[:-size], data[-size:]
    preview.pop("copy", None)
    return data, b""


def look(path: Path, name: str) -> tuple[dict[str, Any], bytes]:
    """The preview of a file by a child process, and the bytes of its `parts`. Never raises for
    what a file holds."""
    try:
        return confined.ask("tonle.explore.child", {"do": "look", "name": name}, path, LOOK)
    except confined.Ended as end:
        return failed(end.why), b""


def failed(why: str) -> dict[str, Any]:
    """The preview of a file that the reader was not equal to."""
    made = Preview("")
    made.note({"time": "took_time", "memory": "took_memory"}.get(why, "crashed"))
    return made.to_json()


@jobs.handler(FOLLOW, queue="previews", concerned=of_records(records_with_files))
def follow_record(run: Run, now: datetime) -> None:
    """After a public change of a record: previews of files that are open to all are made ahead;
    those of a record that is gone are forgotten."""
    record_id = run.payload["data"]["record"]
    try:
        view = record_view(record_id=record_id, actor=ANONYMOUS, now=now)
    except (NotFound, Moved):
        view = None
    if view is None or view.record.state != "published":
        for sha256 in lone_digests(record_id):
            shelf.drop(sha256)
        return
    if not view.files_ruling:
        return
    for file in view.files[:MOST_AHEAD]:
        name = file["name"]
        if shelf.get(file["sha256"], name) is not None:
            continue
        try:
            _, path = read_file(record_id=record_id, name=name, actor=ANONYMOUS, now=now)
        except TonleError:
            # Bytes that are missing are for `tonle fixity` to tell of.
            continue
        ask_for(file["sha256"], name, path, now)
