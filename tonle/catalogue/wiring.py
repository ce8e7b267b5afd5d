"""What the catalogue registers below: machines, its place in search, caches and pages."""

from __future__ import annotations

from tonle.catalogue.lifecycles import DRAFT, RECORD, may_move_draft, may_move_record
from tonle.catalogue.models import Change, Draft, LogHead, Record
from tonle.infra import lifecycle, pagecache, triggers


def connect() -> None:
    """Fill the registries of the bands below. Called once, when the app is ready."""
    lifecycle.register(RECORD, Record, may=may_move_record)
    lifecycle.register(DRAFT, Draft, may=may_move_draft)
    triggers.guard_rows(Change)
    pagecache.register_stamp(stamp)


def stamp() -> tuple[int, ...]:
    """What every finished page depends on: the log's position, and how often something hid."""
    row = LogHead.objects.values_list("pos", "hides").first()
    return row or (0, 0)
