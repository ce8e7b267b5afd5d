"""Bytes that rows name stay on the disk while a backup goes from the rows to them.

A backup takes the rows first. A file that was taken out of a draft since would be in it as a row
without bytes. So whoever takes bytes away asks first, leaves them while a backup is on its way,
and comes again later.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tonle.infra.ocfl.durable import locked

_LOCKS, _NAME = "locks", "bytes"


def staying(data: Path) -> AbstractContextManager[None]:
    """Nothing is taken away meanwhile. Waits for whoever is taking something away.

    data: the directory of the node.
    """
    return locked(data / _LOCKS, [_NAME])


@contextmanager
def may_go(data: Path) -> Iterator[bool]:
    """Whether bytes may be taken away, now and until the block ends. Never waits."""
    folder = data / _LOCKS
    folder.mkdir(exist_ok=True)
    descriptor = os.open(folder / _NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)
