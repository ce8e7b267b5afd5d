"""Pages of messages: what waits, how one is told, how the node's channels fare."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.infra.messaging import LABELS
from tonle.infra.messaging.line import events
from tonle.kernel.errors import Invalid, NotFound, Refused
from tonle.people.form_errors import show_in
from tonle.people.notices import addresses, selectors, services, stewarding
from tonle.people.notices.forms import (
    CodeForm,
    NumberForm,
    PreferenceForm,
    RobotForm,
    as_initial,
)
from tonle.people.notices.telling import account_of_stop_token
from tonle.web.public import actor_of

_CODES = "message_codes"  # In the session: codes that this browser was shown.


# --- what waits --------------------------------------------------------------------------


@never_cache
@login_required
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    context = {
        "page": selectors.own_notices(actor=actor, now=now, after=request.GET.get("after", "")),
        "unread": selectors.unread_count(actor),
        "asking": selectors.asking_count(actor),
    }
    return render(request, "people/notices.html", context)


@never_cache
@login_required
@require_safe
def open_notice(request: HttpRequest, notice_id: str) -> HttpResponse:
    """Go to what waits. That it was seen is noted on the way: the only thing a link here does."""
    link = services.mark_read(notice_id=notice_id, actor=actor_of(request), now=clock.now())
    if link is None:
        raise NotFound
    return redirect(link)


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    services.mark_all_read(actor=actor_of(request), now=clock.now())
    return redirect("people:notices")


# --- how one is told ---------------------------------------------------------------------


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def channels(request: HttpRequest) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    shown = selectors.own_channels(actor=actor, now=now)
    working = [one.name for one in shown if one.works]
    preference = services.preference_of(actor.id)
    form = PreferenceForm(
        request.POST or None, channels=working, initial=as_initial(preference, working)
    )
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        first = found.get("first") or "mail"
        try:
            services.save_preference(
                actor=actor,
                now=now,
                # The one chosen, then the others as they were.
                channels=[first, *(n for n in preference.channels if n != first)],
                mail=found["mail"],
                rhythm=found["rhythm"],
                urgent_at_once=found["urgent_at_once"],
                hour=found["hour"],
                weekday=found["weekday"],
                zone=found["zone"],
            )
        except Invalid as error:
            show_in(form, error)
        else:
            messages.success(request, _("Your choice is kept."))
            return redirect("people:channels")
    return _channels_page(request, form, shown)


def _channels_page(
    request: HttpRequest,
    form: PreferenceForm,
    shown: list[selectors.OwnChannel],
    **other: Any,
) -> HttpResponse:
    now = clock.now()
    context: dict[str, Any] = {
        "form": form,
        "channels": shown,
        "number": NumberForm(),
        "code": CodeForm(),
        "helps": {one.name: _help(request, one, now) for one in shown if one.awaits_code},
        **other,
    }
    wrong = any(f.errors for f in (context["form"], context["number"], context["code"]))
    return render(request, "people/channels.html", context, status=422 if wrong else 200)


def _help(request: HttpRequest, shown: selectors.OwnChannel, now: Any) -> dict[str, str]:
    """What the person needs to prove a channel: the code, where to send it, a picture of that."""
    code = str(request.session.get(_CODES, {}).get(shown.name, ""))
    if not code or shown.name not in {"telegram", "line"}:
        return {}
    if shown.name == "telegram":
        name = addresses.bot_name(now)
        link = f"https://t.me/{quote(name)}?start={code}" if name else ""
        name = f"@{name}" if name else ""
    else:
        name = settings.TONLE_LINE_ID
        link = f"https://line.me/R/ti/p/{quote(name)}" if name else ""
    return {"code": code, "to": name, "link": link, "picture": _picture(link)}


def _picture(link: str) -> str:
    """A QR code of a link, for who reads the page on a computer; "" for no link."""
    if not link:
        return ""
    import segno

    return str(
        segno.make(link, error="m").svg_data_uri(scale=4, border=2, dark="#000", light="#fff")
    )


@sensitive_post_parameters("code")
@login_required
@require_POST
def change_channel(request: HttpRequest, name: str, what: str) -> HttpResponse:
    """connect, confirm, remove or wake one of one's channels."""
    actor, now = actor_of(request), clock.now()
    form: NumberForm | CodeForm | None = None
    try:
        if what == "connect" and name == "sms":
            form = NumberForm(request.POST)
            if form.is_valid():
                number = form.cleaned_data["address"]
                addresses.ask_sms_code(number=number, actor=actor, now=now)
        elif what == "connect":
            code = addresses.show_code(name=name, actor=actor, now=now)
            request.session[_CODES] = {**request.session.get(_CODES, {}), name: code}
        elif what == "confirm" and name == "sms":
            form = CodeForm(request.POST)
            if form.is_valid():
                code = form.cleaned_data["code"]
                addresses.confirm_sms_code(code=code, actor=actor, now=now)
                messages.success(request, _("The number is yours, and messages go there."))
        elif what == "remove":
            addresses.remove_address(name=name, actor=actor, now=now)
        elif what == "wake":
            addresses.wake_address(name=name, actor=actor, now=now)
            messages.success(request, _("A message is on its way there, to see whether it works."))
        else:
            raise NotFound
    except Invalid as error:
        if form is None:
            raise
        show_in(form, error)
    except Refused as error:
        messages.error(request, say(error))
    if form is not None and form.errors:
        return _again(request, form)
    return redirect("people:channels")


