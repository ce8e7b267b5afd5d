"""What the landing page of an opportunity shows: how it stands now, and what its record says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

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


class Clock(forms.Form):
    """By which clock the days of one call are shown."""

    zone = forms.ChoiceField(label=_("Time zone"), required=False)


def standing(view: RecordView, now: datetime, asked: Mapping[str, str]) -> Panel | None:
    """How it stands, what happens next and when, by the clock of `?zone=`, an IANA name.

    The page is made anew when that changes.
    """
    if view.record.kind != KIND:
        return None
    call = read_opportunity(view.document)
    zone, wrong = words.chosen_zone(asked.get("zone", ""))
    made: dict[str, Any] = {
        "badge": words.badge(status(call, now)),
        "next": words.what_next(call, now, zone),
        "times": deadlines(call, zone),
        "wrong": wrong,
    }
    if _dated(call):
        form = Clock(initial={"zone": zone})
        form.fields["zone"].choices = words.zone_choices(zone)  # type: ignore[attr-defined] # A ChoiceField.
        made |= {
            "form": form,
            "is_chosen": bool(asked.get("zone")),
            "calendar_url": reverse("funding:deadline", args=[view.record.id]),
        }
    return Panel(
        "funding/register/standing.html", made, leads=True, changes_at=next_change(call, now)
    )


def details(view: RecordView, here: Here) -> Panel | None:
    """What is given, who may apply, documents and corrections.

    Of an earlier version its deadlines too, which of the newest stand with how it stands.
    """
    del here
    if view.record.kind != KIND:
        return None
    call = read_opportunity(view.document)
    made: dict[str, Any] = {
        "times": [] if view.is_newest else deadlines(call, words.own_zone()),
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
