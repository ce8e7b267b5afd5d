"""DOIs over REST: how they stand, and trying again."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from tonle.api.public import Token
from tonle.federation.dois import selectors, services
from tonle.federation.dois.errors import place_of, sentence_of
from tonle.federation.dois.models import Doi
from tonle.federation.dois.permissions import TOKEN_SCOPE, demand_keeper
from tonle.federation.stewards import caller
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.kernel.actors import Actor
from tonle.kernel.errors import NotFound

router = Router(tags=["dois"], auth=Token(TOKEN_SCOPE))


class DoiItem(Schema):
    """The DOI of one record."""

    doi: str
    record: str
    state: str = Field(
        description="How it stands at DataCite: findable, registered (it resolves and is hidden "
        "from searches), or empty while DataCite has not taken it."
    )
    due: bool = Field(description="Whether DataCite is to be told something.")
    refused: bool = Field(description="Whether DataCite refused the newest words.")
    reasons: list[str]
    accepted_at: datetime | None


class DoiOverview(Schema):
    """The node's DOIs in numbers."""

    state: str = Field(description="off, on, waiting (DataCite is left alone for now) or halted.")
    why: str = Field(description="Why it is halted; empty where it is not.")
    prefix: str
    findable: int
    registered: int
    waiting: int
    troubled: int
    missing: int = Field(description="About how many records could have one and have none.")


def _actor(request: HttpRequest) -> Actor:
    actor = caller(request)
    demand_keeper(actor)
    return actor


def _item(row: Doi) -> DoiItem:
    return DoiItem(
        doi=row.name,
        record=row.record,
        state=row.standing,
        due=row.due_at is not None,
        refused=bool(row.refused_sha256),
        reasons=[
            f"{place}: {said}" if place else said
            for reason in row.reasons
            for place, said in [(place_of(reason), say(sentence_of(reason)))]
        ],
        accepted_at=row.accepted_at,
    )


@router.get("", response=DoiOverview, summary="DOIs in numbers")
def overview(request: HttpRequest) -> DoiOverview:
    """How the account and its names stand."""
    _actor(request)
    found = selectors.overview(clock.now())
    halt = found.account.halt if found.account and found.standing == "halted" else {}
    return DoiOverview(
        state=found.standing,
        why=say(sentence_of(halt)) if halt else "",
        prefix=found.terms.prefix if found.terms else "",
        findable=found.findable,
        registered=found.registered,
        waiting=found.waiting,
        troubled=found.troubled,
        missing=found.missing,
    )


@router.get("/{record_id}", response=DoiItem, summary="The DOI of a record")
def one(request: HttpRequest, record_id: str) -> DoiItem:
    _actor(request)
    row = Doi.objects.filter(record=record_id).first()
    if row is None:
        raise NotFound
    return _item(row)


@router.put("/{record_id}", response={202: DoiItem}, summary="Register a record's DOI")
def register(request: HttpRequest, record_id: str) -> Status[DoiItem]:
    """In the background, soon; or tell DataCite anew. Twice is once."""
    row = services.register(record_id=record_id, actor=_actor(request), now=clock.now())
    return Status(202, _item(row))
