"""Reading opportunities of the CommonGrants protocol: one, a list, or an answer of its API.

The protocol has neither languages nor time zones: texts come in without a language, and a date
is an instant only where `customFields` give one, as ours do. Else it stays in the source's words.
Source: CommonGrants protocol 0.5, OpportunityBase.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from tonle.catalogue.public import Parsed, ParsedRecord, Remark, jsontext, parse
from tonle.funding.crosswalks.common_grants import (
    ABSTRACTS,
    APPLICANTS,
    RECORD,
    TITLES,
    WHOLE,
)
from tonle.funding.crosswalks.profile import kept
from tonle.funding.rules.eligibility import ORGANISATION_TYPES
from tonle.funding.rules.uuids import record_of
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.money import Money

FORMAT: Final = "common-grants-json"
MAX_RECORDS: Final = 20_000
_OURS: Final = {word: ours for ours, words in APPLICANTS.items() for word in words}
# Under which names implementers say whose call it is.
_AGENCY: Final = ("agency", "agencyName", "funder")

Made = dict[str, Any]


def read(data: bytes, name: str) -> Parsed:
    """The opportunities in a file. Never raises because of the data."""
    try:
        items = _items(jsontext.parse(data))
    except jsontext.NotJson:
        # The reader of our own documents says what is wrong with JSON.
        return replace(parse("tonle-record", data, name), format=FORMAT)
    if not items or len(items) > MAX_RECORDS:
        return Parsed(FORMAT, (), remark=Remark("", N_("There is no record in it.")))
    return Parsed(
        FORMAT, tuple(_record(one, name, place) for place, one in enumerate(items, start=1))
    )


def _items(value: Any) -> list[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        value = value.get("items", value.get("data", value))
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, Mapping)]


def _record(given: Mapping[str, Any], name: str, place: int) -> ParsedRecord:
    fields = {key: _value(one) for key, one in _map(given.get("customFields")).items()}
    warnings: list[Remark] = []
    made = _document(given, fields, warnings)
    read = parse("tonle-record", json.dumps(made).encode(), name).documents[0]
    key = _key(given, f"file:{name}#{place}")
    document = read.document
    if document is not None:
        document = {**document, "source": {**document["source"], "format": FORMAT, "key": key}}
    return replace(read, key=key, document=document, warnings=(*read.warnings, *warnings))


def _key(given: Mapping[str, Any], fallback: str) -> str:
    """A record of a node is known as such wherever it comes from."""
    try:
        uuid = UUID(str(given.get("id")))
    except ValueError:
        return fallback
    ours = record_of(uuid)
    return f"tonle:{ours}" if ours else f"common-grants:{uuid}"


def _document(given: Mapping[str, Any], fields: Mapping[str, Any], warnings: list[Remark]) -> Made:
    profile = {"schema": "tonle-funding-opportunity/1", **_profile(given, fields, warnings)}
    source = _text(given.get("source"))
    made: Made = {
        "kind": "funding_opportunity",
        "titles": _map(fields.get(TITLES)) or {"und": _text(given.get("title"))},
        "descriptions": _abstract(given, fields),
        "resource_type": {"general": "Award", "text": "Funding opportunity"},
        "profile": profile,
        "access": {"level": "metadata_only"},
        "contributors": [
            {"name_type": "Organizational", "name": one, "type": "Funder"}
            for one in _funders(profile)
        ],
    }
    where = _text(fields.get(RECORD)) or source
    if where.startswith(("https://", "http://")):
        made["source"] = {"uri": where}
    return made


def _abstract(given: Mapping[str, Any], fields: Mapping[str, Any]) -> list[Made]:
    text = _map(fields.get(ABSTRACTS)) or {"und": _text(given.get("description"))}
    said = {tag: one for tag, one in text.items() if _text(one)}
    return [{"type": "Abstract", "text": said}] if said else []


def _funders(profile: Mapping[str, Any]) -> Iterator[str]:
    for one in profile.get("funders", ()):
        name = one.get("name", {})
        yield name.get("en") or next(iter(name.values()))
    if "funders" not in profile and "funders_as_stated" in profile:
        yield profile["funders_as_stated"]


def _profile(given: Mapping[str, Any], fields: Mapping[str, Any], warnings: list[Remark]) -> Made:
    """Our own fields where they are, checked as those of a stranger; else the protocol's."""
    made, lost = kept({name: fields[name] for name in WHOLE if name in fields})
    warnings.extend(
        Remark(f"customFields.{name}", N_("It is not in the form of ours; it was left out."))
        for name in lost
    )
    source = _text(given.get("source"))
    # Of a call that is published nowhere else, a node gives the page of its record.
    if source.startswith(("https://", "http://")) and source != fields.get(RECORD):
        made.setdefault("url", source[:4_000])
    agency = next((said for name in _AGENCY if (said := _named(fields.get(name)))), "")
    if agency and "funders" not in made:
        made.setdefault("funders_as_stated", agency)
    if _text(_map(given.get("status")).get("value")) == "forecasted":
        made.setdefault("forecast", True)
    funding = _map(given.get("funding"))
    if details := _text(funding.get("details")):
        made.setdefault("amounts_as_stated", details)
    if "amounts" not in made and (amounts := list(_amounts(funding))):
        made["amounts"] = amounts
    _dates(_map(given.get("keyDates")), made, warnings)
    _who(given.get("acceptedApplicantTypes"), made)
    return made


