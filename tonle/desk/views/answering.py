"""The desk's side: what waits, and one question with everything that can be done about it."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tonle.desk import forms, permissions, selectors, services
from tonle.desk.models import Question
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.infra.idempotency import new_key
from tonle.kernel.actors import Actor
from tonle.kernel.errors import Invalid, NotFound, NotPermitted, Refused, TonleError
from tonle.web.public import actor_of, language_tag


@never_cache
@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for this reader's answer, the oldest promise first."""
    actor, now = actor_of(request), clock.now()
    if not selectors.answers_here(actor):
        raise NotFound
    tab = request.GET.get("tab", "waiting")
    tab = tab if tab in selectors.TABS else "waiting"
    page = Paginator(selectors.to_answer(actor, now, tab), selectors.PAGE).get_page(
        request.GET.get("page")
    )
    rows = list(page.object_list)
    query = request.GET.copy()

    def address(number: int) -> str:
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    return render(
        request,
        "desk/desk.html",
        {
            "tab": tab,
            "tabs": [(name, _(label)) for name, label in selectors.TABS.items()],
            "rows": rows,
            "titles": selectors.titles_of(rows),
            "now": now,
            "waiting": selectors.waiting_count(actor),
            "previous": address(page.previous_page_number()) if page.has_previous() else "",
            "next": address(page.next_page_number()) if page.has_next() else "",
            "steward": bool(permissions.may_keep_desk(actor)),
        },
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, question_id: str) -> HttpResponse:
    """One question, for who asked and for who answers."""
    actor, now = actor_of(request), clock.now()
    row = services.load(question_id, actor)
    problems: list[str] = []
    write = forms.WriteForm(initial={"key": new_key()})
    public = forms.PublishForm(initial=_to_publish(row))
    if request.method == "POST":
        do = request.POST.get("do", "write")
        try:
            if do in {"write", "inner"}:
                write = forms.WriteForm(request.POST)
                if write.is_valid():
                    _write(row, write, actor, now, inner=do == "inner")
            elif do == "publish":
                public = forms.PublishForm(request.POST)
                if public.is_valid():
                    services.publish_answer(
                        question_id=row.id,
                        question=public.cleaned_data["question"],
                        answer=public.cleaned_data["answer"],
                        language=language_tag(get_language() or "en"),
                        actor=actor,
                        now=now,
                    )
            else:
                _act(do, request, row, actor, now)
        except NotFound:
            raise
        except Invalid as error:
            forms.mark(public if do == "publish" else write, error)
        except (Refused, NotPermitted, TonleError) as error:
            problems = [say(error)]
        if not (problems or write.errors or public.errors):
            messages.success(request, _said(do))
            return redirect("desk:question", question_id=row.id)
        row = services.load(question_id, actor)
    return render(
        request,
        "desk/question.html",
        {
            "view": selectors.view(row, actor),
            "write": write,
            "public": public,
            "dismiss": forms.DismissForm(),
            "problems": problems,
            "target": request.path,
        },
        status=422 if problems or write.errors or public.errors else 200,
    )


def _write(row: Question, form: forms.WriteForm, actor: Actor, now: datetime, inner: bool) -> None:
    services.write(
        question=row,
        text=form.cleaned_data["text"],
        actor=actor,
        now=now,
        inner=inner,
        key=form.cleaned_data["key"] or None,
    )


def _act(do: str, request: HttpRequest, row: Question, actor: Actor, now: datetime) -> None:
    if do == "pass_on":
        services.pass_on(
            question_id=row.id, text=request.POST.get("text", ""), actor=actor, now=now
        )
    elif do == "dismiss":
        services.dismiss(
            question_id=row.id,
            reason=request.POST.get("reason", ""),
            text=request.POST.get("text", ""),
            actor=actor,
            now=now,
        )
    elif do == "reopen":
        services.reopen(question_id=row.id, actor=actor, now=now)
    elif do == "unpublish":
        services.unpublish_answer(question_id=row.id, actor=actor, now=now)
    else:
        raise NotFound


def _said(do: str) -> str:
    return {
        "write": _("Your words are there."),
        "inner": _("Your note is there. The asker does not see it."),
        "publish": _("Everybody can read it now."),
        "unpublish": _("It is shown no more."),
        "pass_on": _("It is passed on."),
        "dismiss": _("It is closed. The asker reads why."),
        "reopen": _("It waits at the desk again."),
    }[do]


def _to_publish(row: Question) -> dict[str, str]:
    """What the form offers: what is shown already, else the first question and last answer."""
    if row.published_at is not None:
        return {"question": row.public_question, "answer": row.public_answer}
    asked = row.remarks.filter(by_asker=True).order_by("key").first()
    answered = row.remarks.filter(by_asker=False, inner=False).order_by("-key").first()
    return {
        "question": asked.text if asked else "",
        "answer": answered.text if answered else "",
    }
