"""/funding: what is open, what closes soon first, and what is announced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tonle.funding.eligible.forms import countries
from tonle.funding.eligible.selectors import KIND, OPEN
from tonle.funding.eligible.words import ORGANISATIONS, reader
from tonle.funding.register import selectors, words
from tonle.funding.register.panels import deadlines
from tonle.funding.register.selectors import Listed
from tonle.funding.rules.eligibility import Answers
from tonle.infra import clock
from tonle.infra.pagecache import lasts_until, public_page
from tonle.kernel.text import LanguageMap, choose, sort_key

PAGE: Final = 20
# Of those that closed, where none is open.
CLOSED: Final = 10


class Narrowing(forms.Form):
    """Whose calls are listed, which of them, and by which clock."""

    country = forms.ChoiceField(label=_("Country of your organisation"), required=False)
    organisation = forms.ChoiceField(label=_("Your organisation"), required=False)
    theme = forms.ChoiceField(label=_("Theme"), required=False)
    funder = forms.ChoiceField(label=_("Funder"), required=False)
    zone = forms.ChoiceField(label=_("Time zone"), required=False)

    def __init__(self, *args: Any, found: Sequence[Listed], zone: str, **kwargs: Any) -> None:
        """found: of whose themes and funders one can choose."""
        super().__init__(*args, **kwargs)
        any_ = [("", gettext("Any"))]
        types = [(code, gettext(label)) for code, label in ORGANISATIONS.items()]
        themes, funders = selectors.choices(found)
        for name, choices in (
            ("country", [*any_, *countries()]),
            ("organisation", any_ + types),
            ("theme", any_ + _named(themes)),
            ("funder", any_ + _named(funders)),
            ("zone", words.zone_choices(zone)),
        ):
            if len(choices) > 1:
                self.fields[name].choices = choices  # type: ignore[attr-defined] # A ChoiceField.
            else:
                del self.fields[name]


@require_safe
@public_page
def register(request: HttpRequest) -> HttpResponse:
    """`/funding?country=&organisation=&theme=&funder=&zone=&page=`; an answer that is none is
    left out, and a zone that is none is named."""
    now = clock.now()
    everything = selectors.calls(now)
    listed = selectors.in_register(everything)
    zone, wrong = words.chosen_zone(request.GET.get("zone", ""))
    form = Narrowing(request.GET, found=listed, zone=zone)
    form.is_valid()
    said = {name: value for name, value in form.cleaned_data.items() if value}
    found = _narrowed(listed, said, now)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    groups = [
        {"heading": heading, "id": name, "rows": [_row(one, said) for one in rows]}
        for (name, heading), rows in groupby(page.object_list, _group)
    ]
    none_open = not any(one.status in OPEN for one in found)
    if none_open and page.number == 1:
        closed = _narrowed(selectors.recently_closed(everything), said, now)[:CLOSED]
        rows = [_row(one, said) for one in closed]
        if rows:
            groups.append({"heading": gettext("Recently closed"), "id": "closed", "rows": rows})

    def address(number: int) -> str:
        return f"?{urlencode({**said, 'page': number})}"

    context = {
        "form": Narrowing(initial={**said, "zone": zone}, found=listed, zone=zone),
        "wrong": wrong,
        "groups": groups,
        "is_barring": bool(said.keys() & {"country", "organisation"}),
        "is_narrowed": bool(said.keys() - {"zone"}),
        "none_open": none_open,
        "announced": sum(one.status == "forecast" for one in found),
        "previous": address(page.previous_page_number()) if page.has_previous() else "",
        "next": address(page.next_page_number()) if page.has_next() else "",
        "closed_url": f"{reverse('search:search')}?kind={KIND}",
    }
    response = render(request, "funding/register/register.html", context)
    lasts_until(response, selectors.changes_at(everything, now))
    return response


def _narrowed(found: list[Listed], said: Mapping[str, str], now: datetime) -> list[Listed]:
    organisation = said.get("organisation")
    answers = Answers(
        country=said.get("country", ""),
        organisation_types=frozenset([organisation] if organisation else ()),
    )
    if answers != Answers():
        found = selectors.not_barring(found, answers, now)
    return selectors.given(found, theme=said.get("theme", ""), funder=said.get("funder", ""))


def _named(found: Mapping[str, LanguageMap]) -> list[tuple[str, str]]:
    named = [(key, choose(name, reader())[1]) for key, name in found.items() if key]
    return sorted(named, key=lambda one: (sort_key(one[1], reader()), one[0]))


def _group(one: Listed) -> tuple[str, str]:
    if one.status == "forecast":
        return "announced", gettext("Announced")
    if one.status == "unknown":
        return "unknown", gettext("Closing date unknown")
    return "open", gettext("Open")


def _row(one: Listed, said: Mapping[str, str]) -> dict[str, Any]:
    page = reverse("catalogue:record", args=[one.call.id])
    # Whoever chose a clock here reads the call by it too.
    zone = said.get("zone", "")
    return {
        "titles": one.call.titles,
        "url": f"{page}?{urlencode({'zone': zone})}" if zone else page,
        "badge": words.badge(one.status),
        "funders": [funder.name for funder in one.call.funders[:3]],
        "amounts": words.amounts_of(one.call)[:3],
        "times": deadlines(one.call, zone or words.own_zone()),
    }