def _amounts(funding: Mapping[str, Any]) -> Iterator[Made]:
    whole = _money(funding.get("totalAmountAvailable"))
    if whole:
        yield {"currency": whole.currency, "max_minor": whole.minor, "per": "call"}
    low, high = _money(funding.get("minAwardAmount")), _money(funding.get("maxAwardAmount"))
    for currency in dict.fromkeys(one.currency for one in (low, high) if one):
        made: Made = {"currency": currency, "per": "project"}
        if low and low.currency == currency:
            made["min_minor"] = low.minor
        if high and high.currency == currency:
            made["max_minor"] = high.minor
        yield made


def _money(value: Any) -> Money | None:
    said = _map(value)
    try:
        money = Money.of(_text(said.get("amount")), _text(said.get("currency")))
    except Invalid:
        return None
    return money if money.minor >= 0 else None


def _dates(given: Mapping[str, Any], made: Made, warnings: list[Remark]) -> None:
    """The deadline in words, where no instant of ours is beside it."""
    said = _map(given.get("closeDate"))
    words = " ".join(
        text
        for key in ("date", "time", "details", "startDate", "endDate", "endTime")
        if (text := _text(said.get(key)))
    )
    if not words or "closes_at" in made or "deadline_as_stated" in made:
        return
    made["deadline_as_stated"] = words[:20_000]
    warnings.append(
        Remark("keyDates.closeDate",
               N_("It names no time zone; the deadline is kept in the source's words."))
    )  # fmt: skip


def _who(value: Any, made: Made) -> None:
    """Types of applicants as a rule where we know them all; else in the source's words."""
    if "eligibility" in made:
        return
    said = [_map(one) for one in value] if isinstance(value, list) else []
    named = [_text(one.get("customValue")) or _text(one.get("value")) for one in said]
    named = [one for one in named if one]
    if not named or "unrestricted" in named:
        return
    ours = {one: _OURS.get(one, one if one in ORGANISATION_TYPES else "") for one in named}
    # Half of a pair of words is less than ours: it is not made more.
    whole = all(set(APPLICANTS.get(word, (said,))) <= set(named) for said, word in ours.items())
    if all(ours.values()) and whole:
        made["eligibility"] = [
            {
                "id": "applicants",
                "scope": "applicant",
                "test": "organisation_type",
                "values": list(dict.fromkeys(ours.values())),
            }
        ]
        return
    words = [_text(one.get("description")) or name.replace("_", " ")
             for one, name in zip(said, named, strict=False)]  # fmt: skip
    made.setdefault("who_may_apply", "; ".join(words)[:20_000])


def _named(value: Any) -> str:
    """A name that is text, or an object that has one."""
    return _text(_map(value).get("name")) or _text(value)


def _value(field: Any) -> Any:
    """The value of a custom field."""
    return _map(field).get("value")


def _map(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
