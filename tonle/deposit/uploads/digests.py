"""Reading what has arrived from its first byte to its last, before any draft may have it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from tonle.deposit.uploads.models import Upload
from tonle.deposit.uploads.places import path_of
from tonle.infra import crash, jobs
from tonle.kernel.digests import Digests, of_pieces

JOB = "deposit.uploads.digest"
# Up to here they are taken at once: a task would keep the sender waiting for longer.
AT_ONCE_BYTES = 4 << 20
_PIECE = 1 << 20
_CHECKPOINT_BYTES = 256 << 20

crash.declare("uploads.digested", "A file was read from end to end, and no row says what it is.")


def ask(upload: Upload, now: datetime) -> None:
    """Have a whole upload read soon, in the caller's transaction."""
    jobs.enqueue(JOB, {"upload": upload.id}, run_at=now, unique_key=f"{JOB}/{upload.id}")


@jobs.handler(JOB, queue="uploads", max_attempts=5, lease_seconds=120)
def _job(run: jobs.Run, now: datetime) -> None:
    upload = Upload.objects.filter(id=run.payload["upload"], state=Upload.ARRIVED).first()
    if upload is not None:
        take(upload, now, alive=lambda: run.checkpoint(None))


def take(upload: Upload, now: datetime, alive: Callable[[], None] = lambda: None) -> None:
    """Find out what an upload amounts to; it is ready then, or refused where it is another
    file than its sender announced. Done again it changes nothing.

    alive: called now and then while a long file is read.
    """
    del now
    path = path_of(upload)
    try:
        found = _read(upload, alive)
    except FileNotFoundError:
        found = None
    crash.point("uploads.digested")
    rows = Upload.objects.filter(key=upload.key, state=Upload.ARRIVED)
    if found is None or found.size_bytes != upload.length_bytes:
        # Its bytes are gone, as after a restore: the sender begins anew.
        path.unlink(missing_ok=True)
        rows.update(state=Upload.RECEIVING, offset_bytes=0)
    elif upload.promised_sha256 and found.sha256 != upload.promised_sha256:
        if rows.update(state=Upload.REFUSED):
            path.unlink(missing_ok=True)
    else:
        rows.update(state=Upload.READY, sha256=found.sha256, sha512=found.sha512)


def _read(upload: Upload, alive: Callable[[], None]) -> Digests:
    def pieces() -> Iterator[bytes]:
        with path_of(upload).open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece
                if file.tell() % _CHECKPOINT_BYTES == 0:
                    alive()

    return of_pieces(pieces())
