"""Bytes as they come: who may append, from where, and what is here after a body has ended.

The row says how many bytes are here for sure; the file may have more. Who wants to append
takes the lease, which one statement gives to one only, and then holds the file's lock, which
dies with its process. So after a crash it is known that nobody writes, and what arrived is
counted: all of it, or nothing where it came with a checksum that nobody could compare.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from tonle.deposit.uploads import digests
from tonle.deposit.uploads.errors import OffsetDiffers, UploadBusy
from tonle.deposit.uploads.models import Upload
from tonle.deposit.uploads.places import path_of
from tonle.infra import crash
from tonle.infra.server.uploads import End, Received, is_being_written, settle
from tonle.kernel import identifiers
from tonle.kernel.errors import NotFound

# Since its last bytes, and since it was announced.
IDLE, LONGEST = timedelta(days=7), timedelta(days=30)
# Between the permission and the first byte, and between the last and its row, no lock is held.
GRACE = timedelta(seconds=10)

crash.declare("uploads.recorded", "A row counts the bytes, and nobody was told.")


def settled(upload: Upload, now: datetime) -> Upload:
    """The upload with what is here counted. Raises UploadBusy while a body arrives.

    What a process left that died is taken in: it lies in the file, and is synced now. That
    needs file systems on which a file grows only by what was written, as ext4, XFS and btrfs
    are; the whole is compared with what its sender promised all the same.
    """
    path = path_of(upload)
    if upload.state != Upload.RECEIVING:
        return upload
    if not upload.lease:
        if upload.offset_bytes and not path.exists():
            # A node that was restored: its backup holds rows, and nothing half-sent.
            upload.offset_bytes = 0
            Upload.objects.filter(key=upload.key, lease="").update(offset_bytes=0)
        return upload
    if upload.leased_at is None or upload.leased_at > now - GRACE or is_being_written(path):
        raise UploadBusy
    have = settle(path, upload.offset_bytes if upload.lease_checked else upload.length_bytes)
    if have is None or not _recorded(upload, upload.lease, have, now):
        raise UploadBusy
    return Upload.objects.select_related("draft").get(key=upload.key)


def admit(upload: Upload, *, offset: int, checked: bool, now: datetime) -> str:
    """Give one body the lease: from its offset, which must be where the file ends.

    checked: it comes with a checksum. Returns the lease.
    Raises UploadBusy, or OffsetDiffers with the offset to go on from.
    """
    upload = settled(upload, now)
    if offset != upload.offset_bytes or upload.state != Upload.RECEIVING:
        raise OffsetDiffers(offset=upload.offset_bytes)
    lease = identifiers.mint()
    taken = Upload.objects.filter(
        key=upload.key, state=Upload.RECEIVING, lease="", offset_bytes=offset
    ).update(lease=lease, leased_at=now, lease_checked=checked)
    if not taken:
        raise UploadBusy
    # The folder may have gone with an empty disk that was put in its place.
    path_of(upload).parent.mkdir(parents=True, exist_ok=True)
    return lease


def landed(upload: Upload, *, lease: str, received: Received, now: datetime) -> Upload:
    """Count what a body brought, whole or cut, and give the lease back.

    A whole file is read by a task next. Raises UploadBusy where somebody else holds the lease
    by now, and NotFound where the upload was ended meanwhile.
    """
    have = upload.offset_bytes if received.end is End.BUSY else received.length
    if not _recorded(upload, lease, have, now):
        if not Upload.objects.filter(key=upload.key).exists():
            raise NotFound
        raise UploadBusy
    crash.point("uploads.recorded")
    upload = Upload.objects.select_related("draft").get(key=upload.key)
    if upload.state == Upload.ARRIVED and upload.length_bytes <= digests.AT_ONCE_BYTES:
        digests.take(upload, now)
        upload.refresh_from_db()
    return upload


@transaction.atomic
def _recorded(upload: Upload, lease: str, have: int, now: datetime) -> bool:
    """Write down how many bytes are here, and end the lease. False where it was another's."""
    whole = have >= upload.length_bytes
    changed = Upload.objects.filter(key=upload.key, lease=lease).update(
        offset_bytes=min(have, upload.length_bytes),
        state=Upload.ARRIVED if whole else Upload.RECEIVING,
        lease="",
        leased_at=None,
        lease_checked=False,
        expires_at=min(now + IDLE, upload.created_at + LONGEST),
    )
    if changed and whole:
        digests.ask(upload, now)
    return bool(changed)
