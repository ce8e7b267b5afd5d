"""A curator hides a harvested record here; the next harvest does not bring it back."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language

from tonle.catalogue.public import Record, SegmentEntry, document_of, segments, take_back_foreign
from tonle.federation.harvest.models import Item, Source
from tonle.federation.harvest.permissions import demand, may_hide
from tonle.federation.harvest.taking import GONE, HIDDEN, HIDDEN_BY_LAW, REASONS
from tonle.infra import audit
from tonle.infra.ocfl.durable import locked
from tonle.kernel.actors import Actor
from tonle.kernel.dates import format_instant
from tonle.kernel.errors import N_, NotFound
from tonle.kernel.sentences import invalid
from tonle.kernel.text import normalise

LONGEST = 2_000


def suppress(
    *, record_id: str, reason: str, actor: Actor, now: datetime, by_law: bool = False
) -> None:
    """Hide a harvested record here. reason: public, in the words of who hides it. Twice is once.

    by_law: the page does not lead to the record's home either.

    Raises NotPermitted, NotFound where it is no harvested record, Invalid.
    """
    demand(may_hide(actor))
    words = normalise(reason[: 4 * LONGEST])[:LONGEST].strip()
    if not words:
        raise invalid("reason", N_("Say why; readers see it in place of the record."))
    with locked(settings.TONLE_STAGING / "locks", ["import"]):
        item, record = _harvested(record_id)
        if item.is_hidden:
            return
        said = {get_language() or "en": words}
        entry = take_back_foreign(record, HIDDEN_BY_LAW if by_law else HIDDEN, said, now)
        _keep(record, entry, now)
        with transaction.atomic():
            Item.objects.filter(key=item.key).update(is_hidden=True)
            audit.record("federation.record_hidden", "record", record.id, actor, now,
                         personal={"reason": words})  # fmt: skip


def unsuppress(*, record_id: str, actor: Actor, now: datetime) -> None:
    """Show it again as it was; what changed meanwhile comes with the next whole harvest.

    Where its source has deleted it meanwhile, it stays a tombstone, which then says so. Twice
    is once. Raises NotPermitted, NotFound.
    """
    demand(may_hide(actor))
    with locked(settings.TONLE_STAGING / "locks", ["import"]):
        item, record = _harvested(record_id)
        if not item.is_hidden:
            return
        document = document_of(record)
        if item.state == "present":
            shown = {name: value for name, value in document.items() if name != "tombstone"}
            shown |= {"state": "published", "updated_at": format_instant(now)}
            entry = SegmentEntry("reinstate", shown)
        else:
            tombstone = {"category": GONE, "reason": REASONS[GONE], "at": format_instant(now)}
            told = {**document, "tombstone": tombstone, "updated_at": format_instant(now)}
            entry = SegmentEntry("withdraw", told)
        _keep(record, entry, now)
        with transaction.atomic():
            Item.objects.filter(key=item.key).update(is_hidden=False)
            if item.state == "present" and not item.received_sha256:
                Source.objects.filter(key=item.source_id).update(whole_is_due=True)
            audit.record("federation.record_shown", "record", record.id, actor, now)


def is_hidden(record_id: str) -> bool:
    return Item.objects.filter(record=record_id, is_hidden=True).exists()


def _harvested(record_id: str) -> tuple[Item, Record]:
    rows = Item.objects.filter(record=record_id).exclude(state="joined")
    item = rows.order_by("-is_hidden", "-state", "key").first()
    record = Record.objects.filter(id=record_id).exclude(kept_in="").first()
    if item is None or record is None:
        raise NotFound
    return item, record


def _keep(record: Record, entry: SegmentEntry | None, now: datetime) -> None:
    if entry is not None:
        segments.keep(record.kept_in, [entry], now)
