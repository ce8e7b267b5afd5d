"""Opportunities in the shape of the CommonGrants protocol, `OpportunityBase`.

The protocol has one currency, one language and times without a zone. What it has no place for
stands whole in `customFields`, under the names of our own profile; what it has a place for stands
there too, so that a program that knows the protocol alone is told no lie.
Source: CommonGrants protocol 0.5 (HHS/simpler-grants-protocol, openapi 0.5.0), read 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tonle.funding.crosswalks.common import abstract, money, title
from tonle.funding.rules.opportunities import Amount, Opportunity, Status, read_opportunity, status
from tonle.funding.rules.uuids import uuid_of
from tonle.kernel.dates import format_instant
from tonle.kernel.money import Money
from tonle.kernel.text import choose

# Ours to the protocol's. What it does not know is `custom`, with our word as its value.
_STATUS: Final[Mapping[Status, str]] = {
    "forecast": "forecasted", "open": "open", "closing_soon": "open", "closed": "closed",
    "archived": "custom", "unknown": "custom",
}  # fmt: skip
STATUS_VALUES: Final = ("forecasted", "open", "closed", "custom")
_MEANING: Final[Mapping[Status, str]] = {
    "forecast": "Announced; applications are not taken yet.",
    "open": "Applications are taken.",
    "closing_soon": "Applications are taken; it closes within 14 days.",
    "closed": "The deadline has passed.",
    "archived": "The deadline passed long ago.",
    "unknown": "The source gives no whole deadline, so nobody can tell.",
}
# The protocol's words are those of one country's law; where both of a pair are meant, both
# are said, and what it has no word for is `custom`.
APPLICANTS: Final[Mapping[str, tuple[str, ...]]] = {
    "individual": ("individual",),
    "university": ("higher_education_public", "higher_education_private"),
    "enterprise": ("for_profit_small_business", "for_profit_not_small_business"),
}
# Per what the protocol's smallest and largest award are meant: the first that is stated.
_PER_AWARD: Final = ("project", "person")
# Fields of the profile that stand whole among the custom fields, and what each is.
WHOLE: Final[Mapping[str, str]] = {
    "funders": "Who gives the money: name by language, country (ISO 3166-1), identifiers.",
    "themes": "Themes: id, and name by language.",
    "amounts": "What is given, per currency, in minor units of the currency (ISO 4217).",
    "opens_at": "When applications open, an instant in UTC.",
    "closes_at": "When applications close, an instant in UTC.",
    "zone": "IANA time zone in which the dates above were set.",
    "deadlines": "Further deadlines, instants in UTC with their zones.",
    "forecast": "Whether the call is announced and not yet certain.",
    "archived_on": "The day on which the call was archived.",
    "languages": "Languages in which one may apply (BCP 47).",
    "documents": "Documents of the call: name by language, address.",
    "corrigenda": "Corrections of the call, in order.",
    "eligibility": "Who may apply, as rules that a machine can test.",
    "funders_as_stated": "Who gives the money, in the source's words.",
    "who_may_apply": "Who may apply, in the source's words.",
    "themes_as_stated": "The themes, in the source's words.",
    "amounts_as_stated": "What is given, in the source's words.",
    "deadline_as_stated": "The deadline, in the source's words.",
    "zone_as_stated": "The time zone of the deadline, in the source's words.",
}
# Of the document itself.
TITLES: Final = "titles"
ABSTRACTS: Final = "abstracts"
RECORD: Final = "tonle_record"

_TYPE: Final = {str: "string", bool: "boolean", int: "integer", list: "array", dict: "object"}


def opportunity(
    document: Mapping[str, Any], now: datetime, *, node: str, languages: tuple[str, ...] = ()
) -> dict[str, Any]:
    """A record as `OpportunityBase`. Raises ValueError for a document without a name.

    node: the address of this node, without a slash at its end. languages: in which title,
    description and names are wanted, best first; else the record's own.
    """
    call = read_opportunity(document)
    profile = document.get("profile", {})
    made: dict[str, Any] = {
        "id": str(uuid_of(call.id)),
        "title": title(document, languages),
        "status": _status(call, now),
        "description": abstract(document, languages),
        "funding": _funding(call, profile),
        "keyDates": _dates(call, profile, languages),
        "acceptedApplicantTypes": list(_applicants(call)),
        "source": call.url or f"{node}/records/{call.id}",
        "customFields": _fields(document, profile, node),
        "createdAt": document.get("published_at") or document.get("created_at"),
        "lastModifiedAt": document.get("updated_at") or document.get("published_at"),
    }
    # Of these the protocol says that they may be missing, and never that they may be empty.
    return {key: value for key, value in made.items() if value not in ({}, [], None)}


def sort_values(made: Mapping[str, Any]) -> dict[str, Any]:
    """What an opportunity in the protocol's shape is sorted and chosen by; None: not said.

    The names are the protocol's, of `OppSortBy`.
    """
    funding, dates = made.get("funding", {}), made.get("keyDates", {})
    return {
        "lastModifiedAt": made.get("lastModifiedAt"),
        "createdAt": made.get("createdAt"),
        "title": made["title"].casefold(),
        "status.value": made["status"]["value"],
        "keyDates.closeDate": dates.get("closeDate", {}).get("date"),
        "funding.maxAwardAmount": funding.get("maxAwardAmount"),
        "funding.minAwardAmount": funding.get("minAwardAmount"),
        "funding.totalAmountAvailable": funding.get("totalAmountAvailable"),
        "funding.estimatedAwardCount": None,
    }


def _status(call: Opportunity, now: datetime) -> dict[str, str]:
    ours = status(call, now)
    value = _STATUS[ours]
    own = {"customValue": ours} if value == "custom" else {}
    return {"value": value, **own, "description": _MEANING[ours]}


# --- money -------------------------------------------------------------------------------------


def _funding(call: Opportunity, profile: Mapping[str, Any]) -> dict[str, Any]:
    """The amounts in the first currency that is stated; the protocol has room for one of each."""
    made: dict[str, Any] = {}
    if isinstance(stated := profile.get("amounts_as_stated"), str) and stated:
        made["details"] = stated
    whole = next((one for one in call.amounts if one.per == "call"), None)
    if whole and (sum_ := _most(whole)):
        made["totalAmountAvailable"] = _money(sum_)
    each = next((one for per in _PER_AWARD for one in call.amounts if one.per == per), None)
    if each:
        low, high = money(each.min_minor, each.currency), money(each.max_minor, each.currency)
        made |= {"minAwardAmount": _money(low)} if low else {}
        made |= {"maxAwardAmount": _money(high)} if high else {}
    return made


def _most(amount: Amount) -> Money | None:
    return money(amount.max_minor, amount.currency) or money(amount.min_minor, amount.currency)


def _money(amount: Money) -> dict[str, str]:
    return {"amount": amount.amount, "currency": amount.currency}


# --- dates -------------------------------------------------------------------------------------


def _dates(
    call: Opportunity, profile: Mapping[str, Any], languages: tuple[str, ...]
) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if call.opens_at:
        made["postDate"] = _event("Applications open", call.opens_at, call.zone)
    stated = profile.get("deadline_as_stated")
    if call.closes_at:
        made["closeDate"] = _event("Applications close", call.closes_at, call.zone)
    elif isinstance(stated, str) and stated:
        made["closeDate"] = {"name": "Applications close", "eventType": "other", "details": stated}
    others = {
        one.id or f"deadline-{place}": _event(
            choose(one.name, (*languages, "en"))[1] or one.id or "Deadline", one.at, one.zone
        )
        for place, one in enumerate(call.deadlines, start=1)
    }
    return made | ({"otherDates": others} if others else {})


def _event(name: str, at: datetime, zone: str) -> dict[str, str]:
    """An instant by the clock of its zone, which is named in words: the protocol has none."""
    try:
        local = at.astimezone(ZoneInfo(zone or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        local, zone = at, ""
    return {
        "name": name,
        "eventType": "singleDate",
        "date": local.date().isoformat(),
        "time": local.time().isoformat(timespec="seconds"),
        "description": f"{zone or 'UTC'} time; {format_instant(at)}",
    }


# --- who may apply, and the rest ---------------------------------------------------------------


def _applicants(call: Opportunity) -> Iterator[dict[str, str]]:
    for rule in call.eligibility:
        if rule.get("test") != "organisation_type" or rule.get("scope", "applicant") != "applicant":
            continue
        for ours in rule.get("values", ()):
            if not isinstance(ours, str):
                continue
            for value in APPLICANTS.get(ours, ()):
                yield {"value": value}
            if ours not in APPLICANTS:
                yield {"value": "custom", "customValue": ours}


def _fields(
    document: Mapping[str, Any], profile: Mapping[str, Any], node: str
) -> dict[str, dict[str, Any]]:
    """What the protocol has no place for, each field as it describes such."""
    abstracts: Mapping[str, str] = next(
        (o["text"] for o in document.get("descriptions", ()) if o.get("type") == "Abstract"), {}
    )
    page = f"{node}/records/{document['id']}"
    made = [
        _field(RECORD, page, "The record of this opportunity, with its history."),
        _field(TITLES, document.get("titles", {}), "The title by language (BCP 47)."),
        _field(ABSTRACTS, abstracts, "The description by language (BCP 47)."),
    ]
    made += [
        _field(name, profile[name], told)
        for name, told in WHOLE.items()
        if type(profile.get(name)) in _TYPE
    ]
    return {one["name"]: one for one in made if one["value"] not in ("", {}, [])}


def _field(name: str, value: Any, description: str) -> dict[str, Any]:
    return {
        "name": name,
        "fieldType": _TYPE[type(value)],
        "value": value,
        "description": description,
    }
