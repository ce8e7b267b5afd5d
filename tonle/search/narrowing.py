"""By what results are narrowed, for a page: facets as lists of links, and what is in force."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from django.utils.safestring import mark_safe
from django.utils.translation import gettext

from tonle.search.addresses import Address
from tonle.search.documents import Box
from tonle.search.facets import (
    BOX,
    IN_FORCE,
    LIKE,
    Facet,
    Filters,
    Value,
    facet_label,
    label,
    span_label,
)
from tonle.search.schema import COVERS, PERIOD, YEAR
from tonle.search.selectors import Interpretation, Page
from tonle.web.public import local_day, local_number

_OPEN_FACETS = {"kind", "member", "lang"}


def facet_links(facet: Facet, address: Address, more: str) -> dict[str, Any]:
    left = facet.number - len(facet.values)
    return {
        "name": facet.name,
        "label": facet.label,
        "open": facet.name in {*_OPEN_FACETS, more} or bool(facet.selected),
        "left": max(0, left),
        "more_url": address.more(facet.name) if left > 0 and facet.name != more else "",
        # Safe: every text of `_value` is escaped.
        "items": mark_safe(  # noqa: S308 # As said above.
            "".join(_value(facet.name, value, address) for value in facet.values)
        ),
    }


def _value(facet: str, value: Value, address: Address) -> str:
    """One value as a link that adds or removes it. Fifty of these stand on a page: made here they
    take a thirtieth of what the template engine asks."""
    current = mark = ""
    if value.selected:
        current = ' aria-current="true"'
        chosen = escape(gettext("Chosen:"))
        mark = f'<span aria-hidden="true">✓ </span><span class="visually-hidden">{chosen} </span>'
    url = escape(address.toggled(facet, value.code, value.selected))
    count = escape(local_number(value.count, address.language))
    return (
        f'<li><a href="{url}" rel="nofollow"{current}><span>{mark}{escape(value.label)}</span>'
        f" <b>{count}</b></a></li>"
    )


def in_force(found: Page, address: Address, filters: Filters) -> list[dict[str, str]]:
    """Signs and filters by which a page was narrowed, each with the address without it."""
    return [
        *_signs(found.interpretation, address),
        *_likeness(found, address, filters),
        *_applied(filters, address),
    ]


def applied(filters: Filters, language: str) -> list[str]:
    """Filters in words, such as "Kind: Datasets". language: of the reader (BCP 47)."""
    address = Address("", "", filters, "", language)
    rows = _applied(filters, address)
    named = gettext("%(what)s: %(value)s")
    return [
        named % {"what": row["facet"], "value": row["label"]} if row["facet"] else row["label"]
        for row in rows
    ]


def _signs(interpretation: Interpretation, address: Address) -> Iterable[dict[str, str]]:
    """What was asked for with a sign, each with the address without it."""
    for one in interpretation.parts:
        yield {"facet": "", "label": one.said, "url": address.asking(one.rest)}


def _likeness(found: Page, address: Address, filters: Filters) -> Iterable[dict[str, str]]:
    if filters.like:
        title = found.like or filters.like
        label = gettext("like “%(title)s”") % {"title": title}
        yield {"facet": "", "label": label, "url": address.of(filters.without(LIKE))}


def _applied(filters: Filters, address: Address) -> Iterable[dict[str, str]]:
    """The filters in force, each with the address without it."""
    for name, codes in filters.chosen.items():
        for code in codes:
            url = address.of(filters.without(name, code))
            yield _row(name, label(name, code, address.language), url)
    for name, span in ((YEAR, filters.published), (COVERS, filters.covers)):
        if span:
            yield _row(name, span_label(*span), address.of(filters.without(name)))
    if filters.box is not None:
        url = address.of(filters.without(BOX))
        yield {"facet": gettext("Place"), "label": box_label(filters.box), "url": url}
    if filters.in_force_on is not None:
        day = local_day(filters.in_force_on, address.language)
        yield _row(IN_FORCE, day, address.of(filters.without(IN_FORCE)))
    if filters.open_now:
        url = address.of(filters.without("open"))
        yield {"facet": "", "label": gettext("Open now"), "url": url}


def _row(name: str, value: str, url: str) -> dict[str, str]:
    """A filter in force. Years that data are of and days say so themselves: they look like any
    others."""
    if name in {PERIOD, COVERS, IN_FORCE}:
        said = gettext("%(what)s: %(value)s") % {"what": facet_label(name), "value": value}
        return {"facet": "", "label": said, "url": url}
    return {"facet": facet_label(name), "label": value, "url": url}


def box_label(box: Box) -> str:
    """A box in degrees, as maps write them."""
    west, south, east, north = box
    return f"{_degrees(south, 'N', 'S')} – {_degrees(north, 'N', 'S')}, " + (
        f"{_degrees(west, 'E', 'W')} – {_degrees(east, 'E', 'W')}"
    )


def _degrees(value: float, positive: str, negative: str) -> str:
    return f"{abs(value):g}° {negative if value < 0 else positive}"
