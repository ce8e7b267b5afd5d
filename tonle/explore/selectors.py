"""Which file somebody means, and what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tonle.catalogue.public import (
    FilesNotReadable,
    RecordView,
    read_file,
    record_view,
    ways_to_files,
)
from tonle.explore import shelf
from tonle.explore.tasks import ask_for
from tonle.infra.ocfl import Place
from tonle.kernel.actors import Actor
from tonle.kernel.errors import NotFound


@dataclass(frozen=True)
class Looked:
    """A file that a reader may have, and its preview; None while it is being made."""

    view: RecordView
    file: Mapping[str, Any]
    path: Place
    preview: dict[str, Any] | None

    @property
    def picture(self) -> Path | None:
        return shelf.picture(self.file["sha256"], self.file["name"])

    @property
    def copy(self) -> Path | None:
        """The smaller copy of a photograph."""
        return shelf.copy(self.file["sha256"], self.file["name"])


def looked_into(
    *, record_id: str, name: str, actor: Actor, now: datetime, version: int | None = None
) -> Looked:
    """A file of a record and its preview, which is asked for where there is none.

    Raises NotFound, Moved, or FilesNotReadable with the ways to have it: a preview is for whoever
    may read the file.
    """
    view = record_view(record_id=record_id, actor=actor, now=now, version=version)
    file = next((one for one in view.files if one["name"] == name), None)
    if file is None:
        raise NotFound
    try:
        _, path = read_file(record_id=record_id, name=name, actor=actor, now=now, version=version)
    except FilesNotReadable as error:
        error.ways = ways_to_files(view, actor, now)
        raise
    preview = shelf.get(file["sha256"], name)
    if preview is None:
        ask_for(file["sha256"], name, path, now)
    return Looked(view, file, path, preview)
