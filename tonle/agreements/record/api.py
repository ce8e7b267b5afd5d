"""/api/v1/standings: who is bound by an agreement on a day, by which version."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from tonle.agreements.record.standing import PartyStanding, answer, today
from tonle.api.public import AnyReader
from tonle.catalogue.public import record_view
from tonle.infra import clock
from tonle.kernel.actors import Actor
from tonle.kernel.errors import NotFound

router = Router(tags=["agreements"], auth=AnyReader())


class Stands(Schema):
    """How one party stands on the day."""

    party: str = Field(description="Its name in the text; the same in every version.")
    name: dict[str, str] = Field(description="By language.")
    version: int | None = Field(description="By which version it is bound; null: by none.")
    since: date | None = Field(description="From which day on by that version.")
    until: date | None = Field(description="The first day on which it no longer is, if known.")
    survives: list[str] = Field(description="Articles that bind on, where it no longer is bound.")


class Pair(Schema):
    """Two parties that different versions bind; between them the older one holds."""

    parties: list[str]
    version: int


class Standings(Schema):
    """known: whether the record holds what that is computed of; else the lists are empty."""

    record: str
    on: date
    known: bool
    parties: list[Stands]
    between: list[Pair]


@router.get("/{record_id}", response=Standings, summary="Who is bound on a day")
def standings(
    request: HttpRequest,
    record_id: str,
    on: Annotated[
        date | None, Query(description="The day; without it today, where the text's days count.")
    ] = None,
) -> Standings:
    """Computed of the terms and of what the parties did, as the record has them.

    Of an agreement that was concluded elsewhere only its source may know: `known` is false.
    """
    actor: Actor = request.auth  # type: ignore[attr-defined] # Set by AnyReader.
    now = clock.now()
    view = record_view(record_id=record_id, actor=actor, now=now)
    if view.record.kind != "agreement" or view.record.state != "published":
        raise NotFound
    day = on or today(view.document, now)
    found = answer(view.document, day)
    return Standings(
        record=view.record.id,
        on=day,
        known=found is not None,
        parties=[_stands(one) for one in found.parties] if found else [],
        between=[
            Pair(parties=[pair.one.party, pair.other.party], version=pair.version)
            for pair in found.pairs
        ]
        if found
        else [],
    )


def _stands(one: PartyStanding) -> Stands:
    return Stands(
        party=one.party,
        name=dict(one.name),
        version=one.standing.version,
        since=one.standing.since,
        until=one.standing.until,
        survives=list(one.standing.survives),
    )
