"""/api/v1/help, /offices, /calendars: where people call, and which days are worked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from ninja import Query, Router, Schema, Status
from pydantic import Field, StringConstraints

from tonle.api.public import (
    AnyReader,
    Body,
    CursorText,
    Keyset,
    Limit,
    Page,
    Token,
    idempotency_key,
    link_next,
    page_of_sorted,
    scope_of,
)
from tonle.desk import calendars as calendar
from tonle.desk import keeping, permissions, selectors, services
from tonle.desk.models import Office
from tonle.infra import clock
from tonle.kernel import codes
from tonle.kernel.actors import Actor
from tonle.kernel.errors import NotFound, NotPermitted
from tonle.web.public import language_tag

router = Router(tags=["help"], auth=AnyReader())
offices = Router(tags=["help"], auth=Token("curate"))
calendars = Router(tags=["help"], auth=Token("curate"))

Year = Annotated[
    int | None,
    Query(None, ge=keeping.YEARS[0], le=keeping.YEARS[1], description="This one if left out."),
]
Texts = dict[str, str]
_OFFICE: dict[str, Any] = {
    "names": {"en": "Library desk", "km": "បណ្ណាល័យ"}, "hours": {"en": "Monday to Friday, 8 to 16"},
    "address": {"en": "Russian Federation Boulevard, Phnom Penh"}, "telephone": "+855 23 880 000",
    "mail": "desk@example.org", "languages": ["km", "en"], "member": "KHM",
}  # fmt: skip
_DAY = {"works": False, "names": {"en": "Water Festival"}, "source": "Sub-decree 180"}


def _example(**values: Any) -> Any:
    return {"json_schema_extra": {"examples": [values]}}


class OfficeBody(Body):
    """An office as the help page shows it: all of it."""

    model_config = _example(**_OFFICE)

    names: Texts
    hours: Texts = Field(default_factory=dict)
    address: Texts = Field(default_factory=dict)
    telephone: str = Field("", max_length=60)
    mail: str = Field("", max_length=254)
    languages: list[Annotated[str, StringConstraints(max_length=35)]] = Field(
        default_factory=list, max_length=40, description="Spoken there: BCP 47 tags."
    )
    member: str = Field("", max_length=8)


class OfficeItem(Schema):
    """An office."""

    model_config = _example(id="3bq0dvr8w1zk5tx", updated_at="2026-11-23T02:00:00Z", **_OFFICE)

    id: str
    names: Texts
    hours: Texts
    address: Texts
    telephone: str
    mail: str
    languages: list[str]
    member: str
    updated_at: datetime


class OfficePage(Page[OfficeItem]):
    """A page of offices, in the steward's order."""


class Help(Schema):
    """What the help page says beside the offices: see /offices."""

    model_config = _example(
        member="KHM", answer_days=3, promised_on="2026-11-26", html_url="https://node.example/help"
    )

    member: str = Field(description="In whose calendar promises are counted.")
    answer_days: int = Field(description="Working days within which a question is answered.")
    promised_on: date = Field(description="By when one asked now is answered.")
    html_url: str


class DayBody(Body):
    """Whether people work on a day."""

    model_config = _example(**_DAY)

    works: bool
    names: Texts = Field(default_factory=dict)
    source: str = Field("", max_length=500, description="Where it was announced.")


class DayItem(Schema):
    """A day that is not as other days of the week."""

    model_config = _example(day="2026-11-24", corrected=True, **_DAY)

    day: date
    works: bool
    names: Texts
    corrected: bool = Field(description="By a steward; else it is the calendar's own.")
    source: str


class DayPage(Page[DayItem]):
    """A page of days, in order."""


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined] # Set by Token or AnyReader.
    return actor


# --- help and offices --------------------------------------------------------------------


@router.get("", response=Help, summary="When an answer is promised")
def help_page(request: HttpRequest) -> Help:
    """For everybody, as the help page says it."""
    del request
    return Help(
        member=calendar.own_member(),
        answer_days=settings.TONLE_ANSWER_DAYS,
        promised_on=services.promise_of(clock.now()),
        html_url=settings.TONLE_URL + reverse("desk:help"),
    )


def _item(row: Office) -> OfficeItem:
    return OfficeItem.model_validate({name: getattr(row, name) for name in OfficeItem.model_fields})


