"""All agreements that a reader may see, a new one, and one with its versions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tonle.agreements import forms, labels, permissions, selectors, services, typed
from tonle.agreements.models import Version
from tonle.agreements.rules.machine import VERSION
from tonle.agreements.services import NewParty
from tonle.infra import clock
from tonle.infra.idempotency import new_key
from tonle.kernel import codes
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, NotFound, TonleError
from tonle.kernel.sentences import invalid
from tonle.kernel.text import choose, sort_key
from tonle.people.public import verified_organisations
from tonle.web.public import actor_of

_ROWS = 3  # empty rows for parties of a new agreement: most have two or three


@never_cache
@login_required
@require_safe
def agreements(request: HttpRequest) -> HttpResponse:
    """What waits for the reader, and every agreement that they may see."""
    actor = actor_of(request)
    if not permissions.drafts(actor):
        raise NotFound
    page = Paginator(selectors.visible(actor), selectors.PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "agreements/agreements.html",
        {
            "rows": selectors.rows_of(page.object_list, actor),
            "awaiting": selectors.awaiting(actor),
            "papers": selectors.papers_to_compare(actor),
            "types": labels.TYPES,
            "previous": f"?page={page.previous_page_number()}" if page.has_previous() else "",
            "next": f"?page={page.next_page_number()}" if page.has_next() else "",
        },
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin one: what it is, what it is called, between whom."""
    actor = actor_of(request)
    if not permissions.drafts(actor):
        raise NotFound
    sent = request.POST if request.method == "POST" else None
    form = forms.NewForm(
        sent,
        under=_possible_above(actor),
        initial={"key": new_key(), "under": request.GET.get("under", "")[:15]},
    )
    rows = _ROWS + (_more(sent) if sent else 0)
    if sent is not None and "more" not in sent and form.is_valid():
        try:
            made = _begun(form, sent, actor)
        except NotFound:
            raise
        except TonleError as error:
            forms.mark(form, error)
        else:
            messages.success(request, _("The draft is begun. Write its text."))
            return redirect(services.address(made))
    if sent is not None and "more" in sent:
        # Asked for more room: nothing is judged yet.
        form = forms.NewForm(initial=sent.dict(), under=_possible_above(actor))
    return render(
        request,
        "agreements/new.html",
        {
            "form": form,
            "title": _kept_lines("title", sent),
            "parties": _kept_parties(sent, rows),
            "count": rows,
            "languages": forms.languages(),
            "organisations": organisations(),
            "countries": countries(),
        },
        status=422 if form.errors else 200,
    )


def _more(sent: Any) -> int:
    """Empty rows beyond the first, as many as were asked for."""
    had = str(sent.get("count", ""))
    number = int(had) if had.isascii() and had.isdigit() and len(had) < 3 else _ROWS
    return min(max(number - _ROWS, 0) + ("more" in sent), 50 - _ROWS)


def _begun(form: forms.NewForm, sent: Any, actor: Actor) -> Version:
    told = form.cleaned_data
    parties = parties_of(typed.told_named("party", sent))
    title = typed.told("title", sent)
    if not title:
        raise invalid("title", N_("Say what it is called, in one language at least."))
    if len(parties) < 2:
        raise invalid("parties", N_("An agreement has two parties or more."))
    return services.create_agreement(
        type=told["type"],
        title=title,
        parties=parties,
        public_from=told["public_from"],
        under=told["under"],
        actor=actor,
        now=clock.now(),
        key=told["key"] or None,
    )


def parties_of(said: list[dict[str, Any]]) -> list[tuple[NewParty, dict[str, str]]]:
    """Parties as typed: an organisation without words of its own goes by its own names."""
    known = {one.id: one for one in verified_organisations()}
    taken = {one["id"] for one in said if one["id"]}
    made = []
    for one in said:
        organisation = known.get(one["organisation"])
        names = one["name"] or dict(organisation.names if organisation else {})
        country = one["country"] or (_alpha3(organisation.country) if organisation else "")
        slug = one["id"]
        if not slug:
            slug = typed.slug(country or choose(names, "en")[1], taken, "party")
            taken.add(slug)
        made.append((NewParty(slug, one["organisation"], country), names))
    return made


