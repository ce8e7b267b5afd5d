"""Harvesting one source: page by page, resumable anywhere, with every wait somebody else's.

A walk belongs to the source and may take several runs: what a run could not finish, the next
one goes on with, from the same place. Only a walk that came to its end moves the watermark,
and only one that showed everything may find something missing.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import transaction
from django.db.models import QuerySet

from tonle.catalogue.public import segments
from tonle.federation.harvest import lease, runs
from tonle.federation.harvest.clients import (
    Client,
    CursorLost,
    HarvestError,
    Page,
    open_client,
)
from tonle.federation.harvest.describing import short, sound
from tonle.federation.harvest.following import follow
from tonle.federation.harvest.models import Item, Run, Source
from tonle.federation.harvest.rules.counting import is_believable
from tonle.federation.harvest.rules.reasons import reasons_of
from tonle.federation.harvest.selectors import nameless
from tonle.federation.harvest.taking import GONE, let_go, take
from tonle.infra import crash, jobs
from tonle.kernel.errors import N_, TonleError
from tonle.kernel.sentences import Sentence

crash.declare("harvest.page", "a page is noted, the next not asked for: the walk goes on there")
crash.declare("harvest.swept", "some of what is missing is withdrawn: the rest follows")
crash.declare("harvest.ended", "the walk is over, nobody was told: the next run begins anew")

# Questions in a row that get no answer before the run gives up.
MOST_TRIES = 8
# What the column of a run holds; more is a jest of the source.
MOST_EXPECTED = 2**31 - 1
# Times that a source may forget the cursor in one walk.
MOST_RESTARTS = 20
ENDLESS = N_(
    "The source forgot %(times)s times how far the harvest had come. Harvest less at once: a "
    "set of it, or what has changed since a day."
)
SHORT = N_(
    "The source promised %(expected)s records, and its list ended well before. What it did not "
    "show stays here as it is. Harvest all of it again; if that says the same, ask its keepers."
)
LOST = N_(
    "The source forgot how far the harvest had come. It went on with what changed since the "
    "newest date it had met, and met %(seen)s records of %(expected)s. What was not shown stays "
    "here as it is; the next harvest looks at everything again."
)
IN_ITS_PLACE = timedelta(minutes=2)
# How often a run that waits between questions says that it lives: a page may be many of them.
HEARTBEAT = timedelta(seconds=60)
# Items that are looked at each time where a source does not tell what it deleted: fifty
# questions or so, less than two minutes at the usual pace.
FEW = 5000
# Of what is missing, so many are asked for by name and let go at once.
ASKED_FOR = 100
# A wait that a source asks for is kept, but not believed for ever.
LONGEST_WAIT = 24 * 3600.0

_random = random.SystemRandom()


@dataclass(frozen=True)
class Standing:
    """How a call of `harvest` ended.

    state: "ended" (the run has its verdict), "waiting" (go on in `seconds`, `why`), "stopped"
    (asked to, by budget, limit or signal; the next call goes on there).
    """

    state: Literal["ended", "waiting", "stopped"]
    run: Run
    seconds: float = 0.0
    why: TonleError | None = None


@dataclass(frozen=True)
class Order:
    """What is asked of a harvest.

    clock: UTC now, for this long work. stop: whether to stop at the next page. tell: called
    with the run after each page. budget_seconds: of one call; 0 for no bound. limit: items of
    this call after which it stops; 0 for none. whole: look at everything, not only changes.
    since: only what changed after this, as `stamp_of` of the clients writes it; the next walk
    without it looks at everything. pause:
    sleeps for so many seconds, to keep the source's pace.
    """

    by: str
    clock: Callable[[], datetime]
    stop: Callable[[], bool] = lambda: False
    tell: Callable[[Run], None] = lambda _run: None
    pause: Callable[[float], None] = time.sleep
    budget_seconds: float = 0.0
    limit: int = 0
    whole: bool = False
    since: str = ""


def harvest(source_id: str, order: Order) -> Standing:
    """Go on with the walk of a source, or begin the next, until it ends or must wait.

    Raises BeingHarvested, SourceStopped, NotFound; LeaseLost where it was taken away.
    """
    with lease.held(source_id, order.clock) as source:
        lease.refuse_stopped(source)
        return _Harvest(source, order).go()


class _Stopped(Exception):
    """Between two questions of one page, somebody said to stop. The page is asked for anew."""


class _Harvest:
    """One call: the held source, its run, and what was asked for."""

    def __init__(self, source: Source, order: Order) -> None:
        self.source, self.order = source, order
        self.began = self.told_at = order.clock()
        self.taken = 0
        self.run: Run = self._open()

    def _open(self) -> Run:
        """The run that goes on, or a new one; what a killed one had kept is noted first."""
        source, now = self.source, self.began
        segments.catch_up(now)
        run = runs.open_run(source)
        if run is not None and run.sort not in {"changes", "whole"}:
            # A re-reading or retrying that was cut off: asked for again, it does the rest.
            runs.cut_off(source, run, now)
            run = None
        follow(source, run, now)
        if source.walk and self._asks_for_another():
            lease.keep(source, now, walk=0, whole_is_due=True)
            if run is not None:
                runs.cut_off(source, run, now)
                run = None
        if not source.walk:
            self._begin_walk()
        if run is None:
            sort = "changes" if source.walk_since else "whole"
            run = runs.begin(source, sort, self.order.by, now)
        return run

    def _asks_for_another(self) -> bool:
        """Whether the walk in work is not what is asked for: one of changes where everything
        is, or since another day. It is not gone on with."""
        since = self.source.walk_since
        return bool(since) if self.order.whole else self.order.since not in {"", since}

    def _begin_walk(self) -> None:
        source, now = self.source, self.began
        since = "" if self.order.whole or is_whole_due(source, now) else source.watermark
        since = self.order.since or since
        if not since:
            nameless(source).update(resolved_at=now, received=b"")
        lease.keep(
            source,
            now,
            # What changed between the last walk and that day is passed over by this one. A wish
            # that is said while this walk is in work is for the next one, and stands.
            whole_is_due=bool(since and source.whole_is_due) or bool(self.order.since),
            walks=source.walks + 1,
            walk=source.walks + 1,
            walk_since=since,
            walk_watermark="",
            walk_cursor="",
            walk_phase="walking",
            walk_is_whole=False,
            walk_restarts=0,
        )

    def go(self) -> Standing:
        source = self.source
        try:
            while source.walk_phase == "walking":
                try:
                    if not self._walk():
                        return Standing("stopped", self.run)
                except CursorLost as lost:
                    self._begin_again(lost)
            return self._sweep()
        except _Stopped:
            return Standing("stopped", self.run)
        except HarvestError as fault:
            return self._fail(fault)

    # --- walking -------------------------------------------------------------------------

    def _walk(self) -> bool:
        """Take page after page. False where it stopped before the end."""
        source = self.source
        with client_of(source, pause=self.order.pause, alive=self._alive) as client:
            pages = client.pages(since=source.walk_since or None, cursor=source.walk_cursor or None)
            for page in pages:
                self._page(client, page)
                crash.point("harvest.page")
                self.order.tell(self.run)
                if source.walk_phase != "walking":
                    return True
                if self._must_stop():
                    return False
        # A client that ends without a last page: there was nothing to list.
        self._note(
            walk_phase="sweeping",
            walk_watermark=client.watermark or source.walk_watermark,
            walk_is_whole=False,
        )
        return True

    def _page(self, client: Client, page: Page) -> None:
        source, now = self.source, self.order.clock()
        last = page.cursor is None
        self.run.pages += 1
        if page.total is not None:
            self.run.expected = min(max(0, page.total), MOST_EXPECTED)
        changes = {
            "walk_cursor": page.cursor or "",
            "walk_watermark": client.watermark or source.walk_watermark,
            "tries": 0,
        }
        if last:
            whole = client.full and not source.walk_since and not page.expected_more
            # Whatever is missing may be what came without a name.
            whole = whole and all(one.identifier for one in page.items)
            whole = whole and not nameless(source).exists()
            changes |= {"walk_phase": "sweeping", "walk_is_whole": whole}
            # Noted with the page: the sweep may be another process's, and so the verdict.
            promised = {"expected": self.run.expected or 0}
            if page.expected_more:
                self.run.reason = {"code": "short", "message": SHORT, "data": promised}
            elif not client.full and not source.walk_since:
                seen = self._seen_with(page)
                if seen < promised["expected"]:
                    promised["seen"] = seen
                    self.run.reason = {"code": "lost", "message": LOST, "data": promised}
        take(source, self.run, page.items, now, changes=changes)
        self.taken += len(page.items)

    def _seen_with(self, page: Page) -> int:
        """How many different items this walk has met, with those of the page."""
        fresh = {short(sound(one).identifier) for one in page.items}
        seen = Item.objects.filter(source=self.source, seen_in=self.source.walk)
        known = set(seen.filter(identifier__in=fresh).values_list("identifier", flat=True))
        return seen.count() + len(fresh - known) + nameless(self.source).count()

    def _must_stop(self) -> bool:
        order = self.order
        spent = (order.clock() - self.began).total_seconds()
        return (
            order.stop()
            or (order.budget_seconds > 0 and spent >= order.budget_seconds)
            or (0 < order.limit <= self.taken)
        )

    def _begin_again(self, lost: CursorLost) -> None:
        """From the watermark: what was taken already is recognised."""
        restarts = self.source.walk_restarts + 1
        if restarts > MOST_RESTARTS:
            # The next run begins a new walk: this one would be refused at once.
            self._note(**self._left_walk())
            reason = Sentence(ENDLESS, times=restarts)
            raise HarvestError(host=lost.data.get("host", "?"), reason=reason)
        self._note(walk_cursor="", walk_watermark="", walk_restarts=restarts)

    def _fail(self, fault: HarvestError) -> Standing:
        """Wait and try again, or give up for now; the place in the walk is kept."""
        source, now = self.source, self.order.clock()
        tries = source.tries + 1
        if fault.retriable and tries < MOST_TRIES:
            seconds = wait_seconds(fault, tries)
            until = now + timedelta(seconds=seconds)
            # Whoever waits may be gone by then: a little later the clock goes on in its place.
            self._note(
                tries=tries,
                waits_until=until,
                waits_for=reasons_of(fault)[0],
                next_at=until + IN_ITS_PLACE,
            )
            return Standing("waiting", self.run, seconds, fault)
        turn = runs.next_turn(source, now, failed=True)
        # What is refused again and again may be refused because of the place it asks for.
        stuck = not fault.retriable and source.failures + 1 >= runs.FAILING
        anew = self._left_walk() if stuck else {}
        runs.end(source, self.run, now, fault=fault, next_at=turn, **anew)
        return Standing("ended", self.run, why=fault)

    def _left_walk(self) -> dict[str, Any]:
        """Changes of the source by which its walk ends unfinished: what it was for is still due."""
        return {"walk": 0} | ({} if self.source.walk_since else {"whole_is_due": True})

    # --- what was not shown --------------------------------------------------------------

    def _sweep(self) -> Standing:
        """Withdraw what a walk of everything did not show, unless that is hard to believe."""
        source, doubted = self.source, 0
        if source.walk_is_whole:
            missing = missing_items(source, source.walk)
            here = Item.objects.filter(source=source, state__in=_KNOWN)
            # What came with this walk was not there before it: a repository that gives all its
            # records new names shows as many as ever.
            fresh = here.filter(seen_in=source.walk, outcome__in=("added", "joined")).count()
            known, number = here.count() - fresh, missing.count()
            if is_believable(number, known):
                with client_of(source, pause=self.order.pause, alive=self._alive) as client:
                    while batch := list(missing[:ASKED_FOR]):
                        there = {one for one in batch if client.still_has(one.identifier)}
                        self._note(tries=0)
                        Item.objects.filter(key__in=[one.key for one in there]).update(
                            seen_in=source.walk
                        )
                        gone = [one for one in batch if one not in there]
                        let_go(source, self.run, gone, self.order.clock(), category=GONE)
                        crash.point("harvest.swept")
                        self.order.tell(self.run)
                        if self._must_stop():
                            return Standing("stopped", self.run)
            else:
                # A steward compares it with what is shown: of most others a reader sees nothing.
                seen = missing.filter(state="present", is_hidden=False).count()
                doubted = seen or number
        now = self.order.clock()
        ended: dict[str, Any] = {"walk": 0, "walk_phase": "", "walk_cursor": "", "walk_since": ""}
        if source.walk_watermark:
            ended["watermark"] = source.walk_watermark
        if not source.walk_since:
            ended |= {
                "whole_at": now,
                "doubted": doubted,
                "doubted_walk": source.walk if doubted else 0,
            }
            if self._must_look_again():
                ended["whole_is_due"] = True
        turn = runs.next_turn(source, now)
        runs.end(source, self.run, now, missing=doubted, next_at=turn, **ended)
        crash.point("harvest.ended")
        return Standing("ended", self.run)

    def _must_look_again(self) -> bool:
        """Whether this walk of everything may have passed something over that no walk of changes
        would find: the next looks at everything again.

        One that showed less than it promised would not be believed the next time either. Where
        the source forgot the way, what was guessed of the rest is good enough only if it tells
        of all deletions, and as many were met as it had promised.
        """
        source, reason = self.source, self.run.reason
        if source.walk_is_whole or reason.get("code") == "short":
            return False
        met_all = source.deletes == "persistent" and self.run.expected is not None and not reason
        return not met_all or nameless(source).exists()

    def _alive(self) -> None:
        """Keep the lease, and the job's, while one page takes long. Called before each question.

        Raises LeaseLost; _Stopped where nothing more shall be asked.
        """
        if self.order.stop():
            raise _Stopped
        now = self.order.clock()
        if now - self.told_at >= HEARTBEAT:
            self.told_at = now
            self._note()
            self.order.tell(self.run)

    def _note(self, **changes: Any) -> None:
        with transaction.atomic():
            lease.keep(self.source, self.order.clock(), **changes)


_KNOWN = ("present", "joined", "refused")


def missing_items(source: Source, walk: int) -> QuerySet[Item]:
    """Items that were there before a walk of everything and that it did not show."""
    return Item.objects.filter(source=source, state__in=_KNOWN, seen_in__lt=walk).order_by("key")


def is_whole_due(source: Source, now: datetime) -> bool:
    """Whether the next walk looks at everything: a first one, one that was asked for, or one
    by the calendar. That holds for sources too that promise to tell of all deletions: what a
    wrong datestamp hid from a walk of changes is found by no other. Of a source that does not
    promise it, while it is small, each walk does: no other finds what was deleted."""
    if source.whole_is_due or not source.watermark or source.whole_at is None:
        return True
    if not source.whole_every_days:
        return False
    if source.deletes != "persistent" and _known_count(source) <= FEW:
        return True
    return now >= source.whole_at + timedelta(days=source.whole_every_days)


def _known_count(source: Source) -> int:
    """How many items of a source are known, none counted beyond one more than FEW."""
    return Item.objects.filter(source=source, state__in=_KNOWN)[: FEW + 1].count()


def client_of(
    source: Source,
    pause: Callable[[float], None] | None = None,
    alive: Callable[[], None] | None = None,
) -> Client:
    """A client for the source, at the pace that its steward allows."""
    return open_client(
        source.protocol,
        source.base_url,
        prefix=source.prefix,
        set_name=source.set_name,
        rate=source.questions_a_minute / 60,
        wait=pause,
        alive=alive,
    )


def wait_seconds(fault: HarvestError, tries: int) -> float:
    """What the source asks for, else longer each time, spread so that nodes do not meet."""
    if fault.retry_after is not None:
        return min(max(0.0, fault.retry_after), LONGEST_WAIT)
    return jobs.backoff_seconds(tries, _random.random())
