"""The pages of what came of promises: all of them, one, one key area; and the same as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from tonle.infra import clock
from tonle.infra.pagecache import public_page
from tonle.kernel.text import choose
from tonle.trace import selectors, shown, tables
from tonle.trace.selectors import MOST_NAMED


@require_safe
@public_page
def all_promises(request: HttpRequest) -> HttpResponse:
    """`/trace`: every agreement and policy, and what came of it."""
    now = clock.now()
    groups = [(kind, selectors.everything(kind, now)) for kind in tables.PROMISES]
    context = {
        "stages": shown.stage_labels(),
        "groups": [
            {
                "label": shown.kind_label(kind),
                "lines": [
                    {
                        "titles": line.thing.titles,
                        "url": reverse("trace:agreement", args=[line.thing.id]),
                        "depth": min(line.depth, 3),
                        "flow": shown.flow(line.counts),
                        "areas": line.areas,
                        "empty": line.empty_areas,
                    }
                    for line in lines
                ],
            }
            for kind, lines in groups
            if lines
        ],
        "csv_url": reverse("trace:all-csv"),
    }
    return render(request, "trace/all.html", context)


@require_safe
@public_page
def agreement(request: HttpRequest, record_id: str) -> HttpResponse:
    """`/records/<id>/came-of`: what a promise said, and what came of it."""
    found = selectors.came_of(record_id, clock.now())
    of_kind = shown.kind_label(found.kind, one=True)
    context = {
        "crumbs": [
            (of_kind, reverse("catalogue:record", args=[record_id])),
            (gettext("What came of it"), ""),
        ],
        "record": {"titles": found.titles},
        "stages": shown.stage_labels(),
        "areas": [
            {
                "name": area.name,
                "url": reverse("trace:area", args=[record_id, area.id]),
                "flow": shown.flow(area.counts),
                "is_empty": area.is_empty,
            }
            for area in found.areas
        ],
        "unplaced": None if found.unplaced.is_empty else shown.flow(found.unplaced.counts),
        "kinds": shown.kind_rows(found.counts),
        "breaks": shown.broken_rows(found.breaks),
        "more_breaks": max(0, found.breaks_number - MOST_NAMED),
        "csv_url": reverse("trace:agreement-csv", args=[record_id]),
        "json_url": f"/api/v1/trace/{record_id}",
        "all_url": reverse("trace:all"),
    }
    return render(request, "trace/agreement.html", context)


@require_safe
@public_page
def area(request: HttpRequest, record_id: str, area: str) -> HttpResponse:
    """`/records/<id>/came-of/<area>`: one key area, an empty one too."""
    found = selectors.of_area(record_id, area, clock.now())
    of_kind = shown.kind_label(found.promise.kind, one=True)
    above = reverse("trace:agreement", args=[record_id])
    context = {
        "crumbs": [
            (of_kind, reverse("catalogue:record", args=[record_id])),
            (gettext("What came of it"), above),
            (choose(found.area.name, get_language() or "en")[1], ""),
        ],
        "promise": found.promise.titles,
        "name": found.area.name,
        "stages": shown.stage_labels(),
        "flow": shown.flow(found.area.counts),
        "is_empty": found.area.is_empty,
        "kinds": [
            {
                **shown.kind_rows([one])[0],
                "things": shown.thing_rows(things),
                "more": max(0, one.count.whole - len(things)),
            }
            for one, things in found.things
        ],
        "agreement_url": above,
        "record_url": reverse("catalogue:record", args=[record_id]),
    }
    return render(request, "trace/area.html", context)


@require_safe
@public_page
def all_csv(_request: HttpRequest) -> HttpResponse:
    """`/trace.csv`: every promise, a row for each kind of what came of it."""
    return _csv(tables.ALL, tables.all_rows(clock.now()), "trace")


@require_safe
@public_page
def agreement_csv(_request: HttpRequest, record_id: str) -> HttpResponse:
    """`/records/<id>/came-of.csv`: a row for each key area and kind, also empty ones."""
    found = selectors.came_of(record_id, clock.now())
    return _csv(tables.ONE, tables.one_rows(found), f"came-of-{record_id}")


def _csv(heads: Iterable[str], rows: Iterable[Iterable[object]], name: str) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows(rows)
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
