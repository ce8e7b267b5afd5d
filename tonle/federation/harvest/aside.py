"""Runs beside the walk: what was doubted, a removed source, what failed, a better reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from django.db import transaction

from tonle.catalogue.public import segments
from tonle.federation.harvest import lease, runs
from tonle.federation.harvest.clients import Received
from tonle.federation.harvest.describing import locator_of, segments_of, unpack
from tonle.federation.harvest.engine import Order, missing_items
from tonle.federation.harvest.following import follow
from tonle.federation.harvest.models import Issue, Item, Run, Source
from tonle.federation.harvest.taking import GONE, REMOVED, let_go, take

BATCH = 500

Work = Callable[[Source, Run], None]


def sweep(source_id: str, walk: int, order: Order) -> Run:
    """Withdraw what a walk did not show, since a steward believes it."""

    def work(source: Source, run: Run) -> None:
        while batch := list(missing_items(source, walk)[:BATCH]):
            let_go(source, run, batch, order.clock(), category=GONE)
            order.tell(run)

    return _beside(source_id, "sweep", order, work)


def empty(source_id: str, order: Order) -> Run:
    """Withdraw all records of a source that was removed; those that another has stay."""

    def work(source: Source, run: Run) -> None:
        present = Item.objects.filter(source=source, state__in=("present", "joined"))
        while batch := list(present.order_by("key")[:BATCH]):
            let_go(source, run, batch, order.clock(), category=REMOVED)
            order.tell(run)

    return _beside(source_id, "removal", order, work)


def retry(source_id: str, order: Order) -> Run:
    """Read again what could not be taken in. What never arrived asks for a walk of everything:
    then the source is due for one (`whole_is_due`), and the caller goes on with `harvest`."""

    def work(source: Source, run: Run) -> None:
        # What fails again is a new issue, which this run has seen already.
        rows = Issue.objects.filter(
            source=source, resolved_at__isnull=True, run__lt=run.number
        ).order_by("key")
        last, unreceived = 0, False
        while batch := list(rows.filter(key__gt=last)[:BATCH]):
            last = batch[-1].key
            again = [_received(issue) for issue in batch if issue.received]
            unreceived = unreceived or len(again) < len(batch)
            if again:
                take(source, run, again, order.clock())
            order.tell(run)
        if unreceived:
            with transaction.atomic():
                lease.keep(source, order.clock(), whole_is_due=True)

    return _beside(source_id, "retry", order, work)


def _received(issue: Issue) -> Received:
    return Received(
        issue.identifier, issue.datestamp, False, unpack(issue.received), issue.format,
        issue.home_url,
    )  # fmt: skip


def reread(source_id: str, order: Order) -> Run:
    """Describe anew, without asking anybody, what was received: a reader has learnt more."""

    def work(source: Source, run: Run) -> None:
        kept = _kept(source)
        while batch := list(islice(kept, BATCH)):
            take(source, run, batch, order.clock(), again=True)
            order.tell(run)

    return _beside(source_id, "reread", order, work)


def _kept(source: Source) -> Iterator[Received]:
    """What was received last of each item that is shown, as the segments keep it, in order."""
    name = segments_of(source.id)
    places = {
        where: identifier
        for text, identifier in Item.objects.filter(source=source, state="present", is_hidden=False)
        .exclude(locator="")
        .values_list("locator", "identifier")
        if (where := locator_of(text)) is not None
    }
    # Read up to where it ends now: describing anew appends.
    end = max(places, default=segments.Locator(1, 0, 0))
    for where, entry in segments.walk_entries(name):
        if where > end:
            return
        if where in places and entry.received:
            said = entry.document["source"]
            yield Received(
                # Whole: rows know a long name by its beginning alone.
                said.get("identifier") or places[where],
                said.get("datestamp", ""),
                False,
                entry.received,
                entry.received_format,
                said.get("home_url", ""),
            )


def _beside(source_id: str, sort: str, order: Order, work: Work) -> Run:
    """A run of its own. One of the walk that was cut off is gone on with later."""
    with lease.held(source_id, order.clock) as source:
        now = order.clock()
        segments.catch_up(now)
        cut_off = runs.open_run(source)
        follow(source, cut_off, now)
        if cut_off is not None:
            runs.cut_off(source, cut_off, now)
        walk, source.walk = source.walk, 0
        run = runs.begin(source, sort, order.by, now)
        work(source, run)
        source.walk = walk
        return runs.end_beside(source, run, order.clock())
