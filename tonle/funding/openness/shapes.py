"""Bodies of the CommonGrants protocol, whose names they bear.

Source: CommonGrants protocol 0.5, OpportunityBase, Paginated and Filtered.
"""

from __future__ import annotations

from typing import Any, Final

from ninja import Schema
from pydantic import ConfigDict, Field

from tonle.funding.openness import choosing

LARGEST_PAGE: Final = 100


class Money(Schema):
    amount: str = Field(description="Decimal text; never converted.")
    currency: str = Field(description="ISO 4217.")


class OppStatus(Schema):
    value: str = Field(description="forecasted, open, closed or custom.")
    customValue: str | None = Field(None, description="Of custom: archived or unknown.")
    description: str | None = None


class OppFunding(Schema):
    details: str | None = Field(None, description="In the source's words.")
    totalAmountAvailable: Money | None = None
    minAwardAmount: Money | None = None
    maxAwardAmount: Money | None = None


class Event(Schema):
    """A date by the clock of the funder's zone, which the description names."""

    name: str
    eventType: str = Field(description="singleDate; other where the source gives only words.")
    date: str | None = Field(None, description="YYYY-MM-DD.")
    time: str | None = Field(None, description="HH:MM:SS.")
    details: str | None = None
    description: str | None = Field(None, description="The zone, and the instant in UTC.")


class OppTimeline(Schema):
    postDate: Event | None = Field(None, description="When applications open.")
    closeDate: Event | None = Field(None, description="When applications close.")
    otherDates: dict[str, Event] | None = Field(None, description="Further deadlines, by id.")


class ApplicantType(Schema):
    value: str
    customValue: str | None = None


class CustomField(Schema):
    name: str
    fieldType: str = Field(description="string, boolean, integer, array or object.")
    value: Any
    description: str | None = None


class OpportunityBase(Schema):
    """A funding opportunity, CommonGrants 0.5. What the protocol has no place for is whole in
    customFields, under the names of the profile `tonle-funding-opportunity/1`."""

    id: str = Field(description="A UUID, the same on every node.")
    title: str = Field(description="In the language asked for, else the call's own.")
    status: OppStatus
    description: str
    funding: OppFunding | None = None
    keyDates: OppTimeline | None = None
    acceptedApplicantTypes: list[ApplicantType] | None = None
    source: str | None = Field(None, description="Where the call is published.")
    customFields: dict[str, CustomField] | None = None
    createdAt: str
    lastModifiedAt: str


class PaginatedResultsInfo(Schema):
    page: int
    pageSize: int
    totalItems: int
    totalPages: int


class SortedResultsInfo(Schema):
    sortBy: str
    sortOrder: str = Field(description="asc or desc.")
    errors: list[str] | None = None


class FilterInfo(Schema):
    filters: dict[str, Any] = Field(description="As they were sent.")
    errors: list[str] | None = Field(None, description="Filters that were left out, and why.")


class OpportunityAnswer(Schema):
    status: int = 200
    message: str = "Success"
    data: OpportunityBase


class OpportunityList(Schema):
    status: int = 200
    message: str = "Success"
    items: list[OpportunityBase]
    paginationInfo: PaginatedResultsInfo


class OpportunitiesFound(OpportunityList):
    sortInfo: SortedResultsInfo
    filterInfo: FilterInfo


class Asked(Schema):
    """Programs send what later versions of the protocol know; it is passed over."""

    model_config = ConfigDict(extra="ignore")


class Sorting(Asked):
    sortBy: str = Field(choosing.USUAL, description=f"One of: {', '.join(choosing.SORTS)}.")
    sortOrder: str = Field("desc", pattern="^(asc|desc)$")


class Pagination(Asked):
    page: int = Field(1, ge=1, le=1_000_000)
    pageSize: int = Field(LARGEST_PAGE, ge=1, le=LARGEST_PAGE)


class SearchBody(Asked):
    search: str = Field("", max_length=500, description="Words in any of the languages.")
    filters: dict[str, Any] = Field(
        default_factory=dict,
        description="status, closeDateRange, totalFundingAvailableRange, minAwardAmountRange, "
        "maxAwardAmountRange; each an operator and a value, as the protocol has them.",
    )
    sorting: Sorting | None = None
    pagination: Pagination = Pagination(page=1, pageSize=LARGEST_PAGE)
