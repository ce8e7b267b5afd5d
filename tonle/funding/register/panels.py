"""What the landing page of an opportunity shows: how it stands now, and what its record says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse

from tonle.catalogue.public import Panel
from tonle.funding.eligible.words import place_name, reader, rule_sentence
from tonle.funding.register import words
from tonle.funding.rules.eligibility import read_rules
from tonle.funding.rules.opportunities import Opportunity, next_change, read_opportunity, status

if TYPE_CHECKING:
    from tonle.catalogue.public import Here, RecordView

KIND: Final = "funding_opportunity"
SHOWS: Final[Mapping[str, tuple[str, ...]]] = {
    "tonle-funding-opportunity/1": (
        "funders", "themes", "amounts", "opens_at", "closes_at", "zone", "deadlines", "forecast",
        "archived_on", "languages", "documents", "corrigenda", "eligibility", "url", "apply_url",
    ),
}  # fmt: skip
MOST: Final = 100


def standing(view: RecordView, now: datetime) -> Panel | None:
    """How it stands and what happens next; the page is made anew when that changes."""
    if view.record.kind != KIND:
        return None
    call = read_opportunity(view.document)
    made = {
        "badge": words.badge(status(call, now)),
        "next": words.what_next(call, now, words.own_zone()),
    }
    return Panel(
        "funding/register/standing.html", made, leads=True, changes_at=next_change(call, now)
    )


def details(view: RecordView, here: Here) -> Panel | None:
    """Deadlines by two clocks, what is given, who may apply, documents and corrections."""
    del here
    if view.record.kind != KIND:
        return None
    call = read_opportunity(view.document)
    made: dict[str, Any] = {
        "times": deadlines(call, words.own_zone()),
        "calendar_url": reverse("funding:deadline", args=[view.record.id]) if _dated(call) else "",
        "amounts": words.amounts_of(call)[:MOST],
        "rules": [
            {"sentence": rule_sentence(rule), "text": dict(rule.text)}
            for rule in read_rules(call.eligibility)[:MOST]
        ],
        "funders": [
            {"name": one.name, "country": place_name(one.country, reader()) if one.country else ""}
            for one in call.funders[:MOST]
        ],
        "themes": [one.name for one in call.themes[:MOST]],
        "languages": call.languages[:MOST],
        "documents": call.documents[:MOST],
        "corrigenda": sorted(call.corrigenda, key=lambda one: one.number, reverse=True)[:MOST],
        "url": call.url,
        "apply_url": call.apply_url,
    }
    return Panel("funding/register/details.html", made) if any(made.values()) else None


def deadlines(call: Opportunity, zone: str) -> list[dict[str, Any]]:
    """What happens when, in order: {what: "opens" | "closes" | "", name, times}."""
    found: list[tuple[datetime, str, Mapping[str, str], str]] = [
        (one.at, "", one.name, one.zone or call.zone) for one in call.deadlines[:MOST]
    ]
    if call.opens_at is not None:
        found.append((call.opens_at, "opens", {}, call.zone))
    if call.closes_at is not None:
        found.append((call.closes_at, "closes", {}, call.zone))
    found.sort(key=lambda one: one[0])
    return [
        {"what": what, "name": name, "times": words.times(at, zone, set_in)}
        for at, what, name, set_in in found
    ]


def _dated(call: Opportunity) -> bool:
    return bool(call.opens_at or call.closes_at or call.deadlines)
