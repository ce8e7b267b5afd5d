"""What the machine refuses, in words: a full disk, a directory that may not be written.

Libraries say it in their own ways, and databases in theirs; whoever runs the node reads
what to do.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from django.conf import settings

from tonle.kernel.errors import N_, TonleError


class DiskFull(TonleError):
    code = "disk_full"
    http_status = 507
    message = N_(
        "The disk of this node is full, so nothing was saved. Make room on it, or give it a "
        "larger one, then repeat this."
    )


class NotWritable(TonleError):
    code = "not_writable"
    http_status = 503
    message = N_(
        "This node may not write where it keeps its matter, so nothing was saved. See to it that "
        "the disk is not read-only and that the node's directory belongs to the user who runs "
        "it, then repeat this."
    )


class DiskFault(TonleError):
    code = "disk_fault"
    http_status = 503
    message = N_(
        "The disk of this node answers with errors, so nothing was saved. Look at the machine's "
        "own messages, and see that there is a backup elsewhere before anything else."
    )


_FULL = {errno.ENOSPC, errno.EDQUOT}
_CLOSED = {errno.EROFS, errno.EACCES, errno.EPERM}
# What SQLite (sqlite3.h, SQLITE_FULL, SQLITE_READONLY, SQLITE_CANTOPEN) and PostgreSQL
# (class 53: 53100; class 25: 25006) say.
_SAID = (
    ("database or disk is full", DiskFull),
    ("No space left on device", DiskFull),
    ("could not extend file", DiskFull),
    ("attempt to write a readonly database", NotWritable),
    ("unable to open database file", NotWritable),
    ("read-only transaction", NotWritable),
)
_DATABASE_ERRORS = {"OperationalError", "InternalError", "DatabaseError"}


def in_words(error: BaseException) -> TonleError | None:
    """The error of ours that says what the machine refused, or None for any other.

    Looks at what caused the error, too, since databases are asked through several layers. A
    file outside the node's own directory is the caller's, and Python's words about it do.
    """
    seen: BaseException | None = error
    for _ in range(8):
        if seen is None:
            return None
        if isinstance(seen, OSError):
            path = os.fsdecode(seen.filename) if isinstance(seen.filename, str | bytes) else ""
            if seen.errno in _FULL:
                return DiskFull(path=path)
            if seen.errno in _CLOSED and path and Path(path).is_relative_to(settings.TONLE_DATA):
                return NotWritable(path=path)
        if type(seen).__name__ in _DATABASE_ERRORS:
            if "disk I/O error" in str(seen):
                # SQLite says so, too, where a full disk has no room for its shared memory.
                return DiskFull(path="") if _is_full() else DiskFault()
            for text, kind in _SAID:
                if text in str(seen):
                    return kind(path="")
        seen = seen.__cause__ or seen.__context__
    return None


def _is_full() -> bool:
    try:
        found = os.statvfs(settings.TONLE_DATA)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < 1 << 20
