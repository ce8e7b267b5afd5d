"""The steward's pages: what this node is put in front of, how it goes, and what failed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tonle.api.public import count
from tonle.catalogue.public import record_view
from tonle.federation.harvest import forms, hiding, selectors, sources
from tonle.federation.harvest.api import LOOKS_AN_HOUR
from tonle.federation.harvest.clients import PROTOCOLS
from tonle.federation.harvest.models import Run, Source
from tonle.federation.harvest.permissions import may_hide, may_keep_sources
from tonle.federation.harvest.rules.counting import OUTCOMES, met
from tonle.federation.harvest.rules.nameless import is_nameless
from tonle.federation.harvest.rules.reasons import sentence_of
from tonle.federation.stewards import badge, steward, turned
from tonle.infra.i18n import say
from tonle.kernel import codes
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Invalid, NotFound, TonleError
from tonle.web.public import language_tag

ISSUES = 25
# How a source or a run stands: words, and the tone of its badge.
STANDINGS: dict[str, tuple[str, str]] = {
    "new": (N_("Not harvested yet"), ""),
    "working": (N_("In work"), ""),
    "waiting": (N_("Waiting for the source"), "warn"),
    "interrupted": (N_("Interrupted"), "warn"),
    "complete": (N_("Complete"), "good"),
    "partial": (N_("Partial"), "warn"),
    "failed": (N_("Failed"), "bad"),
    "doubted": (N_("Waits for your decision"), "bad"),
    "paused": (N_("Paused"), "warn"),
    "stopped": (N_("Removed"), ""),
}
SORTS: dict[str, str] = {
    "changes": N_("Changes"),
    "whole": N_("Everything"),
    "retry": N_("Another try"),
    "reread": N_("Read again"),
    "sweep": N_("Deletions"),
    "removal": N_("Removal"),
}


@never_cache
@login_required
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every source and how it stands."""
    _actor, now = steward(request, may_keep_sources)
    states = selectors.states_of(list(selectors.all_sources()), now)
    rows = [
        {
            "state": one,
            "badge": badge(STANDINGS, one.standing),
            "speaks": PROTOCOLS[one.source.protocol],
        }
        for one in states
    ]
    return render(request, "federation/sources.html", {"rows": rows})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """An address; then what answers there and its first records; then yes."""
    actor, now = steward(request, may_keep_sources)
    form = forms.PlaceForm(request.POST if request.method == "POST" else None)
    looked, problem = None, ""
    if request.method == "POST" and form.is_valid():
        count("federation.look", actor.id, limit=LOOKS_AN_HOUR, seconds=3600, now=now)
        place = dict(form.cleaned_data)
        place["prefix"] = place.pop("metadata_prefix")
        try:
            if "add" in request.POST:
                source = sources.begin_with(**place, actor=actor, now=now)
                messages.success(request, _("It is being harvested. This page shows how it goes."))
                return redirect("federation:source", source_id=source.id)
            looked = sources.look(**place, actor=actor, now=now)
        except Invalid as error:
            forms.mark(form, error)
        except TonleError as error:
            problem = say(error)
    return render(
        request,
        "federation/source_add.html",
        {
            "form": form,
            "looked": looked,
            "speaks": PROTOCOLS[looked.protocol] if looked else "",
            "previews": [_preview(one) for one in looked.previews] if looked else [],
            "problem": problem,
        },
        status=422 if problem or form.errors else 200,
    )


def _preview(one: sources.Preview) -> dict[str, Any]:
    return {
        "one": one,
        "outcome": _(OUTCOMES.get(one.outcome, one.outcome)),
        "faulty": one.outcome in {"refused", "failed"},
        "reasons": [_reason(reason) for reason in one.reasons],
    }


def _reason(reason: dict[str, Any]) -> str:
    said = say(sentence_of(reason))
    return f"{reason['where']}: {said}" if reason["where"] else said


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def source(request: HttpRequest, source_id: str) -> HttpResponse:
    """One source: how it stands, its runs, what could not be taken in, and what can be done."""
    actor, now = steward(request, may_keep_sources)
    row = sources.load(source_id, actor)
    tag = language_tag(get_language() or "en")
    form, problem = forms.SourceForm.of(row, tag), ""
    if request.method == "POST":
        do = request.POST.get("do", "")
        try:
            if do == "change":
                form = forms.SourceForm(request.POST)
                if form.is_valid():
                    sources.change_source(
                        source_id=row.id, wanted=form.wanted(row.names, tag), actor=actor, now=now
                    )
            else:
                _act(do, row, actor, now)
        except Invalid as error:
            forms.mark(form, error)
        except NotFound:
            raise
        except TonleError as error:
            problem = say(error)
        if not (problem or form.errors):
            messages.success(request, _(DONE.get(do, DONE["change"])))
            return redirect("federation:source", source_id=row.id)
    return render(
        request,
        "federation/source.html",
        {**_shown(request, row, now), "form": form, "problem": problem},
        status=422 if problem or form.errors else 200,
    )


