"""Files on their way in: written to disk by the server, then taken into the draft.

A body is never whole in memory. A script sends each file raw; a plain form sends them all
in one multipart body, which is cut into files on disk. Either way permission, room and name
are settled before the first byte is read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from tonle.infra.server.uploads import SpoolPlan
from tonle.kernel import identifiers
from tonle.kernel.errors import N_, TonleError

# What a multipart body adds to its files: boundaries, heads, a few fields.
OVERHEAD_BYTES = 256 * 1024
MOST_AT_ONCE = 100


class Unreadable(TonleError):
    code = "unreadable_form"
    http_status = 400
    message = N_("The form that came with the files could not be read. Nothing was added.")


def waiting_room() -> Path:
    """Where bodies lie until they are whole: beside the drafts' files, on their file system.

    What a crash leaves here is swept with what it leaves of drafts.
    """
    room: Path = settings.TONLE_DATA / "drafts" / "incoming"
    room.mkdir(parents=True, exist_ok=True)
    return room


def plan(limit_bytes: int) -> SpoolPlan:
    """A place for one body of at most so many bytes."""
    return SpoolPlan(waiting_room() / identifiers.mint(), 0, limit_bytes)


@dataclass(frozen=True)
class Part:
    """One file of a form: its name as the sender gave it, without folders, and its bytes."""

    name: str
    path: Path
    media_type: str


@contextmanager
def parts(body: Path, content_type: str) -> Iterator[list[Part]]:
    """The files in a multipart body on disk; what nobody took is gone at the end.

    Raises Unreadable. Fields that came with them are bounded by Django's own limits.
    """
    made: list[Path] = []
    try:
        with body.open("rb") as stream:
            meta = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(body.stat().st_size)}
            try:
                parser = MultiPartParser(meta, stream, [_ToDisk(made)], "utf-8")
                _fields, files = parser.parse()
            except (MultiPartParserError, ValueError) as error:
                raise Unreadable from error
            except Exception as error:
                # Django's own bounds on numbers and sizes of fields.
                if type(error).__module__.startswith("django.core.exceptions"):
                    raise Unreadable from error
                raise
        yield [
            Part(str(file.name), Path(file.path), str(file.content_type or ""))
            for name in files
            for file in files.getlist(name)
        ][:MOST_AT_ONCE]
    finally:
        for path in made:
            path.unlink(missing_ok=True)


class _OnDisk(UploadedFile):  # type: ignore[type-arg]  # Generic for the checker alone.
    """A part that lies in the waiting room, whole and synced."""

    def __init__(self, path: Path, **about: Any) -> None:
        super().__init__(file=None, **about)
        self.path = path


class _ToDisk(FileUploadHandler):
    """Writes each file of a form into the waiting room as it is read."""

    def __init__(self, made: list[Path]) -> None:
        super().__init__()
        self._made = made
        self._file: Any = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        path = waiting_room() / identifiers.mint()
        self._file = path.open("xb")
        self._made.append(path)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        del start
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> _OnDisk:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return _OnDisk(
            self._made[-1], name=self.file_name, content_type=self.content_type, size=file_size
        )

    def upload_interrupted(self) -> None:
        if self._file is not None:
            self._file.close()