def _alpha3(country: str) -> str:
    """A country's three letters of its two, or of itself; "" where it is none."""
    known = codes.codes("countries")
    if country in known:
        return str(known[country].data.get("alpha3", ""))
    return country if any(one.data.get("alpha3") == country for one in known.values()) else ""


def _possible_above(actor: Actor) -> list[tuple[str, str]]:
    """Agreements that another one may stand under: those that the actor may read."""
    found = selectors.rows_of(selectors.visible(actor)[:200], actor)
    return [(row.agreement.id, choose(row.titles, forms.reader())[1]) for row in found]


def organisations() -> list[tuple[str, str]]:
    """Organisations whose officers can act here, by name."""
    reader = forms.reader()
    named = [(one.id, choose(one.names, reader)[1]) for one in verified_organisations()]
    return sorted(named, key=lambda pair: sort_key(pair[1], reader))


def countries() -> list[tuple[str, str]]:
    """Three letters and name, by name."""
    reader = forms.reader()
    named = [
        (str(one.data.get("alpha3", "")), codes.label("countries", code, reader))
        for code, one in codes.codes("countries").items()
    ]
    return sorted((pair for pair in named if pair[0]), key=lambda pair: sort_key(pair[1], reader))


def _kept_lines(name: str, sent: Any) -> tuple[typed.Line, ...]:
    """Rows with what was typed into them, else one for the reader's language and one beside."""
    reader = forms.reader()
    if sent is None:
        beside = "en" if reader != "en" else typed.LANGUAGES[1]
        return (typed.Line(f"{name}-0", reader, ""), typed.Line(f"{name}-1", beside, ""))
    rows = [
        typed.Line(
            f"{name}-{at}", sent.get(f"{name}-{at}-lang", ""), sent.get(f"{name}-{at}-text", "")
        )
        for at in range(typed.MOST_LANGUAGES)
        if f"{name}-{at}-text" in sent
    ]
    return tuple(rows)


def _kept_parties(sent: Any, rows: int) -> list[typed.Named]:
    reader = forms.reader()
    made = []
    for at in range(rows):
        name = f"party-{at}"
        line = typed.Line(f"{name}-name-0", reader, "")
        if sent is not None:
            tag, text = sent.get(f"{line.name}-lang", reader), sent.get(f"{line.name}-text", "")
            line = typed.Line(line.name, tag, text)
        made.append(
            typed.Named(
                name, "", (line,),
                sent.get(f"{name}-organisation", "") if sent else "",
                sent.get(f"{name}-country", "") if sent else "",
            )
        )  # fmt: skip
    return made


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: HttpRequest, agreement_id: str) -> HttpResponse:
    """One agreement: its versions, who is bound on a day, what stands under it."""
    actor, now = actor_of(request), clock.now()
    found = services.agreement_of(agreement_id, actor)
    if request.method == "POST":
        made = services.next_version(
            agreement_id=found.id, actor=actor, now=now, key=request.POST.get("key") or None
        )
        return redirect(services.address(made))
    last = selectors.last_version(found)
    today = selectors.today(last, now)
    form = forms.DayForm(request.GET if "on" in request.GET else None, initial={"on": today})
    day: date = form.cleaned_data["on"] if form.is_bound and form.is_valid() else today
    view = selectors.view(last, actor, now)
    return render(
        request,
        "agreements/agreement.html",
        {
            "agreement": found,
            "view": view,
            "type": labels.TYPES.get(found.type, found.type),
            "public_from": labels.PUBLIC_FROM[found.public_from],
            "versions": [
                (one, VERSION.label(one.state)) for one in found.versions.order_by("-number")
            ],
            "form": form,
            "day": day,
            "standings": selectors.standings_on(found, day),
            "key": new_key(),
        },
        status=422 if form.errors else 200,
    )
