"""Files announced, taken into their drafts, given up, and swept away."""

from __future__ import annotations

import logging
import shutil
from datetime import datetime, timedelta
from unicodedata import normalize

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, Sum

from tonle.catalogue import public as catalogue
from tonle.deposit.checks import services as checks
from tonle.deposit.uploads import digests, receiving
from tonle.deposit.uploads.errors import (
    NoSpace,
    NotWhole,
    StillChecked,
    TooManyUploads,
    WholeDiffers,
)
from tonle.deposit.uploads.models import Upload
from tonle.deposit.uploads.places import path_of, room, under_way
from tonle.deposit.uploads.rules.tus import Announced
from tonle.infra import clock, crash, jobs
from tonle.infra.server.uploads import RESERVE_BYTES
from tonle.kernel import identifiers
from tonle.kernel.actors import Actor
from tonle.kernel.digests import Digests
from tonle.kernel.errors import NotFound, TooLarge

log = logging.getLogger(__name__)

SWEEP_JOB = "deposit.uploads.sweep"
# What is attached or refused is remembered so long, for who asks a second time.
REMEMBERED = timedelta(days=1)
MOST_UNDER_WAY = 500

crash.declare("uploads.linked", "A draft's file lies in its place, and no row names it.")
crash.declare("uploads.attached", "A draft has its file, whose name on its way is still there.")


def begin(
    *,
    draft_id: str,
    said: Announced,
    length_bytes: int,
    metadata: str,
    actor: Actor,
    now: datetime,
) -> Upload:
    """Announce a file, before a byte of it is sent.

    metadata: as the client sent it. Room is what the draft may hold, less its files and what
    else is on its way into it.
    Raises NotFound, WrongState, Refused, Invalid, TooLarge, TooManyUploads, NoSpace.
    """
    upload = Upload(
        id=identifiers.mint(),
        # As the draft will call it: some systems send marks apart from their letters.
        name=normalize("NFC", said.name),
        media_type=said.media_type,
        length_bytes=length_bytes,
        metadata=metadata,
        mark=said.mark,
        promised_sha256=said.sha256,
        created_by=actor.id,
        created_at=now,
        expires_at=now + receiving.IDLE,
    )
    with transaction.atomic():
        # Locks the draft: of two files announced at once, the second sees the first.
        free = catalogue.file_room(draft_id=draft_id, name=said.name, actor=actor, now=now)
        others = under_way(draft_id, now).aggregate(size=Sum("length_bytes"), files=Count("key"))
        if others["files"] >= MOST_UNDER_WAY:
            raise TooManyUploads(most=MOST_UNDER_WAY)
        if length_bytes > free - (others["size"] or 0):
            raise TooLarge(limit=settings.TONLE_DRAFT_SIZE, unit="GB")
        path = path_of(upload)
        path.parent.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(path.parent).free < length_bytes + RESERVE_BYTES:
            raise NoSpace
        upload.draft = catalogue.Draft.objects.get(id=draft_id)
        if length_bytes == 0:
            path.touch(mode=0o600)
            upload.state = Upload.ARRIVED
        upload.save(force_insert=True)
        if length_bytes == 0:
            # Also where this process dies before the next statement.
            digests.ask(upload, now)
    if length_bytes == 0:
        digests.take(upload, now)
    return upload


def attach(*, draft_id: str, upload_id: str, actor: Actor, now: datetime) -> catalogue.DraftFile:
    """Put a file that has arrived into its draft; one of the same name is replaced.

    Whoever may write the draft may do so, whoever sent the bytes. A second call gives the
    first one's outcome. Raises as `catalogue.take_file`, and NotWhole, StillChecked,
    WholeDiffers.
    """
    with transaction.atomic():
        draft = catalogue.known_draft(draft_id, actor)
        upload = _of_draft(draft, upload_id)
        if upload.state == Upload.ATTACHED:
            file = draft.files.filter(name=upload.name, sha256=upload.sha256).first()
            if file is None:
                # Renamed or taken out since: it is not brought back by an answer that was lost.
                raise NotFound
            return file
        _refuse_unless_ready(upload)
        # Registered first, and so passed before the bytes lose the name by which they came.
        transaction.on_commit(lambda: crash.point("uploads.attached"))
        file = catalogue.take_file(
            draft_id=draft_id,
            name=upload.name,
            spooled=path_of(upload),
            media_type=upload.media_type,
            actor=actor,
            now=now,
            known=Digests(upload.length_bytes, upload.sha256, upload.sha512),
        )
        upload.state = Upload.ATTACHED
        upload.expires_at = now + REMEMBERED
        upload.save(update_fields=["state", "expires_at"])
        checks.ask(draft_id=draft_id, now=now)
        crash.point("uploads.linked")
    return file


def _refuse_unless_ready(upload: Upload) -> None:
    if upload.state == Upload.RECEIVING:
        raise NotWhole
    if upload.state == Upload.ARRIVED:
        raise StillChecked
    if upload.state == Upload.REFUSED:
        raise WholeDiffers


def _of_draft(draft: catalogue.Draft, upload_id: str) -> Upload:
    upload = Upload.objects.select_for_update().filter(draft=draft, id=upload_id).first()
    if upload is None:
        raise NotFound
    return upload


def give_up(upload: Upload) -> None:
    """End an upload and remove what had arrived. Done again it changes nothing."""
    if Upload.objects.filter(key=upload.key, state__in=Upload.UNDER_WAY).delete()[0]:
        path_of(upload).unlink(missing_ok=True)


@transaction.atomic
def drop(*, draft_id: str, upload_id: str, actor: Actor, now: datetime) -> None:
    """`give_up` by somebody who may write the draft. Raises NotFound, WrongState, Refused."""
    draft = catalogue.opened_draft(draft_id, actor, now)
    upload = _of_draft(draft, upload_id)
    if upload.state not in Upload.UNDER_WAY:
        raise NotFound
    upload.delete()
    transaction.on_commit(lambda: path_of(upload).unlink(missing_ok=True))


# Cleaning up -----------------------------------------------------------------------------


@jobs.handler(SWEEP_JOB)
def _sweep_job(_run: jobs.Run, now: datetime) -> None:
    sweep(now)


jobs.cron(SWEEP_JOB, every_seconds=3600, offset_seconds=1800)


def sweep(now: datetime) -> int:
    """Remove what has lapsed, what belongs to no open draft, and bytes without a row.

    Returns how many rows.
    """
    # A clock that was set forward makes all of them look older than they are.
    lapsed = Q(expires_at__lte=now - clock.leapt()) | ~Q(draft__state="open")
    gone = list(Upload.objects.filter(lapsed)[:1000])
    for upload in gone:
        # The row first: what is left of a crash in between has no row, and goes next time.
        upload.delete()
        path_of(upload).unlink(missing_ok=True)
    before = (now - REMEMBERED - clock.leapt()).timestamp()
    for path in room().glob("*/*"):
        try:
            old = path.stat().st_mtime < before
        except FileNotFoundError:
            continue
        kept = Upload.objects.filter(id=path.name, state__in=Upload.UNDER_WAY)
        if old and not kept.exists():
            path.unlink(missing_ok=True)
    return len(gone)
