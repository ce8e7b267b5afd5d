"""/api/v1/opportunities: the register in the shape of the CommonGrants protocol.

Names in bodies, filters and pages by number are the protocol's; errors are this interface's own.
Programs that know the protocol ask below /api/v1/common-grants, which answers alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Query, Router

from tonle.api.public import AnyReader
from tonle.catalogue.public import record_view
from tonle.funding.crosswalks import common_grants
from tonle.funding.eligible.api import add_eligible
from tonle.funding.openness import choosing, selectors
from tonle.funding.openness.shapes import (
    LARGEST_PAGE,
    OpportunitiesFound,
    OpportunityAnswer,
    OpportunityList,
    SearchBody,
    Sorting,
)
from tonle.funding.rules.uuids import record_of
from tonle.infra import clock
from tonle.kernel.actors import Actor
from tonle.kernel.errors import Moved, NotFound

PageNumber = Annotated[int, Query(1, ge=1, le=1_000_000, description="Which page.")]
PageSize = Annotated[
    int,
    Query(LARGEST_PAGE, ge=1, le=LARGEST_PAGE, alias="pageSize", description="Items on it."),
]


def opportunities(request: HttpRequest, page: PageNumber, page_size: PageSize) -> dict[str, Any]:
    """All opportunities that everybody may see, changed last first, page by page."""
    del request
    now = clock.now()
    documents = selectors.opportunities(now)
    return {
        "items": [_made(one) for one in documents[(page - 1) * page_size : page * page_size]],
        "paginationInfo": _pages(page, page_size, len(documents)),
    }


def search_opportunities(request: HttpRequest, body: SearchBody) -> dict[str, Any]:
    """Opportunities that hold all words and meet all filters.

    Best match first where words are given and no sorting; else changed last first. A filter
    that is not known is left out, and `filterInfo.errors` says so.
    """
    del request
    now, words = clock.now(), body.search.strip()
    documents = (
        selectors.opportunities_found(words, _language(), now)
        if words
        else selectors.opportunities(now)
    )
    found, left_out = choosing.chosen([_made(one) for one in documents], body.filters)
    by, unsorted = _sorting(body.sorting)
    order = body.sorting.sortOrder if body.sorting else "desc"
    if body.sorting or not words:
        found = choosing.ordered(found, by, order == "desc")
    asked = body.pagination
    start = (asked.page - 1) * asked.pageSize
    return {
        "items": found[start : start + asked.pageSize],
        "paginationInfo": _pages(asked.page, asked.pageSize, len(found)),
        "sortInfo": {"sortBy": by, "sortOrder": order, "errors": unsorted or None},
        "filterInfo": {"filters": body.filters, "errors": left_out or None},
    }


def one_opportunity(request: HttpRequest, opportunity_id: str) -> dict[str, Any]:
    """One opportunity, by its UUID or by the id of its record."""
    actor: Actor = request.auth  # type: ignore[attr-defined] # Set by AnyReader.
    record = _record(opportunity_id)
    try:
        view = record_view(record_id=record, actor=actor, now=clock.now())
    except Moved as moved:
        # A UUID in the address is of the duplicate, so its name cannot be put into its place.
        address = request.path.replace(opportunity_id, moved.new)
        raise Moved(old=moved.old, new=moved.new, address=address) from None
    if view.record.kind != selectors.OPPORTUNITY or view.record.state != "published":
        raise NotFound
    return {"data": _made(view.document)}


def _record(name: str) -> str:
    """The record's id. Of a UUID that is none of ours there is no record anywhere."""
    try:
        uuid = UUID(name)
    except ValueError:
        return name
    record = record_of(uuid)
    if record is None:
        raise NotFound
    return record


def _made(document: Mapping[str, Any]) -> dict[str, Any]:
    return common_grants.opportunity(
        document, clock.now(), node=settings.TONLE_URL, languages=(_language(),)
    )


def _language() -> str:
    return get_language() or "en"


def _pages(page: int, size: int, total: int) -> dict[str, int]:
    return {
        "page": page, "pageSize": size, "totalItems": total, "totalPages": -(-total // size),
    }  # fmt: skip


def _sorting(asked: Sorting | None) -> tuple[str, list[str]]:
    """The field that is sorted by, and what was not understood of the wish."""
    if asked is None or asked.sortBy in choosing.SORTS:
        return (asked.sortBy if asked else choosing.USUAL), []
    return choosing.USUAL, [f"sortBy: {asked.sortBy[:40]} is not known here."]


def _router(*, described: bool) -> Router:
    """The three routes of the protocol. described: they stand in the OpenAPI document."""
    made = Router(tags=["opportunities"], auth=AnyReader())
    common: dict[str, Any] = {"exclude_none": True, "include_in_schema": described}
    made.get("", response=OpportunityList, summary="List opportunities", **common)(opportunities)
    made.post("/search", response=OpportunitiesFound, summary="Search opportunities", **common)(
        search_opportunities
    )
    if described:
        # Before the route that takes any name.
        add_eligible(made)
    made.get("/{opportunity_id}", response=OpportunityAnswer, summary="One opportunity", **common)(
        one_opportunity
    )
    return made


router = _router(described=True)
common_grants_router = _router(described=False)
