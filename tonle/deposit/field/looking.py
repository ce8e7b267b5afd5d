"""Files of drafts, looked into by a confined child."""

from __future__ import annotations

import logging
from pathlib import Path

from tonle.deposit.field.rules.camera import Photograph
from tonle.deposit.field.rules.tables import Found
from tonle.infra import confined
from tonle.infra.confined import Bounds

log = logging.getLogger(__name__)

CHILD = "tonle.deposit.field.child"
LOOK = Bounds(memory_bytes=1 << 30, seconds=60, cpu_seconds=20, answer_bytes=4 << 20)


def tables_of(path: Path, name: str) -> Found:
    """The tables or the form in a file; nothing where it cannot be read."""
    try:
        said, _ = confined.ask(CHILD, {"do": "tables", "name": name}, path, LOOK)
        return Found.from_json(said)
    except (confined.Ended, ValueError, KeyError, TypeError) as error:
        log.info("No tables are read of a file: %s", type(error).__name__)
        return Found()


def photograph(path: Path) -> Photograph:
    """What a photograph says of itself; nothing where it cannot be read."""
    try:
        said, _ = confined.ask(CHILD, {"do": "photograph"}, path, LOOK)
        return Photograph.from_json(said)
    except (confined.Ended, ValueError, KeyError, TypeError) as error:
        log.info("Nothing is read of a photograph: %s", type(error).__name__)
        return Photograph()
