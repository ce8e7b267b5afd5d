"""Questions about sources, their runs and what is at fault. For stewards; see permissions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from tonle.catalogue.public import Holder
from tonle.federation.harvest import lease
from tonle.federation.harvest.describing import name_of
from tonle.federation.harvest.models import Issue, Item, Run, Source
from tonle.federation.harvest.rules.counting import OUTCOMES, TAKEN_OUT
from tonle.federation.harvest.rules.nameless import MARK
from tonle.federation.harvest.rules.reasons import sentence_of
from tonle.federation.harvest.runs import FAILING

# A page lists so many other holders of one thing.
MOST_HOLDERS = 20


@dataclass(frozen=True)
class SourceState:
    """A source as a list shows it.

    standing: a key of STANDINGS. shown: records of it that are shown now.
    """

    source: Source
    standing: str
    shown: int
    issues: int
    last: Run | None


def all_sources() -> QuerySet[Source]:
    """Every source, those taken out last."""
    return Source.objects.order_by("state", "created_at", "key")


def states_of(sources: list[Source], now: datetime) -> list[SourceState]:
    """Each with how it stands. Three queries for all of them."""
    keys = [source.key for source in sources]
    shown = _counted(Item.objects.filter(source__in=keys, state="present", is_hidden=False))
    issues = _counted(Issue.objects.filter(source__in=keys, resolved_at__isnull=True))
    of_each = Run.objects.filter(source__in=keys).values("source").annotate(newest=Max("key"))
    newest = Run.objects.filter(key__in=of_each.order_by().values("newest"))
    last = {run.source_id: run for run in newest}
    return [
        SourceState(
            source,
            standing_of(source, last.get(source.key), now),
            shown.get(source.key, 0),
            issues.get(source.key, 0),
            last.get(source.key),
        )
        for source in sources
    ]


def _counted(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.values_list("source").annotate(Count("pk")).order_by())


def standing_of(source: Source, last: Run | None, now: datetime) -> str:
    """How a source stands, in one word: a key of STANDINGS of the pages."""
    if source.state != "active":
        return source.state
    if source.doubted:
        return "doubted"
    if last is None:
        return "new"
    if last.ended_at is not None:
        return last.outcome
    if lease.is_held(source, now):
        return "working"
    return "waiting" if source.tries else "interrupted"


def run_state(source: Source, run: Run, now: datetime) -> str:
    """The verdict of a run, or what it is doing."""
    if run.ended_at is not None:
        return run.outcome
    return "working" if lease.is_held(source, now) or source.tries else "interrupted"


def runs_of(source: Source, limit: int = 20) -> list[Run]:
    """The newest runs first. One query."""
    return list(Run.objects.filter(source=source).order_by("-number")[:limit])


def open_issues(source: Source) -> QuerySet[Issue]:
    """What could not be taken in and still is not, the newest first, without the bytes."""
    rows = Issue.objects.filter(source=source, resolved_at__isnull=True)
    return rows.defer("received").order_by("-key")


def nameless(source: Source) -> QuerySet[Issue]:
    """What the last walk of everything met without a name, and the walks of changes after it."""
    return Issue.objects.filter(
        source=source, resolved_at__isnull=True, identifier__startswith=MARK
    )


def holders(record_id: str) -> list[Holder]:
    """The sources whose items are joined to a record, in the order in which they were. One
    query."""
    rows = Item.objects.filter(record=record_id, state="joined").exclude(source__state="stopped")
    rows = rows.select_related("source", "spare").defer("spare__received").order_by("key")
    return [
        Holder(name_of(item.source), item.spare.home_url if hasattr(item, "spare") else "")
        for item in rows[:MOST_HOLDERS]
    ]


def troubled_count(_now: datetime) -> int:
    """Sources that need a steward: failing again and again, or with deletions to decide."""
    needy = Q(failures__gte=FAILING) | Q(doubted__gt=0)
    return Source.objects.filter(needy, state="active").count()


def report_lines(source: Source, run: Run) -> Iterator[Mapping[str, Any]]:
    """What a run made of each item, in the order of their names: one line of a report each.

    What came without a name comes first. Streams; two queries a thousand items.
    """
    for issue in nameless(source).filter(run=run.number).defer("received").order_by("key"):
        yield {
            "identifier": "",
            "outcome": "failed",
            "record": "",
            "datestamp": issue.datestamp,
            "reasons": [(r["where"], sentence_of(r)) for r in issue.reasons],
        }
    rows = Item.objects.filter(source=source, run=run.number).order_by("identifier")
    after = ""
    while batch := list(rows.filter(identifier__gt=after)[:1000]):
        after = batch[-1].identifier
        names = [item.identifier for item in batch]
        reasons = {
            issue.identifier: issue.reasons
            for issue in Issue.objects.filter(
                source=source, run=run.number, identifier__in=names, resolved_at__isnull=True
            ).defer("received")
        }
        for item in batch:
            yield {
                "identifier": item.identifier,
                "outcome": item.outcome,
                "record": item.record,
                "datestamp": item.datestamp,
                "reasons": [
                    (reason["where"], sentence_of(reason))
                    for reason in reasons.get(item.identifier, ())
                ],
            }


def counted(run: Run) -> list[tuple[str, str, int]]:
    """(outcome, its words, how many), in the order of a report; what did not occur is left out."""
    said = {**OUTCOMES, "deleted": TAKEN_OUT} if run.sort == "removal" else OUTCOMES
    return [(name, words, run.counts[name]) for name, words in said.items() if run.counts.get(name)]
