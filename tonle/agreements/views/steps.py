"""What a party does, on its page: on screen, on paper, and the second pair of eyes.

These pages know a subject and a deed, and nothing of agreements: contexts whose things parties
act upon link to them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tonle.agreements import forms, steps
from tonle.agreements.steps import Evidence, Subject, What, Words
from tonle.infra import clock
from tonle.infra.idempotency import new_key
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Conflict, NotFound, NotPermitted, Refused, TonleError
from tonle.people.public import names_of, proved_at, way_to_prove
from tonle.web.public import actor_of


@transaction.atomic
def _about(kind: str, name: str, party: str, deed: str, actor: Actor) -> tuple[Subject, Words]:
    """The subject, and what the deed is called. Raises NotFound alike for hidden and absent."""
    subject = steps.subject_of(kind, name, actor)
    words = subject.words(deed)
    if words is None or subject.organisation(party) is None:
        raise NotFound
    return subject, words


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, kind: str, name: str, party: str, deed: str) -> HttpResponse:
    """An officer of the party confirms the text's digest, having proved again who they are."""
    actor, now = actor_of(request), clock.now()
    subject, words = _about(kind, name, party, deed, actor)
    if not steps.acts_for(actor, subject, party):
        raise NotPermitted(reason=N_("Only an officer of this party acts for it."))
    if not steps.is_fresh(proved_at(request, now), now):
        return _to_prove(request, subject)
    form = forms.ActForm(
        request.POST if request.method == "POST" else None,
        words=words,
        initial={"sha256": subject.sha256, "key": new_key()},
    )
    if request.method == "POST" and form.is_valid():
        what = What(kind, name, party, deed, form.cleaned_data["sha256"], form.data_of_deed())
        try:
            steps.on_screen(
                what,
                proved_at=proved_at(request, now),
                actor=actor,
                now=now,
                key=form.cleaned_data["key"] or None,
            )
        except NotFound:
            raise
        except TonleError as error:
            _mark(form, error)
        else:
            messages.success(request, _("It is done, and kept with your name and this moment."))
            return redirect(subject.url)
    return _shown(request, "act", subject, party, words, form)


def _to_prove(request: HttpRequest, subject: Subject) -> HttpResponse:
    """To the page that asks for password, code or passkey, and back here."""
    if way := way_to_prove(request):
        return redirect(way)
    messages.error(
        request,
        _("You signed in through another site some time ago. Sign out and in again, then confirm "
          "within ten minutes."),
    )  # fmt: skip
    return redirect(subject.url)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def write_paper(request: HttpRequest, kind: str, name: str, party: str, deed: str) -> HttpResponse:
    """Write down what a signed paper says, and add its scan."""
    actor = actor_of(request)
    subject, words = _about(kind, name, party, deed, actor)
    if not steps.writes_papers_of(actor, subject, party):
        raise NotPermitted(
            reason=N_("Officers of this party and the secretariat write down its papers.")
        )
    sent = request.POST if request.method == "POST" else None
    form = forms.PaperForm(
        sent,
        request.FILES if sent is not None else None,
        words=words,
        initial={"sha256": subject.sha256, "key": new_key()},
    )
    if sent is not None and form.is_valid():
        told = form.cleaned_data
        what = What(kind, name, party, deed, told["sha256"], form.data_of_deed())
        evidence = Evidence(
            told["done_on"],
            told["signatory"],
            told["office"],
            told["reference"],
            told["scan"].read(forms.most_scan_bytes() + 1),
        )
        try:
            steps.on_paper(what, evidence, actor=actor, now=clock.now(), key=told["key"] or None)
        except NotFound:
            raise
        except TonleError as error:
            _mark(form, error)
        else:
            messages.success(request, _("It is written down. A second officer compares it now."))
            return redirect(subject.url)
    return _shown(request, "write_paper", subject, party, words, form)


def _mark(form: forms.ActForm, error: TonleError) -> None:
    if isinstance(error, Conflict):
        form.add_error(
            None, _("The text is another one by now. Read it again, then begin here anew.")
        )
    elif isinstance(error, Refused) and "effective" in form.fields:
        for refusal in error.refusals:
            beside = refusal.code in {"effective", "too_soon"}
            form.add_error(
                "effective" if beside else None, forms.problems_of(Refused([refusal]))[0]
            )
    else:
        forms.mark(form, error)


def _shown(
    request: HttpRequest,
    template: str,
    subject: Subject,
    party: str,
    words: Words,
    form: forms.ActForm,
) -> HttpResponse:
    return render(
        request,
        f"agreements/steps/{template}.html",
        {"subject": subject, "names": subject.name(party), "words": words, "form": form},
        status=422 if form.errors else 200,
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest, step_id: str) -> HttpResponse:
    """The scan, what was written down beside it, and the second officer's answer."""
    actor, now = actor_of(request), clock.now()
    with transaction.atomic():
        step, subject = steps.paper_of(step_id, actor)
    form, problems = forms.ReasonForm(), list[str]()
    if request.method == "POST":
        try:
            if request.POST.get("do") == "confirm":
                proof = proved_at(request, now)
                if not steps.is_fresh(proof, now):
                    return _to_prove(request, subject)
                steps.confirm(step.id, proved_at=proof, actor=actor, now=now)
                messages.success(request, _("It counts now."))
                return redirect(subject.url)
            form = forms.ReasonForm(request.POST)
            if form.is_valid():
                reason = form.cleaned_data["reason"]
                steps.refuse(step.id, reason=reason, actor=actor, now=now)
                messages.success(request, _("It does not count. Who wrote it down is told."))
                return redirect(subject.url)
        except NotFound:
            raise
        except TonleError as error:
            problems = forms.problems_of(error)
    words = subject.words(step.deed)
    people = names_of({step.made_by, step.decided_by})
    return render(
        request,
        "agreements/steps/paper.html",
        {
            "step": step,
            "paper": step.paper,
            "subject": subject,
            "names": subject.name(step.party),
            "words": words,
            "effective": _day(step.data.get("effective")),
            "why": step.data.get("reason", ""),
            "made_by": people.get(step.made_by, ""),
            "decided_by": people.get(step.decided_by, ""),
            "decides": step.state == "waiting" and step.made_by != actor.id,
            "own": step.state == "waiting" and step.made_by == actor.id,
            "form": form,
            "problems": problems,
        },
        status=422 if problems or form.errors else 200,
    )


def _day(text: Any) -> Any:
    return datetime.fromisoformat(text).date() if text else None


@never_cache
@login_required
@require_safe
def scan(request: HttpRequest, step_id: str) -> HttpResponse:
    """The scan of a paper, as it was sent. Never for the public."""
    with transaction.atomic():
        step, _subject = steps.paper_of(step_id, actor_of(request))
    answer = HttpResponse(bytes(step.paper.scan), content_type=step.paper.media_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Disposition"] = "inline"
    return answer
