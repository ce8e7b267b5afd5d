"""/api/v1/trace: what came of agreements and policies, in exact numbers."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from tonle.api.public import (
    AnyReader,
    CursorText,
    Limit,
    Page,
    link_next,
    page_of_sorted,
    scope_of,
)
from tonle.infra import clock
from tonle.trace import selectors, tables
from tonle.trace.selectors import KindCount

router = Router(tags=["trace"], auth=AnyReader())


class Counted(Schema):
    """Things of one kind. Whole counts do not add up over several promises; fractional ones do."""

    kind: str
    whole: int = Field(description="How many arrive, each once.")
    fractional: str = Field(description="Their weights together, an exact fraction such as 7/12.")


class AreaOut(Schema):
    """A key area; without counts nothing came of it yet."""

    id: str = Field(description='"" for what names the promise and none of its areas.')
    name: dict[str, str] = Field(description="By language.")
    counts: list[Counted]


class BreakOut(Schema):
    """A thing at which a chain breaks: part of what came of the promise is lost there."""

    thing: str = Field(description="The record that breaks it.")
    reason: str = Field(description="nothing, absent or circle.")
    named: dict[str, str] = Field(
        description="What it names that is not here: scheme and value, or promise and area."
    )
    whole: int
    fractional: str


class PromiseOut(Schema):
    """A promise in the list of all. Fractional counts add up over those of depth 0."""

    id: str
    kind: str
    titles: dict[str, str] = Field(description="By language.")
    depth: int = Field(description="How many other promises it stands under.")
    counts: list[Counted]
    areas: int = Field(description="How many key areas, or goals, it has.")
    empty_areas: int = Field(description="Of how many of these nothing came yet.")


class CameOfOut(Schema):
    """One promise, and what came of it."""

    id: str
    kind: str
    titles: dict[str, str] = Field(description="By language.")
    counts: list[Counted]
    areas: list[AreaOut]
    unplaced: AreaOut
    breaks: list[BreakOut] = Field(description="The first hundred, those that lose most first.")
    breaks_number: int


class PromisePage(Page[PromiseOut]):
    """A page of promises, each after what it stands under."""


def _place(line: selectors.Line) -> tuple[str | int, ...]:
    return (tables.PROMISES.index(line.thing.kind), *line.place)


@router.get("", response=PromisePage, summary="What came of all agreements and policies")
def all_promises(
    request: HttpRequest, response: HttpResponse, limit: Limit, cursor: CursorText
) -> PromisePage:
    """Counted over what everybody may see, whoever asks."""
    now = clock.now()
    lines, following = page_of_sorted(
        [line for kind in tables.PROMISES for line in selectors.everything(kind, now)],
        _place, scope=scope_of("trace", {}), cursor=cursor, limit=limit,
    )  # fmt: skip
    link_next(request, response, following)
    items = [
        PromiseOut(
            id=line.thing.id,
            kind=line.thing.kind,
            titles=dict(line.thing.titles),
            depth=line.depth,
            counts=_counts(line.counts),
            areas=line.areas,
            empty_areas=line.empty_areas,
        )
        for line in lines
    ]
    return PromisePage(items=items, next=following)


@router.get("/{record_id}", response=CameOfOut, summary="What came of one agreement or policy")
def came_of(request: HttpRequest, record_id: str) -> CameOfOut:
    """Counted over what everybody may see, whoever asks."""
    del request
    found = selectors.came_of(record_id, clock.now())
    return CameOfOut(
        id=found.id,
        kind=found.kind,
        titles=dict(found.titles),
        counts=_counts(found.counts),
        areas=[_area(area) for area in found.areas],
        unplaced=_area(found.unplaced),
        breaks=[
            BreakOut(
                thing=one.thing,
                reason=one.reason,
                named=dict(one.named),
                whole=one.lost.whole,
                fractional=str(one.lost.fractional),
            )
            for one in found.breaks
        ],
        breaks_number=found.breaks_number,
    )


def _area(area: selectors.Area) -> AreaOut:
    return AreaOut(id=area.id, name=dict(area.name), counts=_counts(area.counts))


def _counts(counts: Iterable[KindCount]) -> list[Counted]:
    return [
        Counted(kind=one.kind, whole=one.count.whole, fractional=str(one.count.fractional))
        for one in counts
    ]
