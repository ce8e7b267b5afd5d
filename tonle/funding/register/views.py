"""/funding: what is open, what closes soon first, and what is announced."""

from __future__ import annotations

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
from tonle.funding.eligible.selectors import KIND
from tonle.funding.eligible.words import ORGANISATIONS, reader
from tonle.funding.register import selectors, words
from tonle.funding.register.panels import deadlines
from tonle.funding.register.selectors import Listed
from tonle.funding.rules.eligibility import Answers
from tonle.infra import clock
from tonle.infra.pagecache import lasts_until, public_page
from tonle.people.public import ZONES
from tonle.web.public import city_name

PAGE: Final = 20


class Narrowing(forms.Form):
    """Whose calls are listed, and by which clock."""

    country = forms.ChoiceField(label=_("Country of your organisation"), required=False)
    organisation = forms.ChoiceField(label=_("Your organisation"), required=False)
    zone = forms.ChoiceField(label=_("Time zone"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        any_ = [("", gettext("Any"))]
        types = [(code, gettext(label)) for code, label in ORGANISATIONS.items()]
        zones = dict.fromkeys((words.own_zone(), *ZONES))
        for name, choices in (
            ("country", [*any_, *countries()]),
            ("organisation", any_ + types),
            ("zone", [(zone, city_name(zone, reader())) for zone in zones]),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined] # A ChoiceField.


@require_safe
@public_page
def register(request: HttpRequest) -> HttpResponse:
    """`/funding?country=&organisation=&zone=&page=`; an answer that is none is left out."""
    now = clock.now()
    form = Narrowing(request.GET)
    form.is_valid()
    said = {name: value for name, value in form.cleaned_data.items() if value}
    shown = Narrowing(initial={"zone": words.own_zone(), **said})
    everything = selectors.calls(now)
    found = selectors.in_register(everything)
    organisation = said.get("organisation")
    answers = Answers(
        country=said.get("country", ""),
        organisation_types=frozenset([organisation] if organisation else ()),
    )
    if answers != Answers():
        found = selectors.not_barring(found, answers, now)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    zone = said.get("zone") or words.own_zone()
    groups = [
        {"heading": heading, "id": name, "rows": [_row(one, zone) for one in rows]}
        for (name, heading), rows in groupby(page.object_list, _group)
    ]

    def address(number: int) -> str:
        return f"?{urlencode({**said, 'page': number})}"

    context = {
        "form": shown,
        "groups": groups,
        "is_narrowed": bool(answers != Answers()),
        "previous": address(page.previous_page_number()) if page.has_previous() else "",
        "next": address(page.next_page_number()) if page.has_next() else "",
        "closed_url": f"{reverse('search:search')}?kind={KIND}",
    }
    response = render(request, "funding/register/register.html", context)
    lasts_until(response, selectors.changes_at(everything, now))
    return response


def _group(one: Listed) -> tuple[str, str]:
    if one.status == "forecast":
        return "announced", gettext("Announced")
    if one.status == "unknown":
        return "unknown", gettext("Closing date unknown")
    return "open", gettext("Open")


def _row(one: Listed, zone: str) -> dict[str, Any]:
    return {
        "titles": one.call.titles,
        "url": reverse("catalogue:record", args=[one.call.id]),
        "badge": words.badge(one.status),
        "funders": [funder.name for funder in one.call.funders[:3]],
        "amounts": words.amounts_of(one.call)[:3],
        "times": deadlines(one.call, zone),
    }
