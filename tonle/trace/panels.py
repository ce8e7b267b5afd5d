"""What a landing page shows of the chain: what the record came of, and where its own is counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from tonle.catalogue.public import Panel, RecordAction, named_by_fields, serving
from tonle.trace import shown
from tonle.trace.models import Link
from tonle.trace.rules import chain
from tonle.trace.selectors import Step, way_up

if TYPE_CHECKING:
    from tonle.catalogue.public import RecordView
    from tonle.kernel.actors import Actor


def came_of(view: RecordView, now: datetime, _asked: Mapping[str, str]) -> Panel | None:
    """The way up, as a list in lists; None for what names nothing and is named by nothing.

    One query for nearly every record; half a dozen for each step of those on a chain.
    """
    document = view.document
    links = chain.links_of(document, named_by_fields(document), serving.areas(document))
    if not any(link.relation not in chain.DOWN for link in links):
        names = [view.record.id, *(pid["value"] for pid in document.get("pids", ()))]
        named = Link.objects.filter(value__in=names, relation__in=sorted(chain.DOWN))
        if not named.exists():
            return None
    steps = way_up(view.record.id, view.record.kind, now)
    return Panel("trace/way.html", {"steps": [_step(one) for one in steps]}) if steps else None


def _step(step: Step) -> dict[str, object]:
    thing = step.thing
    is_promise = chain.stage(thing.kind) == chain.PROMISE
    return {
        "label": shown.kind_label(thing.kind, one=True),
        "titles": thing.titles,
        "url": shown.thing_url(thing.id),
        "area": step.area,
        "counts_url": reverse("trace:agreement", args=[thing.id]) if is_promise else "",
        "above": [_step(one) for one in step.above],
    }


def counted(view: RecordView, _actor: Actor, _now: datetime) -> RecordAction | None:
    """The way from a promise to what came of it."""
    if chain.stage(view.record.kind) != chain.PROMISE or view.record.state != "published":
        return None
    url = reverse("trace:agreement", args=[view.record.id])
    return RecordAction(gettext("What came of it"), url, order=20)
