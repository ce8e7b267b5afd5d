"""Items from segments: what was kept and shown and not noted, because the run was killed.

After a rebuild from files it makes all items of a source anew.
"""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from django.db import transaction

from tonle.catalogue.public import SegmentEntry, segments, source_key
from tonle.federation.harvest import lease
from tonle.federation.harvest.describing import locator_text, segments_of, short
from tonle.federation.harvest.models import Item, Run, Source
from tonle.federation.harvest.rules.counting import merged, recount
from tonle.federation.harvest.taking import HIDDEN, HIDDEN_BY_LAW

BATCH = 1_000
_OUTCOMES = {
    "publish": "added",
    "reinstate": "returned",
    "revise": "changed",
    "withdraw": "deleted",
}


def follow(source: Source, run: Run | None, now: datetime) -> int:
    """Bring the items of a held source up to its segments. Returns how many entries there were.

    run: the one that was in work when it was killed; what it had done is counted for it.
    """
    name = segments_of(source.id)
    segments.apply(name, now)
    entries = segments.walk_entries(name, _place(source))
    count = 0
    while batch := list(islice(entries, BATCH)):
        with transaction.atomic():
            for where, entry in batch:
                _follow(source, run, where, entry)
            if run is not None:
                Run.objects.filter(key=run.key).update(counts=run.counts)
            lease.keep(source, now, followed=list(batch[-1][0]))
        count += len(batch)
    return count


def _place(source: Source) -> segments.Locator:
    return segments.Locator(*source.followed) if source.followed else segments.Locator(1, 0, 0)


def _follow(source: Source, run: Run | None, where: segments.Locator, entry: SegmentEntry) -> None:
    said = entry.document.get("source", {})
    owner = _owner(source, said)
    if owner is None or "identifier" not in said:
        return
    identifier = short(said["identifier"])
    item = Item.objects.filter(source=owner, identifier=identifier).first()
    item = item or Item(source=owner, identifier=identifier)
    state, sha256 = _told(entry)
    is_hidden = entry.document.get("tombstone", {}).get("category") in {HIDDEN, HIDDEN_BY_LAW}
    known = (
        item.state == state
        and item.is_hidden == is_hidden
        and (state == "deleted" or item.received_sha256 in {sha256, ""})
        and item.record == entry.record_id
    )
    item.locator = locator_text(where) if entry.received or not item.locator else item.locator
    if known:
        item.save()
        return
    outcome = "" if is_hidden or item.is_hidden else _OUTCOMES[entry.action]
    item.state = "present" if is_hidden else state
    item.is_hidden, item.record = is_hidden, entry.record_id
    item.received_sha256 = sha256 or item.received_sha256
    if run is not None and outcome and owner.key == source.key:
        _count(source, run, item, outcome)
    item.save()
    _release(source, run, item)


def _told(entry: SegmentEntry) -> tuple[str, str]:
    """The state of the item and the digest of what was received, as the entry tells them."""
    state = "deleted" if entry.action == "withdraw" else "present"
    return state, entry.document["source"].get("received_sha256", "")


def _owner(source: Source, said: dict[str, str]) -> Source | None:
    """Whose item it is: this source's, or one's that took the record over."""
    key, identifier = said.get("key", ""), said.get("identifier", "")
    name = segments_of(source.id)
    if key == source_key(name, identifier):
        return source
    other = key.removeprefix(f"{name} ").partition(" ")[0]
    if key == source_key(name, f"{other} {identifier}"):
        return Source.objects.filter(id=other).first()
    return None


def _count(source: Source, run: Run, item: Item, outcome: str) -> None:
    before = item.outcome if item.run == run.number else ""
    item.outcome = merged(before, outcome)
    run.counts = recount(run.counts, before, item.outcome)
    item.run = run.number
    item.seen_in = source.walk or item.seen_in


def _release(source: Source, run: Run | None, heir: Item) -> None:
    """A record is one item's: whoever had it before has lost it at its source."""
    if heir.state != "present":
        return
    for item in Item.objects.filter(record=heir.record, state="present").exclude(key=heir.key):
        item.state, item.record = "deleted", ""
        if run is not None and item.source_id == source.key:
            _count(source, run, item, "deleted")
        item.save()
