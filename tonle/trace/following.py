"""The links follow the change log: a batch of records and the position in one transaction."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from tonle.catalogue.public import (
    Walked,
    lineage,
    named_by_fields,
    newest_position,
    serving,
    walk,
)
from tonle.infra import clock
from tonle.trace.models import Link, Name, Stand
from tonle.trace.rules import chain

# Documents read and written at once: some megabytes, and a short hold of the database.
BATCH = 500
# How soon a change is noticed: one look at the end of the log.
LOOK_SECONDS = 1.0


def follow(stop: threading.Event) -> None:
    """The background loop."""
    while not stop.is_set():
        catch_up(clock.now(), stop)
        stop.wait(LOOK_SECONDS)


def catch_up(now: datetime, stop: threading.Event | None = None) -> int:
    """Follow to the end of the log, or until told to stop. Returns how many records were read."""
    total = 0
    while stop is None or not stop.is_set():
        read = _step(now)
        if read is None:
            break
        total += read
    return total


def begin_again() -> None:
    """Forget all links; whoever follows next reads the log from its first entry."""
    with transaction.atomic():
        stand = _stand()
        _forget_all()
        Stand.objects.filter(key=1).update(lineage="", position=0, written=stand.written + 1)


def _step(now: datetime) -> int | None:
    """One batch; None where there is nothing left to read."""
    held = Stand.objects.filter(key=1).values_list("lineage", "position").first() or ("", 0)
    line, newest = lineage(), newest_position()
    is_another = held[0] != line
    after = 0 if is_another else held[1]
    if after >= newest and not is_another:
        return None
    # Read and worked out before anything is locked.
    walked = walk(now=now, after=after, limit=BATCH)
    links: list[Link] = []
    names: list[Name] = []
    for one in walked:
        names += [Name(said_by=one.id, **name) for name in _names(one)]
        if one.gone:
            continue
        named = chain.links_of(
            one.document, named_by_fields(one.document), serving.areas(one.document)
        )
        links += [Link(record=one.id, **link._asdict()) for link in named]
    # An empty batch is the end: entries that are not the newest of their record count for nothing.
    position = walked[-1].pos if len(walked) == BATCH else max([newest, *(w.pos for w in walked)])
    with transaction.atomic():
        stand = _stand()
        if (stand.lineage, stand.position) != held:
            # Somebody else followed meanwhile; what they wrote is as good.
            return len(walked)
        changed = bool(links or names)
        if is_another:
            changed = _forget_all() or changed
        else:
            ids = [one.id for one in walked]
            changed = bool(Link.objects.filter(record__in=ids).delete()[0]) or changed
            changed = bool(Name.objects.filter(said_by__in=ids).delete()[0]) or changed
        Link.objects.bulk_create(links, batch_size=BATCH)
        Name.objects.bulk_create(names, batch_size=BATCH)
        Stand.objects.filter(key=1).update(
            lineage=line, position=position, written=stand.written + changed
        )
    return len(walked)


def _names(one: Walked) -> Iterator[dict[str, str]]:
    """The other names that a record's document tells."""
    if one.gone:
        remains = one.document.get("tombstone", {}).get("merged_into", "")
        if remains:
            yield {"record": remains, "scheme": "tonle", "value": one.id}
    elif one.kind == "project":
        for award in sorted(set(chain.awards(one.document))):
            if len(award) <= chain.LONGEST:
                yield {"record": one.id, "scheme": chain.AWARD, "value": award}


def _stand() -> Stand:
    """The one row, locked."""
    Stand.objects.get_or_create(key=1)
    return Stand.objects.select_for_update().get(key=1)


def _forget_all() -> bool:
    links, _ = Link.objects.all().delete()
    names, _ = Name.objects.all().delete()
    return bool(links or names)


def stamp() -> tuple[int, ...]:
    """What finished pages depend on besides the log itself. One query of one row."""
    return (Stand.objects.values_list("written", flat=True).first() or 0,)
