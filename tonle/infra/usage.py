"""Usage of records: written as JSON lines by each process, folded into days by a task.

Counting must not make a page wait for the database, so a use is a line in a file
of this process and hour. A line names no reader: the visitor is a digest under a
salt that lives one day. What is counted follows the COUNTER Code of Practice
release 5.1: a robot's use is not counted, two uses of the same thing by the same
visitor within 30 seconds are one (section 7.2), and a visitor is unique by hour
(section 7.5).
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import logging
import os
import re
import secrets
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, Literal

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tonle.infra import jobs
from tonle.infra.usage_models import UsageDay, UsageFile

logger = logging.getLogger(__name__)

# COUNTER's words: an investigation looks at a record, a request takes its content.
Kind = Literal["investigation", "request"]

_USE = "tonle_usage"
DOUBLE_CLICK = timedelta(seconds=30)
_SETTLED = timedelta(minutes=5)
_KEEP_NAMES = timedelta(days=30)
_ROBOT = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|archiver|curl/|wget/|python-|java/|go-http|libwww|monitor|check",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Use:
    """One use of one record. A view says so with `mark(response, …)`."""

    kind: Kind
    record: str


def mark(response: HttpResponseBase, kind: Kind, record: str) -> None:
    """Say what showing this response counts as."""
    setattr(response, _USE, Use(kind, record))


def of_response(response: HttpResponseBase) -> Use | None:
    """The use that a response stands for: none unless it shows something from its beginning."""
    use = getattr(response, _USE, None)
    if not isinstance(use, Use) or response.status_code not in {200, 206}:
        return None
    content_range = response.get("Content-Range", "")
    return use if not content_range or content_range.startswith("bytes 0-") else None


def note_response(request: HttpRequest, response: HttpResponseBase, now: datetime) -> None:
    """Write down the use that a response stands for, if it stands for one."""
    use = of_response(response)
    if use is not None and request.method == "GET":
        agent = request.headers.get("User-Agent", "")
        note(use, address=request.META.get("REMOTE_ADDR", ""), agent=agent, now=now)


def note(use: Use, *, address: str, agent: str, now: datetime) -> None:
    """Write one use down. Never raises: a full disk must not take pages away from readers."""
    if not agent or _ROBOT.search(agent):
        return
    try:
        _writer.write(use, address, agent, now.astimezone(UTC))
    except OSError:
        logger.exception("A use could not be written down.")


class _Writer:
    """This process's open file. A new hour is a new file, a new day a new salt."""

    def __init__(self) -> None:
        self._order = threading.Lock()
        self._hour = ""
        self._pid = 0
        self._file: IO[bytes] | None = None
        self._salt = b""

    def write(self, use: Use, address: str, agent: str, now: datetime) -> None:
        hour = now.strftime("%Y%m%dT%H")
        with self._order:
            file = self._file
            if file is None or hour != self._hour or self._pid != os.getpid():
                file = self._open(hour)
            visitor = hmac.new(self._salt, f"{address}\n{agent}".encode(), hashlib.sha256)
            line = {
                "at": now.isoformat(timespec="milliseconds"),
                "record": use.record,
                "kind": use.kind,
                "visitor": visitor.hexdigest()[:16],
            }
            file.write(json.dumps(line).encode() + b"\n")

    def _open(self, hour: str) -> IO[bytes]:
        if self._file is not None:
            self._file.close()
        directory = Path(settings.TONLE_USAGE)
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._salt = _salt(directory, hour[:8])
        name = f"use-{hour}-{secrets.token_hex(8)}.jsonl"
        # Unbuffered: a line is there or not, never half, whatever ends the process.
        file: IO[bytes] = (directory / name).open("ab", buffering=0)
        self._file, self._hour, self._pid = file, hour, os.getpid()
        return file


_writer = _Writer()


def _salt(directory: Path, day: str) -> bytes:
    """The day's salt, the same in every process; the first one makes it, the fold deletes it."""
    path = directory / f"salt-{day}"
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
    return path.read_bytes()


# --- Folding ------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One use as it was written down."""

    at: datetime
    record: str
    kind: str
    visitor: str


def count(lines: Iterable[Line]) -> dict[tuple[date, str, str], tuple[int, int]]:
    """(day, record, kind) to (total, unique) uses. Pure; the order of lines does not matter.

    Source: COUNTER Code of Practice 5.1, sections 7.2 (double clicks) and 7.5 (unique items).
    """
    totals: Counter[tuple[date, str, str]] = Counter()
    visits: set[tuple[date, int, str, str, str]] = set()
    last: dict[tuple[str, str, str], datetime] = {}
    for line in sorted(lines, key=lambda line: line.at):
        thing = (line.record, line.kind, line.visitor)
        before = last.get(thing)
        last[thing] = line.at
        key = (line.at.date(), line.record, line.kind)
        visits.add((line.at.date(), line.at.hour, *thing))
        if before is None or line.at - before > DOUBLE_CLICK:
            totals[key] += 1
    uniques = Counter((day, record, kind) for day, _, record, kind, _ in visits)
    # At midnight a click may belong to one before it: its day then has a visit and no use.
    return {key: (totals[key], uniques[key]) for key in uniques.keys() | totals.keys()}


def fold(now: datetime, directory: Path | None = None) -> int:
    """Count the files of hours that are over, and delete them. Returns lines counted.

    A file is counted once: its name is kept in the same transaction, so that a
    crash before its deletion only leaves the deletion to the next run.
    """
    directory = directory or Path(settings.TONLE_USAGE)
    settled = (now.astimezone(UTC) - _SETTLED).strftime("%Y%m%dT%H")
    files = sorted(
        path for path in directory.glob("use-*.jsonl") if path.name.split("-")[1] < settled
    )
    known = set(
        UsageFile.objects.filter(name__in=[path.name for path in files]).values_list(
            "name", flat=True
        )
    )
    new = [path for path in files if path.name not in known]
    lines = [line for path in new for line in _read(path)]
    with transaction.atomic():
        for (day, record, kind), (total, unique) in sorted(count(lines).items()):
            row, _ = UsageDay.objects.get_or_create(day=day, record=record, kind=kind)
            UsageDay.objects.filter(pk=row.pk).update(
                total=F("total") + total, unique=F("unique") + unique
            )
        UsageFile.objects.bulk_create([UsageFile(name=path.name, counted_at=now) for path in new])
        UsageFile.objects.filter(counted_at__lt=now - _KEEP_NAMES).delete()
    for path in files:
        path.unlink(missing_ok=True)
    for path in directory.glob("salt-*"):
        # Without its salt, a digest can never again be matched with a reader.
        if path.name.removeprefix("salt-") < settled[:8]:
            path.unlink(missing_ok=True)
    return len(lines)


def _read(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8") as file:
        for text in file:
            try:
                fields = json.loads(text)
                at = datetime.fromisoformat(fields["at"])
                yield Line(at, fields["record"], fields["kind"], fields["visitor"])
            except (ValueError, KeyError):
                logger.warning("A line of %s is not a use; it is left out.", path.name)


@jobs.handler("infra.fold_usage")
def _fold(_run: jobs.Run, now: datetime) -> None:
    fold(now)


jobs.cron("infra.fold_usage", every_seconds=3600, offset_seconds=600)
