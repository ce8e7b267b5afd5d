"""How a call stands, what it gives and when it ends, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils.translation import gettext

from tonle.funding.eligible.words import reader
from tonle.funding.rules.opportunities import Amount, Opportunity, Status, next_change, status
from tonle.kernel import money
from tonle.kernel.errors import N_, Invalid
from tonle.kernel.sentences import shown
from tonle.people.public import ZONES, zone_of
from tonle.web.public import city_name, local_instant, local_number

STATUSES: Final[Mapping[Status, tuple[str, str]]] = {
    "closing_soon": (N_("Closes soon"), "warn"),
    "open": (N_("Open"), "good"),
    "forecast": (N_("Announced"), "neutral"),
    "unknown": (N_("Closing date unknown"), "neutral"),
    "closed": (N_("Closed"), "neutral"),
    "archived": (N_("Archived"), "neutral"),
}
PER: Final[Mapping[str, str]] = {
    "project": N_("%(amount)s a project"),
    "year": N_("%(amount)s a year"),
    "month": N_("%(amount)s a month"),
    "person": N_("%(amount)s a person"),
    "call": N_("%(amount)s in all"),
}


def badge(stands: Status) -> dict[str, str]:
    label, tone = STATUSES[stands]
    return {"label": gettext(label), "tone": tone}


def what_next(call: Opportunity, now: datetime, zone: str) -> str:
    """What happens next and by when, as clocks show it in a zone."""
    stands, change = status(call, now), next_change(call, now)
    if stands in {"open", "closing_soon"} and call.closes_at is not None:
        message = N_("It can be applied for until %(at)s.")
        return gettext(message) % {"at": _at(call.closes_at, zone)}
    if stands == "forecast":
        if call.opens_at is not None and call.opens_at > now:
            message = N_("It is announced to open on %(at)s.")
            return gettext(message) % {"at": _at(call.opens_at, zone)}
        return gettext("It is announced, and not yet certain.")
    if stands == "closed" and call.closes_at is not None:
        message = N_("It closed on %(at)s.")
        return gettext(message) % {"at": _at(call.closes_at, zone)}
    if stands == "closed":
        return gettext("By the words of its source it is over.")
    if stands == "archived":
        return gettext("It is kept here to be looked up, and takes no more applications.")
    if stands == "unknown" and change is not None:
        if status(call, change) == "closed":
            message = N_("Its source gives no whole deadline. By its words it ends by %(at)s.")
            return gettext(message) % {"at": _at(change, zone)}
        message = N_("Its source gives no whole deadline. It is archived on %(at)s.")
        return gettext(message) % {"at": _at(change, zone)}
    return gettext("Its source gives no whole deadline. Ask the funder before you begin.")


def times(at: datetime, zone: str, set_in: str) -> list[dict[str, str]]:
    """An instant as clocks show it in the reader's zone, and where the deadline was set.

    Once, where both clocks show the same.
    """
    here = {"text": _at(at, zone), "city": city_name(zone, reader())}
    if not set_in or _at(at, set_in) == here["text"]:
        return [here]
    return [{"text": _at(at, set_in), "city": city_name(set_in, reader())}, here]


def amount_text(amount: Amount) -> str:
    """`USD 300,000–1,000,000 a year`; "" for what is no currency in use."""
    try:
        low, high = _sum(amount.min_minor, amount), _sum(amount.max_minor, amount)
    except Invalid:
        return ""
    if low and high and low != high:
        given = f"{amount.currency} {low}–{high}"
    elif low and not high:
        given = gettext("at least %(amount)s") % {"amount": f"{amount.currency} {low}"}
    elif high and not low:
        given = gettext("at most %(amount)s") % {"amount": f"{amount.currency} {high}"}
    else:
        given = f"{amount.currency} {high}"
    per = PER.get(amount.per)
    return gettext(per) % {"amount": given} if per else given


def amounts_of(call: Opportunity) -> list[dict[str, Any]]:
    made = ({"text": amount_text(one), "note": one.note} for one in call.amounts)
    return [one for one in made if one["text"]]


def own_zone() -> str:
    """The zone of the node's people."""
    return str(settings.TONLE_TIME_ZONE)


def chosen_zone(asked: str) -> tuple[str, str]:
    """The zone whose clock is shown, and a sentence where what was asked for is none."""
    own = own_zone()
    if not asked:
        return own, ""
    try:
        return ZoneInfo(asked).key, ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = N_(
            "“%(zone)s” is no time zone that this node knows. Times are by the clock of %(city)s."
        )
        return own, gettext(message) % {"zone": shown(asked), "city": city_name(own, reader())}


def zone_choices(chosen: str) -> list[tuple[str, str]]:
    """The zones to choose from, by their cities: the node's own, the region's, the chosen one."""
    zones = dict.fromkeys((own_zone(), *ZONES, chosen))
    return [(zone, city_name(zone, reader())) for zone in zones]


def _sum(minor: int | None, amount: Amount) -> str:
    if minor is None:
        return ""
    whole = money.Money(minor, amount.currency)
    value = minor / 10 ** money.exponent(whole.currency)
    return local_number(int(value) if value.is_integer() else value, reader())


def _at(at: datetime, zone: str) -> str:
    return local_instant(at, reader(), zone_of(zone))
