"""What pages show of counts: stages of the chain with their names, rivers, breaks in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, pgettext

from tonle.catalogue.public import kind
from tonle.kernel.errors import NotFound
from tonle.trace.rules import chain
from tonle.trace.rules.picture import HEIGHT, River, river
from tonle.trace.selectors import Broken, KindCount, Thing, rounded

STAGES = (chain.PROMISE, chain.OFFER, chain.PROJECT, chain.OUTPUT)


def stage_labels() -> list[str]:
    """What the columns are called, in the active language."""
    return [
        pgettext("column of counts", "Programmes"),
        pgettext("column of counts", "Calls and offers"),
        pgettext("column of counts", "Projects"),
        pgettext("column of counts", "Outputs"),
    ]


def by_stage(counts: Iterable[KindCount]) -> list[int]:
    """How many things there are at each stage."""
    held = dict.fromkeys(STAGES, 0)
    for one in counts:
        held[chain.stage(one.kind)] += one.count.whole
    return list(held.values())


@dataclass(frozen=True)
class Flow:
    """The river of some counts and its numbers; height in pixels."""

    numbers: list[int]
    river: River
    height: int = HEIGHT


def flow(counts: Iterable[KindCount]) -> Flow:
    numbers = by_stage(counts)
    return Flow(numbers, river(numbers))


def kind_rows(counts: Iterable[KindCount]) -> list[dict[str, Any]]:
    """The counts of each kind: its name, the whole count, the fractional one rounded."""
    return [
        {
            "label": kind_label(one.kind),
            "whole": one.count.whole,
            "parts": rounded(one.count.fractional),
        }
        for one in counts
    ]


def kind_label(name: str, *, one: bool = False) -> str:
    """What a kind is called; its code where no context owns it."""
    try:
        found = kind(name)
    except NotFound:
        return name
    return gettext(found.label if one else found.plural)


def thing_url(thing: str) -> str:
    return reverse("catalogue:record", args=[thing])


def broken_rows(breaks: Iterable[Broken]) -> list[dict[str, Any]]:
    """Where chains break: the thing with its address, and why, in words."""
    return [
        {
            "titles": one.titles,
            "url": thing_url(one.thing),
            "why": _why(one.reason, one.named),
            "lost": one.lost.whole,
            "parts": rounded(one.lost.fractional),
        }
        for one in breaks
    ]


def _why(reason: str, named: Mapping[str, str]) -> str:
    if reason == "nothing":
        return gettext("It does not say what it came of.")
    if reason == "circle":
        return gettext("It came of something that came of it.")
    if "area" in named:
        return gettext("It names the key area “%(area)s”, which the agreement does not have.") % {
            "area": named["area"]
        }
    name = named.get("value", "")
    return gettext("It names %(name)s, which is not here.") % {"name": name}


def thing_rows(things: Iterable[Thing]) -> list[dict[str, Any]]:
    return [{"titles": one.titles, "url": thing_url(one.id)} for one in things]
