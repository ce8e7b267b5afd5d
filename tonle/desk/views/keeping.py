"""The steward's side: offices of the help page, calendars of the members."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tonle.desk import calendars, forms, keeping, permissions, selectors
from tonle.desk.models import Office
from tonle.infra import clock
from tonle.kernel import codes
from tonle.kernel.errors import Invalid, NotFound
from tonle.web.public import actor_of, language_tag


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offices(request: HttpRequest, office_id: str | None = None) -> HttpResponse:
    """The offices, and a form to add or change one."""
    actor, now = actor_of(request), clock.now()
    if not permissions.may_keep_desk(actor):
        raise NotFound
    rows = selectors.offices()
    office = next((row for row in rows if row.id == office_id), None)
    if office_id is not None and office is None:
        raise NotFound
    tag = language_tag(get_language() or "en")
    form = forms.OfficeForm(
        request.POST if request.method == "POST" and "remove" not in request.POST else None,
        tag=tag,
        initial=_initial(office, tag) if office else {},
    )
    if request.method == "POST" and "remove" in request.POST:
        keeping.remove_office(office_id=office_id or "", actor=actor, now=now)
        return redirect("desk:offices")
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            keeping.keep_office(
                office_id=office_id,
                names={**(office.names if office else {}), **form.texts("name", tag)},
                hours={**(office.hours if office else {}), **form.texts("hours", tag)},
                address={**(office.address if office else {}), **form.texts("address", tag)},
                telephone=sent["telephone"],
                mail=sent["mail"],
                languages=sent["languages"],
                member="",
                actor=actor,
                now=now,
            )
        except Invalid as error:
            forms.mark(form, error)
        else:
            messages.success(request, _("The help page shows it now."))
            return redirect("desk:offices")
    return render(
        request,
        "desk/offices.html",
        {"offices": rows, "form": form, "office": office},
        status=422 if form.errors else 200,
    )


def _initial(office: Office, tag: str) -> dict[str, object]:
    found: dict[str, object] = {
        "telephone": office.telephone, "mail": office.mail, "languages": office.languages,
    }  # fmt: skip
    for field, texts in (
        ("name", office.names), ("hours", office.hours), ("address", office.address),
    ):  # fmt: skip
        found[field] = texts.get(tag, "")
        found[f"{field}_en"] = texts.get("en", "")
    return found


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """A member's year: which days are not as other days, and correcting one."""
    actor, now = actor_of(request), clock.now()
    if not permissions.may_keep_desk(actor):
        raise NotFound
    member = request.GET.get("member", "")
    member = member if codes.valid("members", member) else calendars.own_member()
    year = request.GET.get("year", "")
    shown = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else now.year
    shown = min(max(shown, keeping.YEARS[0]), keeping.YEARS[1])
    here = f"{reverse('desk:calendar')}?member={member}&year={shown}"
    form = forms.DayForm(
        request.POST if request.method == "POST" and "forget" not in request.POST else None
    )
    if request.method == "POST" and "forget" in request.POST:
        keeping.forget_correction(
            member=member, day=_day(request.POST["forget"]), actor=actor, now=now
        )
        return redirect(here)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        tag = language_tag(get_language() or "en")
        try:
            keeping.correct_day(
                member=member,
                day=sent["day"],
                works=sent["works"] == "1",
                names={tag: sent["name"]} if sent["name"].strip() else {},
                source=sent["source"],
                actor=actor,
                now=now,
            )
        except Invalid as error:
            forms.mark(form, error)
        else:
            messages.success(request, _("The calendar is corrected. Promises made stay."))
            return redirect(here)
    return render(
        request,
        "desk/calendar.html",
        {
            "form": form,
            "member": member,
            "members": forms.members(),
            "year": shown,
            "years": [shown - 1, shown, shown + 1],
            "days": calendars.days_of(member, shown, language_tag(get_language() or "en")),
        },
        status=422 if form.errors else 200,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound from None
