"""Sources over REST: what this node harvests, how it went, and what failed."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router, Schema, Status
from pydantic import Field

from tonle.api.public import (
    Body,
    CursorText,
    Keyset,
    Limit,
    Page,
    Token,
    count,
    link_next,
    scope_of,
)
from tonle.federation.harvest import hiding, selectors, sources
from tonle.federation.harvest.models import Issue, Run, Source
from tonle.federation.harvest.permissions import TOKEN_SCOPE, demand, may_keep_sources
from tonle.federation.harvest.rules.nameless import is_nameless
from tonle.federation.harvest.rules.reasons import sentence_of
from tonle.federation.stewards import caller
from tonle.infra import clock
from tonle.infra.i18n import say

router = Router(tags=["sources"], auth=Token(TOKEN_SCOPE))
# Each look asks another machine up to a dozen times.
LOOKS_AN_HOUR = 60
OLDEST_FIRST = Keyset("created_at", "key")
NEWEST_RUNS = Keyset("-number")
NEWEST_ISSUES = Keyset("-key")


class RunItem(Schema):
    """One going to a source."""

    number: int
    sort: str = Field(description="changes, whole, retry, reread, sweep or removal.")
    state: str = Field(
        description="complete (everything that was met was taken in), partial, failed, "
        "interrupted or working."
    )
    started_at: datetime
    ended_at: datetime | None
    counts: dict[str, int] = Field(
        description="How many items: added, returned (shown again), changed, unchanged, deleted, "
        "joined, refused, failed."
    )
    why: str = Field(description="Why it did not come to its end; empty where it did.")


class SourceItem(Schema):
    """A catalogue that this node is put in front of."""

    id: str
    names: dict[str, str]
    protocol: str
    base_url: str
    prefix: str
    set: str
    state: str = Field(
        description="active sources: complete, partial, failed, interrupted, working, waiting, "
        "new or doubted (deletions wait for a decision); else paused or stopped."
    )
    every_hours: int = Field(description="0: only when asked for.")
    whole_every_days: int
    questions_a_minute: int
    member: str
    terms: str
    next_at: datetime | None
    whole_at: datetime | None = Field(description="When everything was looked at last.")
    shown: int
    issues: int
    doubted: int = Field(description="Records no longer listed there that wait for a decision.")
    last_run: RunItem | None
    html_url: str


class IssueItem(Schema):
    """An item that could not be taken in."""

    identifier: str = Field(description="The source's name for it; empty where it came without.")
    run: int
    found_at: datetime
    reasons: list[str]


class PreviewItem(Schema):
    identifier: str
    outcome: str
    titles: dict[str, str]
    home_url: str
    reasons: list[str]


class LookedItem(Schema):
    """What answers at an address."""

    protocol: str
    name: str
    base_url: str
    formats: list[str]
    sets: list[str]
    total: int | None
    records: list[PreviewItem]


class PlaceBody(Body):
    url: str = Field(max_length=1000)
    protocol: str = Field("", max_length=20, description="Empty: find out.")
    prefix: str = Field("", max_length=60, description="Metadata format of OAI-PMH.")
    set: str = Field("", max_length=200, description="Only this part of the source.")


class SourceChangeBody(Body):
    names: dict[str, str] | None = None
    every_hours: int | None = None
    whole_every_days: int | None = None
    questions_a_minute: int | None = None
    member: str | None = Field(None, max_length=10)
    terms: str | None = Field(None, max_length=4000)


class AddBody(PlaceBody, SourceChangeBody):
    """A place, and what is said of it."""


class SourceAskBody(Body):
    whole: bool = Field(False, description="Look at everything, not only at changes.")


class DoubtBody(Body):
    deleted: bool = Field(description="Whether what was not listed any more is withdrawn here.")


class HideBody(Body):
    reason: str = Field(max_length=2000, description="Public, in place of the record.")
    by_law: bool = Field(False, description="The page does not lead to its home either.")


class SourcePage(Page[SourceItem]):
    """A page of sources."""


class RunPage(Page[RunItem]):
    """A page of runs."""


class IssuePage(Page[IssueItem]):
    """A page of issues."""


def _run(source: Source, run: Run) -> RunItem:
    return RunItem(
        number=run.number,
        sort=run.sort,
        state=selectors.run_state(source, run, clock.now()),
        started_at=run.started_at,
        ended_at=run.ended_at,
        counts=run.counts,
        why=say(sentence_of(run.reason)) if run.reason else "",
    )


def _items(rows: list[Source]) -> list[SourceItem]:
    return [
        SourceItem(
            id=state.source.id,
            names=state.source.names,
            protocol=state.source.protocol,
            base_url=state.source.base_url,
            prefix=state.source.prefix,
            set=state.source.set_name,
            state=state.standing,
            every_hours=state.source.every_hours,
            whole_every_days=state.source.whole_every_days,
            questions_a_minute=state.source.questions_a_minute,
            member=state.source.member,
            terms=state.source.terms,
            next_at=state.source.next_at,
            whole_at=state.source.whole_at,
            shown=state.shown,
            issues=state.issues,
            doubted=state.source.doubted,
            last_run=_run(state.source, state.last) if state.last else None,
            html_url=settings.TONLE_URL + reverse("federation:source", args=[state.source.id]),
        )
        for state in selectors.states_of(rows, clock.now())
    ]


def _one(source: Source) -> SourceItem:
    return _items([source])[0]


@router.get("", response=SourcePage, summary="Sources")
def list_sources(
    request: HttpRequest, response: HttpResponse, limit: Limit, cursor: CursorText
) -> SourcePage:
    """Every source, the oldest first."""
    demand(may_keep_sources(caller(request)))
    rows = Source.objects.all()
    found, following = OLDEST_FIRST.page(
        rows, scope=scope_of("sources", {}), cursor=cursor, limit=limit
    )
    link_next(request, response, following)
    return SourcePage(items=_items(list(found)), next=following)


@router.post("/look", response=LookedItem, summary="Look at an address")
def look(request: HttpRequest, body: PlaceBody) -> LookedItem:
    """What answers there, and its first records as they would come in. Changes nothing."""
    actor, now = caller(request), clock.now()
    count("federation.look", actor.id, limit=LOOKS_AN_HOUR, seconds=3600, now=now)
    looked = sources.look(
        url=body.url, protocol=body.protocol, prefix=body.prefix, set_name=body.set,
        actor=actor, now=now,
    )  # fmt: skip
    return LookedItem(
        protocol=looked.protocol,
        name=looked.identity.name,
        base_url=looked.identity.base_url,
        formats=list(looked.identity.formats),
        sets=list(looked.identity.sets),
        total=looked.total,
        records=[
            PreviewItem(
                identifier=one.identifier,
                outcome=one.outcome,
                titles=dict(one.titles),
                home_url=one.home_url,
                reasons=[say(sentence_of(reason)) for reason in one.reasons],
            )
            for one in looked.previews
        ],
    )


@router.post("", response={201: SourceItem}, summary="Add a source")
def add(request: HttpRequest, body: AddBody) -> Status[SourceItem]:
    """Put this node in front of a catalogue; its first harvest begins soon."""
    actor, now = caller(request), clock.now()
    count("federation.look", actor.id, limit=LOOKS_AN_HOUR, seconds=3600, now=now)
    source = sources.begin_with(
        url=body.url, protocol=body.protocol, prefix=body.prefix, set_name=body.set,
        wanted=_wanted(body), actor=actor, now=now,
    )  # fmt: skip
    return Status(201, _one(source))


def _wanted(body: SourceChangeBody) -> sources.Wanted:
    return sources.Wanted(
        names=body.names,
        every_hours=body.every_hours,
        whole_every_days=body.whole_every_days,
        questions_a_minute=body.questions_a_minute,
        member=body.member,
        terms=body.terms,
    )


@router.get("/{source_id}", response=SourceItem, summary="One source")
def one(request: HttpRequest, source_id: str) -> SourceItem:
    return _one(sources.load(source_id, caller(request)))


@router.patch("/{source_id}", response=SourceItem, summary="Change a source")
def change(request: HttpRequest, source_id: str, body: SourceChangeBody) -> SourceItem:
    """What is not sent stays as it is."""
    actor = caller(request)
    return _one(
        sources.change_source(
            source_id=source_id, wanted=_wanted(body), actor=actor, now=clock.now()
        )
    )


@router.delete("/{source_id}", response=SourceItem, summary="Remove a source")
def remove(request: HttpRequest, source_id: str) -> SourceItem:
    """Harvest it no more, and withdraw its records. Twice is once."""
    actor = caller(request)
    return _one(sources.remove_source(source_id=source_id, actor=actor, now=clock.now()))


@router.post("/{source_id}/runs", response={202: SourceItem}, summary="Harvest now")
def ask_now(request: HttpRequest, source_id: str, body: SourceAskBody) -> Status[SourceItem]:
    """In the background, soon. Twice is once."""
    actor = caller(request)
    sources.ask_now(source_id=source_id, actor=actor, now=clock.now(), whole=body.whole)
    return Status(202, _one(sources.load(source_id, actor)))


@router.post("/{source_id}/retry", response={202: SourceItem}, summary="Try again what failed")
def retry(request: HttpRequest, source_id: str) -> Status[SourceItem]:
    actor = caller(request)
    sources.ask_again(source_id=source_id, actor=actor, now=clock.now())
    return Status(202, _one(sources.load(source_id, actor)))


@router.post("/{source_id}/pause", response=SourceItem, summary="Not now")
def pause(request: HttpRequest, source_id: str) -> SourceItem:
    return _one(sources.pause_source(source_id=source_id, actor=caller(request), now=clock.now()))


@router.post("/{source_id}/resume", response=SourceItem, summary="Go on")
def resume(request: HttpRequest, source_id: str) -> SourceItem:
    return _one(sources.resume_source(source_id=source_id, actor=caller(request), now=clock.now()))


@router.post("/{source_id}/doubt", response=SourceItem, summary="Decide on deletions")
def answer_doubt(request: HttpRequest, source_id: str, body: DoubtBody) -> SourceItem:
    """So many records are not listed there any more that nobody believed it."""
    return _one(
        sources.answer_doubt(
            source_id=source_id, believe=body.deleted, actor=caller(request), now=clock.now()
        )
    )


@router.get("/{source_id}/runs", response=RunPage, summary="Runs")
def runs(
    request: HttpRequest, response: HttpResponse, source_id: str, limit: Limit, cursor: CursorText
) -> RunPage:
    """The newest first."""
    source = sources.load(source_id, caller(request))
    found, following = NEWEST_RUNS.page(
        Run.objects.filter(source=source),
        scope=scope_of("runs", {"source": source_id}), cursor=cursor, limit=limit,
    )  # fmt: skip
    link_next(request, response, following)
    return RunPage(items=[_run(source, row) for row in found], next=following)


@router.get("/{source_id}/issues", response=IssuePage, summary="What could not be taken in")
def issues(
    request: HttpRequest, response: HttpResponse, source_id: str, limit: Limit, cursor: CursorText
) -> IssuePage:
    """The newest first, with every reason."""
    source = sources.load(source_id, caller(request))
    found, following = NEWEST_ISSUES.page(
        Issue.objects.filter(source=source, resolved_at__isnull=True).defer("received"),
        scope=scope_of("issues", {"source": source_id}), cursor=cursor, limit=limit,
    )  # fmt: skip
    link_next(request, response, following)
    return IssuePage(
        items=[
            IssueItem(
                identifier="" if is_nameless(row.identifier) else row.identifier,
                run=row.run,
                found_at=row.found_at,
                reasons=[say(sentence_of(reason)) for reason in row.reasons],
            )
            for row in found
        ],
        next=following,
    )


@router.put("/records/{record_id}/hidden", response={204: None}, summary="Hide a record here")
def hide(request: HttpRequest, record_id: str, body: HideBody) -> Status[None]:
    """A harvested record is hidden on this node, and no harvest brings it back."""
    hiding.suppress(
        record_id=record_id,
        reason=body.reason,
        by_law=body.by_law,
        actor=caller(request),
        now=clock.now(),
    )
    return Status(204, None)


@router.delete("/records/{record_id}/hidden", response={204: None}, summary="Show it again")
def show(request: HttpRequest, record_id: str) -> Status[None]:
    hiding.unsuppress(record_id=record_id, actor=caller(request), now=clock.now())
    return Status(204, None)