def _load(office_id: str) -> Office:
    found = selectors.offices().filter(pk=office_id).first()
    if found is None:
        raise NotFound
    return found


@offices.get("", response=OfficePage, auth=AnyReader(), summary="Offices")
def list_offices(
    request: HttpRequest, response: HttpResponse, limit: Limit, cursor: CursorText
) -> OfficePage:
    """Where people can call or come by, for everybody."""
    found, following = Keyset(*selectors.IN_ORDER).page(
        selectors.offices(), scope=scope_of("offices", {}), cursor=cursor, limit=limit
    )
    link_next(request, response, following)
    return OfficePage(items=[_item(row) for row in found], next=following)


@offices.post("", response={201: OfficeItem}, summary="Add an office")
def add(request: HttpRequest, response: HttpResponse, body: OfficeBody) -> Status[OfficeItem]:
    """At the end of the help page. With an Idempotency-Key, once."""
    made = keeping.keep_office(
        office_id=None,
        **body.dict(),
        actor=_actor(request),
        now=clock.now(),
        key=idempotency_key(request),
    )
    response["Location"] = f"/api/v1/offices/{made.id}"
    return Status(201, _item(made))


@offices.get("/{office_id}", response=OfficeItem, auth=AnyReader(), summary="One office")
def one(request: HttpRequest, office_id: str) -> OfficeItem:
    """For everybody."""
    del request
    return _item(_load(office_id))


@offices.put("/{office_id}", response=OfficeItem, summary="Change an office")
def change(request: HttpRequest, office_id: str, body: OfficeBody) -> OfficeItem:
    """Replaces all that is said of it."""
    return _item(
        keeping.keep_office(
            office_id=office_id, **body.dict(), actor=_actor(request), now=clock.now()
        )
    )


@offices.delete("/{office_id}", response={204: None}, summary="Remove an office")
def remove(request: HttpRequest, office_id: str) -> Status[None]:
    """From the help page. Twice is once."""
    keeping.remove_office(office_id=office_id, actor=_actor(request), now=clock.now())
    return Status(204, None)


# --- calendars ---------------------------------------------------------------------------


@calendars.get("/{member}", response=DayPage, summary="A member's year")
def days(
    request: HttpRequest,
    response: HttpResponse,
    member: str,
    limit: Limit,
    cursor: CursorText,
    year: Year,
) -> DayPage:
    """Holidays and worked weekends in order, with what stewards corrected. For stewards."""
    allowed = permissions.may_keep_desk(_actor(request))
    if not allowed:
        raise NotPermitted(reason=allowed)
    if not codes.valid("members", member):
        raise NotFound
    shown = year or clock.now().year
    found, following = page_of_sorted(
        calendar.days_of(member, shown, language_tag(get_language() or "en")),
        lambda one: (one.day.isoformat(),),
        scope=scope_of("calendar", {"member": member, "year": shown}), cursor=cursor, limit=limit,
    )  # fmt: skip
    link_next(request, response, following)
    return DayPage(items=[_day(one) for one in found], next=following)


def _day(one: calendar.Day) -> DayItem:
    """The calendar names a day in the reader's language, or in the one that it says."""
    names = dict(one.names)
    if one.name:
        names[one.language or language_tag(get_language() or "en")] = one.name
    return DayItem(
        day=one.day, works=one.works, names=names, corrected=one.corrected, source=one.source
    )


@calendars.put("/{member}/{day}", response=DayItem, summary="Correct a day")
def correct(request: HttpRequest, member: str, day: date, body: DayBody) -> DayItem:
    """Promises that were made stay. An earlier correction is replaced."""
    made = keeping.correct_day(
        member=member, day=day, **body.dict(), actor=_actor(request), now=clock.now()
    )
    return DayItem(
        day=made.day, works=made.works, names=made.names, corrected=True, source=made.source
    )


@calendars.delete("/{member}/{day}", response={204: None}, summary="Forget a correction")
def forget(request: HttpRequest, member: str, day: date) -> Status[None]:
    """Back to the calendar that the node came with. Twice is once."""
    keeping.forget_correction(member=member, day=day, actor=_actor(request), now=clock.now())
    return Status(204, None)
