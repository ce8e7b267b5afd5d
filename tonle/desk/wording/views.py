"""Looking through what the pages say, proposing something better, deciding about it."""

from __future__ import annotations

import io
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import to_locale
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tonle.api.public import count, network_of
from tonle.desk.forms import mark
from tonle.desk.wording import permissions, sayings, services
from tonle.desk.wording.forms import DecideForm, ProposeForm
from tonle.desk.wording.machine import WORDING
from tonle.desk.wording.models import Wording
from tonle.desk.wording.rules import faults
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.infra.idempotency import new_key
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, NotFound, TonleError
from tonle.web.public import actor_of, language_tag

# Proposals an hour from one account or network: a diligent reader, no machine.
PROPOSED_AN_HOUR = 30
SHOWN = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest, code: str) -> HttpResponse:
    """Find what a page says in a language, and say what it should say. For everybody."""
    names = sayings.languages()
    if code not in names:
        raise NotFound
    actor, now = actor_of(request), clock.now()
    query = request.GET.get("q", "")[:200]
    chosen = sayings.sayings(code).get(request.GET.get("say", "")[:64])
    says = services.current(code, chosen) if chosen else ""
    form = ProposeForm(initial={"text": says, "key": new_key()})
    if request.method == "POST" and chosen is not None:
        form = ProposeForm(request.POST)
        if form.is_valid() and (made := _propose(request, form, code, chosen, actor, now)):
            if actor.kind != "person":
                messages.success(request, _("Thank you. A steward reads it and decides."))
                return redirect("desk:words", code=code)
            messages.success(request, _("Thank you. You hear what is decided."))
            return redirect("desk:wording", wording_id=made.id)
    return render(
        request,
        "desk/wording/words.html",
        {
            "code": code,
            "tag": language_tag(code),
            "name": names[code],
            "query": query,
            "found": sayings.find(code, query),
            "most": sayings.MOST,
            "chosen": chosen,
            "says": says,
            "form": form,
            "known": actor.kind == "person",
            "corrected": Wording.objects.filter(language=code, state="accepted").count(),
        },
        status=422 if form.errors else 200,
    )


def _propose(
    request: HttpRequest,
    form: ProposeForm,
    code: str,
    chosen: sayings.Saying,
    actor: Actor,
    now: datetime,
) -> Wording | None:
    sent = form.cleaned_data
    try:
        who = actor.id or network_of(request.META.get("REMOTE_ADDR", ""))
        count("desk.wording", who, limit=PROPOSED_AN_HOUR, seconds=3600, now=now)
        return services.propose(
            language=code,
            saying=chosen.id,
            text=sent["text"],
            comment=sent["comment"],
            actor=actor,
            now=now,
            key=sent["key"] or None,
        )
    except NotFound:
        raise
    except TonleError as error:
        mark(form, error)
        return None


@never_cache
@login_required
@require_safe
def wordings(request: HttpRequest) -> HttpResponse:
    """What was proposed: to a steward all of it, to others what is theirs."""
    actor = actor_of(request)
    decides = permissions.decides(actor)
    rows = Wording.objects.filter(permissions.visible_to(actor))
    if not decides:
        rows = rows.filter(proposed_by=actor.id)
    return render(
        request,
        "desk/wording/wordings.html",
        {
            "decides": decides,
            "waiting": _rows(rows.filter(state="proposed").order_by("proposed_at", "key")),
            "decided": _rows(rows.exclude(state="proposed").order_by("-decided_at", "-key")),
            "languages": sayings.languages(),
        },
    )


def _rows(rows: QuerySet[Wording]) -> list[dict[str, object]]:
    return [
        {"row": row, "tag": language_tag(row.language), "label": WORDING.label(row.state)}
        for row in rows[:SHOWN]
    ]


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def wording(request: HttpRequest, wording_id: str) -> HttpResponse:
    """One proposal: what stands there, what should, and the decision."""
    actor, now = actor_of(request), clock.now()
    row = services.load(wording_id, actor)
    form, problems, status = DecideForm(), list[str](), 200
    if request.method == "POST":
        form = DecideForm(request.POST)
        do = request.POST.get("do", "")
        try:
            if form.is_valid():
                _act(do, row, form.cleaned_data["answer"], actor, now)
                messages.success(request, _(_DONE[do]))
                return redirect("desk:wording", wording_id=row.id)
        except NotFound:
            raise
        except TonleError as error:
            problems, status = [say(error)], error.http_status
        row = services.load(wording_id, actor)
    if row.state == "accepted" and (wrong := faults(row.message, row.proposed)):
        left_out = _("The pages leave this out, since it does not fit what it stands for.")
        problems += [left_out, *(say(one) for one in wrong)]
    return render(
        request,
        "desk/wording/wording.html",
        {
            "row": row,
            "tag": language_tag(row.language),
            "name": sayings.languages().get(row.language, row.language),
            "label": WORDING.label(row.state),
            "form": form,
            "problems": problems,
            "decides": permissions.decides(actor),
            "own": permissions.proposes(actor, row),
        },
        status=status,
    )


_DONE = {
    "accept": N_("The pages say it from now on."),
    "decline": N_("It is not used."),
    "reopen": N_("It waits for a decision again."),
    "take_back": N_("It is taken back."),
}


def _act(do: str, row: Wording, answer: str, actor: Actor, now: datetime) -> None:
    if do == "accept":
        services.accept(wording_id=row.id, answer=answer, actor=actor, now=now)
    elif do == "decline":
        services.decline(wording_id=row.id, answer=answer, actor=actor, now=now)
    elif do == "reopen":
        services.reopen(wording_id=row.id, actor=actor, now=now)
    elif do == "take_back":
        services.take_back(wording_id=row.id, actor=actor, now=now)
    else:
        raise NotFound


@require_safe
def corrections(_request: HttpRequest, code: str) -> HttpResponse:
    """The corrections in use, as a .po that translators upstream can take over."""
    if code not in sayings.languages():
        raise NotFound
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    catalogue = Catalog(
        locale=to_locale(code), header_comment=f"# Corrections by native readers, {code}."
    )
    for row in Wording.objects.filter(language=code, state="accepted").order_by("key"):
        # Why somebody proposed it was told to the stewards, and may say who they are.
        if not faults(row.message, row.proposed):
            catalogue.add(row.message, row.proposed, context=row.context or None)
    target = io.BytesIO()
    write_po(target, catalogue, width=100, omit_header=False)
    answer = HttpResponse(
        target.getvalue(), content_type="text/x-gettext-translation; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="corrections-{code}.po"'
    return answer
