"""The curators' desk, and one deposit on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tonle.catalogue import public as catalogue
from tonle.deposit import checks, concepts
from tonle.deposit.curation import publishing, selectors, services
from tonle.deposit.curation import withdrawals as taking_back
from tonle.deposit.curation.machine import DECLINE_REASONS, WITHDRAWAL_REASONS
from tonle.deposit.curation.permissions import demand, keeps_node, may_curate
from tonle.deposit.curation.selectors import SubmissionView
from tonle.deposit.forms import seals
from tonle.deposit.forms.guards import desk as guarded
from tonle.infra import audit, clock
from tonle.infra.i18n import say
from tonle.infra.idempotency import new_key
from tonle.infra.ocfl import Place
from tonle.infra.server.files import RangedAnswer, file_answer
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Conflict, Invalid, NotFound, Refused, TonleError
from tonle.kernel.sentences import Sentence
from tonle.people import public as people
from tonle.web.public import actor_of, language_tag


@guarded
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What waits, by tab, the longest first."""
    actor, now = actor_of(request), clock.now()
    tab = request.GET.get("tab", "waiting")
    rows, following = selectors.queue(
        actor,
        tab,
        request.GET.get("cursor") or None,
        now,
        community=request.GET.get("community", ""),
    )
    counts = selectors.waiting_counts(actor)
    query = request.GET.copy()
    query["cursor"] = following or ""
    return render(
        request,
        "deposit/curation/desk.html",
        {
            "tab": tab,
            "tabs": [(name, _(label), counts.get(name)) for name, label in _tabs()],
            "rows": rows,
            "next": f"?{query.urlencode()}" if following else "",
            "withdrawals": len(taking_back.waiting_withdrawals(actor)),
            "keeps_node": keeps_node(actor),
        },
    )


def _tabs() -> list[tuple[str, str]]:
    return list(selectors.TAB_LABELS.items())


@guarded
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, draft_id: str) -> HttpResponse:
    """One deposit as a curator sees it, and what a curator may do with it."""
    actor, now = actor_of(request), clock.now()
    problems: list[str] = []
    if request.method == "POST":
        try:
            return _act(request, draft_id, actor, now)
        except (Invalid, Refused, Conflict) as error:
            problems = sentences(error)
    view = selectors.submission_view(draft_id, actor, now)
    if not view.curates:
        raise NotFound
    return render(
        request, "deposit/curation/review.html",
        _context(request, view, actor, problems, now),
        status=409 if problems else 200,
    )  # fmt: skip


def _context(
    request: HttpRequest, view: SubmissionView, actor: Actor, problems: list[str], now: datetime
) -> dict[str, Any]:
    files = [
        {
            "name": file.name,
            "size_bytes": file.size_bytes,
            "media_type": file.media_type,
            "format": f"{file.media_type} · {_new_or_not(file)}"
            if view.row.brings == "version"
            else "",
            "sha256": file.sha256,
            "url": reverse("deposit:review_file", args=[view.id, file.name]) if file.given else "",
        }
        for file in view.draft.files
    ]
    community = people.community(view.row.community) if view.row.community else None
    findings = fair(view)
    vouches = keeps_node(actor) and not view.vouched
    invented = vouches and people.is_invented_to(actor, view.depositor_id)
    return {
        "view": view,
        "record": view.document,
        "rest": rest(view.document),
        "files": files,
        "kind_label": _(catalogue.kind(view.row.kind).label),
        "community": community,
        "problems": problems,
        "key": request.POST.get("key") or new_key(),
        "seal": seals.seal(seals.FORM, view.id, actor),
        "sent": request.POST,
        "reasons": [(name, _(label)) for name, label in DECLINE_REASONS.items()],
        "fields": askable(view),
        "findings": findings,
        "could": sum(one["severity"] == "could" for one in findings),
        "checks": checks.summary(view.id),
        "refusals": [say(r) for r in view.refusals.get("accept", ())],
        "similar": alike(view, now),
        "concepts": concepts.suggested(view.document).concepts,
        "may_vouch": vouches and not invented,
        "vouches_for_nobody": vouches and invented,
    }


def _new_or_not(file: Any) -> str:
    return _("new in this version") if file.is_new else _("from the version before")


def askable(view: SubmissionView) -> list[str]:
    """The fields a curator may ask to change: what every form asks, and what is there."""
    always = (
        "titles", "creators", "descriptions", "access", "rights", "files", "subjects", "dates",
        "members", "languages", "geo_locations", "relations", "funding_references",
    )  # fmt: skip
    return list(dict.fromkeys([*always, *(name for name in view.document if name != "kind")]))


def rest(document: dict[str, Any]) -> dict[str, Any]:
    """What a draft's page does not show in a place of its own."""
    return {name: value for name, value in document.items() if name not in _SHOWN}


_SHOWN = frozenset(
    (
        "kind", "titles", "creators", "descriptions", "translations", "access", "rights",
        "geo_locations", "communities", "publication_year", "members", "languages", "subjects",
    )
)  # fmt: skip


def fair(view: SubmissionView) -> list[dict[str, str]]:
    """What is missing or weak, in words."""
    found = checks.fair_findings(view.document, view.draft.files)
    return [
        {
            "severity": one.severity,
            "message": say(one.message, one.data),
            "why": say(one.why, one.data),
        }
        for one in found
    ]


def alike(view: SubmissionView, now: datetime) -> list[dict[str, Any]]:
    """Records here that may be the same thing: possible, never certain."""
    found = catalogue.similar_records(
        view.document,
        now=now,
        language=language_tag(get_language() or "en"),
        without=view.row.record_id,
    )
    return [
        {
            "id": one.id,
            "url": one.url,
            "language": one.title[0],
            "title": one.title[1],
            "reasons": [say(reason.message, reason.data) for reason in one.reasons],
        }
        for one in found
    ]


