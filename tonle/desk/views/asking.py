"""The asker's side: the help page, a question, one's own questions."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tonle.api.public import count, network_of
from tonle.catalogue import public as catalogue
from tonle.desk import calendars, forms, selectors, services
from tonle.infra import clock
from tonle.infra.idempotency import new_key
from tonle.kernel.actors import Actor
from tonle.kernel.errors import Invalid, NotFound, TonleError
from tonle.kernel.identifiers import normalise_id
from tonle.web.public import actor_of

# Questions an hour, from one address or account: more than anybody asks, few for a machine.
ASKED_AN_HOUR = 10
# Letters to one address, which may be that of somebody who asked nothing.
ASKED_FOR_AN_HOUR = 5


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Where to call, when, in which languages; and asking the node itself."""
    return render(
        request,
        "desk/help.html",
        {
            "offices": selectors.offices(),
            "days": settings.TONLE_ANSWER_DAYS,
            "promised_on": services.promise_of(clock.now()),
            "member": calendars.own_member(),
            "answers_here": selectors.answers_here(actor_of(request)),
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, record_id: str = "") -> HttpResponse:
    """Ask about a record, or the node. Who is not signed in confirms an address."""
    actor, now = actor_of(request), clock.now()
    titles = _titles(record_id, actor) if record_id else {}
    known = actor.kind == "person"
    form = forms.AskForm(
        request.POST if request.method == "POST" else None, known=known, initial={"key": new_key()}
    )
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            _slow_down(request, actor, "" if known else sent["address"], now)
            question = services.ask(
                record_id=record_id,
                text=sent["text"],
                language=get_language() or settings.LANGUAGE_CODE,
                actor=actor,
                now=now,
                asker=None if known else services.Asker(sent["address"], sent["name"]),
                may_be_public=sent["may_be_public"],
                key=sent["key"] or None,
            )
        except NotFound:
            raise
        except TonleError as error:
            forms.mark(form, error)
        else:
            if not known:
                return redirect("desk:sent")
            messages.success(request, _("Your question is on its way."))
            return redirect("desk:question", question_id=question.id)
    return render(
        request,
        "desk/ask.html",
        {
            "form": form,
            "record_id": record_id,
            "titles": titles,
            "known": known,
            "promised_on": services.promise_of(now),
        },
        status=422 if form.errors else 200,
    )


def _slow_down(request: HttpRequest, actor: Actor, address: str, now: datetime) -> None:
    """Count one question: by who asks, and by the address that a letter goes to, which may be
    that of somebody who asked nothing. Raises TooManyRequests."""
    who = actor.id or network_of(request.META.get("REMOTE_ADDR", ""))
    count("desk.ask", who, limit=ASKED_AN_HOUR, seconds=3600, now=now)
    if address:
        count("desk.ask-mail", address.lower(), limit=ASKED_FOR_AN_HOUR, seconds=3600, now=now)


@require_safe
def record_questions(request: HttpRequest, record_id: str) -> HttpResponse:
    """What was asked and answered in public about a record."""
    titles = _titles(record_id, actor_of(request))
    return render(
        request,
        "desk/record_questions.html",
        {
            "record_id": record_id,
            "titles": titles,
            "questions": selectors.public_answers(record_id)[: selectors.PAGE],
        },
    )


@never_cache
@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The reader's own questions."""
    rows = list(selectors.asked_by(actor_of(request))[: selectors.PAGE])
    return render(request, "desk/mine.html", {"rows": rows, "titles": selectors.titles_of(rows)})


@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """A letter is under way to the stranger's address. The same page for every address."""
    return render(request, "desk/sent.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, secret: str) -> HttpResponse:
    """Pass the question on. By a button: programs that look into letters open links, too."""
    actor, now = actor_of(request), clock.now()
    question = services.by_link(secret)
    if request.method == "POST" and question.state == "asked":
        services.confirm(secret=secret, actor=actor, now=now)
        messages.success(request, _("Your question is on its way."))
    if request.method == "POST" or question.state != "asked":
        return redirect("desk:by_link", secret=secret)
    return _private(render(request, "desk/confirm.html", {"secret": secret}))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """A stranger's question: what was said, and asking on."""
    actor, now = actor_of(request), clock.now()
    question = services.by_link(secret)
    if question.state == "asked":
        return redirect("desk:confirm", secret=secret)
    form = forms.WriteForm(
        request.POST if request.method == "POST" else None, initial={"key": new_key()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.write(
                question=question,
                text=form.cleaned_data["text"],
                actor=actor,
                now=now,
                as_asker=True,
                key=form.cleaned_data["key"] or None,
            )
        except TonleError as error:
            forms.mark(form, error)
        else:
            messages.success(request, _("Your words are there."))
            return redirect("desk:by_link", secret=secret)
    view = selectors.view(question, actor, as_asker=True)
    return _private(
        render(
            request,
            "desk/question.html",
            {"view": view, "write": form, "target": request.path},
            status=422 if form.errors else 200,
        )
    )


def _private(response: HttpResponse) -> HttpResponse:
    """A page whose address is a secret tells no other site where its reader came from."""
    response["Referrer-Policy"] = "no-referrer"
    return response


def _titles(record_id: str, actor: Actor) -> dict[str, str]:
    """The titles of a record that stands. Raises NotFound for every other name."""
    try:
        name = normalise_id(record_id)
    except Invalid:
        raise NotFound from None
    view = catalogue.record_view(record_id=name, actor=actor, now=clock.now())
    if view.record.state != "published":
        raise NotFound
    titles: dict[str, str] = view.document["titles"]
    return titles