def _again(request: HttpRequest, form: NumberForm | CodeForm) -> HttpResponse:
    """The page with the small form that was filled in wrongly."""
    actor, now = actor_of(request), clock.now()
    shown = selectors.own_channels(actor=actor, now=now)
    working = [one.name for one in shown if one.works]
    preference = services.preference_of(actor.id)
    main = PreferenceForm(channels=working, initial=as_initial(preference, working))
    place = "number" if isinstance(form, NumberForm) else "code"
    return _channels_page(request, main, shown, **{place: form})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_letters(request: HttpRequest, token: str) -> HttpResponse:
    """End letters by mail from the link in one of them, without sign-in.

    A mail program posts here by itself (RFC 8058), so there is no form token to ask for; the
    signed link is what permits. Opening the link changes nothing: programs also look at links.
    """
    account_id = account_of_stop_token(token)
    if account_id is None:
        raise NotFound
    if request.method == "POST":
        services.stop_letters(account_id=account_id, now=clock.now())
    answer = render(request, "people/stop_letters.html", {"done": request.method == "POST"})
    # The address holds the permission.
    answer.headers["Referrer-Policy"] = "strict-origin"
    return answer


@csrf_exempt
@require_POST
def line_hook(request: HttpRequest) -> HttpResponse:
    """LINE tells what people did with the node's account; signed with the channel's secret."""
    found = events(
        settings.TONLE_LINE_SECRET, request.body, request.headers.get("X-Line-Signature", "")
    )
    if found is None:
        return HttpResponse(status=403)
    addresses.take_line_events(found, clock.now())
    return HttpResponse(status=200)


# --- the steward's page ------------------------------------------------------------------


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def steward_messages(request: HttpRequest) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    overview = stewarding.overview(actor=actor, now=now)
    form = RobotForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            stewarding.add_robot(**form.cleaned_data, actor=actor, now=now)
        except Invalid as error:
            show_in(form, error)
        else:
            messages.success(request, _("The group is added. Send it a test."))
            return redirect("people:steward_messages")
    context = {"overview": overview, "form": form, "labels": LABELS}
    return render(
        request, "people/steward_messages.html", context, status=422 if form.errors else 200
    )


@login_required
@require_POST
def send_test(request: HttpRequest, name: str) -> HttpResponse:
    try:
        stewarding.send_test(name=name, actor=actor_of(request), now=clock.now())
    except Refused as error:
        messages.error(request, say(error))
    else:
        messages.success(request, _("A test is on its way. Load this page again in a moment."))
    return redirect("people:steward_messages")


@login_required
@require_POST
def remove_robot(request: HttpRequest, robot_id: str) -> HttpResponse:
    stewarding.remove_robot(id=robot_id, actor=actor_of(request), now=clock.now())
    messages.success(request, _("The group is removed."))
    return redirect("people:steward_messages")