def _act(request: HttpRequest, draft_id: str, actor: Actor, now: datetime) -> HttpResponse:
    """Carry out one button of the review page. Raises what the services raise."""
    sent = request.POST
    key = sent.get("key") or None
    text = sent.get("text", "")
    common: dict[str, Any] = {"draft_id": draft_id, "actor": actor, "now": now, "key": key}
    events: dict[str, Callable[[], Any]] = {
        "claim": lambda: services.claim(**common),
        "release": lambda: services.release(**common),
        "comment": lambda: services.comment(
            text=text, visible_to_depositor="private" not in sent, **common
        ),
        "ask_changes": lambda: services.ask_changes(
            text=text,
            fields={
                name.removeprefix("field-"): str(value)
                for name, value in sent.items()
                if name.startswith("field-")
            },
            **common,
        ),
        "accept": lambda: publishing.accept(note=text, vouch="vouch" in sent, **common),
        "decline": lambda: services.decline(reason=sent.get("reason", ""), text=text, **common),
        "reopen": lambda: services.reopen(text=text, **common),
        "overturn": lambda: services.decide_appeal(grant=True, text=text, **common),
        "uphold": lambda: services.decide_appeal(grant=False, text=text, **common),
    }
    if sent.get("do") == "merge":
        return _merge(request, draft_id, actor, now)
    event = events.get(sent.get("do", ""))
    if event is None:
        raise NotFound
    done = event()
    _say_done(request, sent.get("do", ""), done.state)
    return redirect("deposit:review", draft_id=draft_id)


def _merge(request: HttpRequest, draft_id: str, actor: Actor, now: datetime) -> HttpResponse:
    """Make a published duplicate part of the record that was here before."""
    submission = services.load(draft_id, actor)
    demand(may_curate(actor, submission))
    words = request.POST.get("text", "").strip()
    if not words:
        raise Invalid([("text", N_("Say why they are the same."))])
    remains = catalogue.merge(
        record_id=submission.record_id,
        into=request.POST.get("into", ""),
        reason={"und": words},
        actor=actor,
        now=now,
        both_dois="both_dois" in request.POST,
    )
    messages.success(request, _("They are one record now."))
    return redirect(f"/records/{remains.id}")


def _say_done(request: HttpRequest, event: str, state: str) -> None:
    if event == "accept" and state != "published":
        messages.warning(request, _("It could not be published. The reasons stand in its history."))
        return
    messages.success(
        request,
        {
            "claim": _("You have taken it on."),
            "release": _("Another curator can take it on now."),
            "comment": _("Your comment is there."),
            "ask_changes": _("The depositor has it back, with what you asked for."),
            "accept": _("It is published."),
            "decline": _("It is declined. The depositor is told why, and how to appeal."),
            "reopen": _("It waits for a curator again."),
            "overturn": _("The appeal is granted. It waits for a curator again."),
            "uphold": _("The decision stands. The depositor is told why."),
        }[event],
    )


@guarded
@require_safe
def file(request: HttpRequest, draft_id: str, name: str) -> HttpResponseBase:
    """A file of a deposit that is not public yet, for those who write or curate it."""
    actor = actor_of(request)
    selectors.submission_of(draft_id, actor)
    now = clock.now()
    return answer_file(*catalogue.draft_file(draft_id=draft_id, name=name, actor=actor, now=now))


def answer_file(row: Any, path: Place) -> RangedAnswer:
    """A confidential file: kept by no cache, named to no other page."""
    answer = file_answer(
        path,
        content_type=row.media_type,
        sha256=row.sha256,
        sha512=row.sha512,
        filename=row.name.rsplit("/", 1)[-1],
    )
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@guarded
@require_http_methods(["GET", "HEAD", "POST"])
def withdrawals(request: HttpRequest) -> HttpResponse:
    """Owners' requests to take a published record back."""
    actor, now = actor_of(request), clock.now()
    if not keeps_node(actor):
        raise NotFound
    problems: list[str] = []
    if request.method == "POST":
        try:
            taking_back.decide_withdrawal(
                request_id=request.POST.get("request", ""),
                grant=request.POST.get("do") == "grant",
                text=request.POST.get("text", ""),
                actor=actor,
                now=now,
            )
        except (Invalid, Refused) as error:
            problems = sentences(error)
        else:
            messages.success(request, _("Decided. The owner is told."))
            return redirect("deposit:withdrawals")
    waiting = taking_back.waiting_withdrawals(actor)
    said = audit.personal([row.entry_id for row in waiting])
    names = people.known(row.asked_by for row in waiting)
    rows = [
        {
            "request": row,
            "titles": taking_back.titles_of(row),
            "why": _(WITHDRAWAL_REASONS[row.category]),
            "text": said.get(row.entry_id, {}).get("text", ""),
            "who": names[row.asked_by].name or names[row.asked_by].email
            if row.asked_by in names
            else "",
        }
        for row in waiting
    ]
    return render(
        request,
        "deposit/curation/withdrawals.html",
        {"rows": rows, "problems": problems, "seal": seals.seal(seals.FORM, "", actor)},
        status=422 if problems else 200,
    )


def sentences(error: TonleError) -> list[str]:
    """Everything an error says, in the reader's language, one sentence each."""
    if isinstance(error, Refused):
        return [say(refusal) for refusal in error.refusals]
    if isinstance(error, Invalid):
        return [
            say(what.message, what.data) if isinstance(what, Sentence) else say(what)
            for _where, what in error.problems
        ]
    return [say(error)]
