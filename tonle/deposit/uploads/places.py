"""An upload's address, its bytes' place, and what of it is under way."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from tonle.deposit.uploads.errors import UploadGone
from tonle.deposit.uploads.models import Upload
from tonle.kernel.errors import NotFound
from tonle.kernel.identifiers import ID_LENGTH

_MAC = 40


def capability(upload: Upload, draft_id: str) -> str:
    """What an upload's address ends in: whoever knows it may add bytes, and nothing else.

    Made of the node's key, so that no copy of the database gives it away, and so that those
    who may write the draft can be told it again on another machine. 55 letters, of which 160
    bits cannot be guessed.
    """
    return upload.id + _mac(upload.id, draft_id)


def _mac(upload_id: str, draft_id: str) -> str:
    text = f"{draft_id}/{upload_id}"
    return salted_hmac("tonle.deposit.uploads", text, algorithm="sha256").hexdigest()[:_MAC]


def known(token: str, now: datetime) -> Upload:
    """The upload of an address. Raises NotFound, or UploadGone where it has expired."""
    upload = Upload.objects.select_related("draft").filter(id=token[:ID_LENGTH]).first()
    if upload is None or not constant_time_compare(
        token[ID_LENGTH:], _mac(upload.id, upload.draft.id)
    ):
        raise NotFound
    if upload.draft.state != "open" or upload.state == Upload.REFUSED:
        raise NotFound
    if upload.expires_at <= now:
        raise UploadGone
    return upload


def under_way(draft_id: str, now: datetime) -> QuerySet[Upload]:
    """Uploads that still hold room in a draft, in the order in which they were announced."""
    rows = Upload.objects.filter(draft__id=draft_id, state__in=Upload.UNDER_WAY, expires_at__gt=now)
    return rows.order_by("key")


def room() -> Path:
    """Where all of them lie: apart from the drafts' files, which are swept after a day."""
    root: Path = settings.TONLE_DATA / "uploads"
    return root


def path_of(upload: Upload) -> Path:
    """Where its bytes lie: named by us, never by whoever sends them."""
    return room() / upload.id[:2] / upload.id