DONE: dict[str, str] = {
    "change": N_("Kept."),
    "harvest": N_("It begins in a moment. Load this page again to see how it goes."),
    "whole": N_("It begins in a moment. Load this page again to see how it goes."),
    "retry": N_("It is tried again in a moment. Load this page again to see how it goes."),
    "pause": N_("It is paused. Its records stay as they are."),
    "resume": N_("It goes on."),
    "believe": N_("They are being withdrawn."),
    "doubt": N_("They stay."),
    "remove": N_("Its records are being withdrawn."),
}


def _act(do: str, row: Source, actor: Actor, now: datetime) -> None:
    """What a button asks for. Raises NotFound for none of ours."""
    if do in {"harvest", "whole"}:
        sources.ask_now(source_id=row.id, actor=actor, now=now, whole=do == "whole")
    elif do == "retry":
        sources.ask_again(source_id=row.id, actor=actor, now=now)
    elif do == "pause":
        sources.pause_source(source_id=row.id, actor=actor, now=now)
    elif do == "resume":
        sources.resume_source(source_id=row.id, actor=actor, now=now)
    elif do in {"believe", "doubt"}:
        sources.answer_doubt(source_id=row.id, believe=do == "believe", actor=actor, now=now)
    elif do == "remove":
        sources.remove_source(source_id=row.id, actor=actor, now=now)
    else:
        raise NotFound


def _shown(request: HttpRequest, row: Source, now: datetime) -> dict[str, Any]:
    state = selectors.states_of([row], now)[0]
    issues, beside = turned(request, selectors.open_issues(row), ISSUES)
    work = state.last if state.last is not None and state.last.ended_at is None else None
    done = met(work.counts) if work else 0
    tag = language_tag(get_language() or "en")
    return {
        "source": row,
        "state": state,
        "badge": badge(STANDINGS, state.standing),
        "waits": _reason(row.waits_for) if state.standing == "waiting" else "",
        "speaks": PROTOCOLS[row.protocol],
        "work": work,
        "met": done,
        # What is gone was met as well, and no source counts it.
        "expected": max(work.expected, done) if work and work.expected else 0,
        "member": codes.label("members", row.member, tag) if row.member else "",
        "runs": [_run(row, run, now) for run in selectors.runs_of(row)],
        "issues": [
            {"identifier": "" if is_nameless(one.identifier) else one.identifier,
             "home_url": one.home_url, "found_at": one.found_at,
             "reasons": [_reason(reason) for reason in one.reasons]}
            for one in issues
        ],
        "issue_count": state.issues,
        **beside,
    }  # fmt: skip


def _run(source: Source, run: Run, now: datetime) -> dict[str, Any]:
    return {
        "run": run,
        "badge": badge(STANDINGS, selectors.run_state(source, run, now)),
        "sort": _(SORTS[run.sort]),
        "counts": [(_(words), number) for _name, words, number in selectors.counted(run)],
        "why": say(sentence_of(run.reason)) if run.reason else "",
    }


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, source_id: str) -> HttpResponse:
    """Are you sure: its records are withdrawn."""
    actor, now = steward(request, may_keep_sources)
    row = sources.load(source_id, actor)
    if request.method == "POST":
        sources.remove_source(source_id=row.id, actor=actor, now=now)
        messages.success(request, _(DONE["remove"]))
        return redirect("federation:source", source_id=row.id)
    state = selectors.states_of([row], now)[0]
    return render(request, "federation/source_remove.html", {"source": row, "state": state})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hide(request: HttpRequest, record_id: str) -> HttpResponse:
    """Hide a harvested record here, with a reason; or show it again."""
    actor, now = steward(request, may_hide)
    view = record_view(record_id=record_id, actor=actor, now=now)
    if not view.record.kept_in:
        raise NotFound
    is_hidden = hiding.is_hidden(record_id)
    form = forms.HideForm(request.POST if request.method == "POST" and not is_hidden else None)
    if request.method == "POST" and is_hidden:
        hiding.unsuppress(record_id=record_id, actor=actor, now=now)
        messages.success(request, _("It is shown again."))
        return redirect("catalogue:record", record_id)
    if request.method == "POST" and form.is_valid():
        hiding.suppress(record_id=record_id, **form.cleaned_data, actor=actor, now=now)
        messages.success(request, _("It is hidden here. No harvest brings it back."))
        return redirect("catalogue:record", record_id)
    shown = {
        "form": None if is_hidden else form,
        "record": view.record,
        "titles": view.document["titles"],
        "is_hidden": is_hidden,
    }
    return render(request, "federation/hide.html", shown, status=422 if form.errors else 200)
