"""Joint calls on pages: the list, one text with its signatures, the sheet for signature."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tonle.agreements.public import qr
from tonle.funding.calls import labels, permissions, selectors, services
from tonle.funding.eligible.words import rule_sentence
from tonle.funding.models import CallText
from tonle.funding.rules import call_changes
from tonle.funding.rules.eligibility import read_rules
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.kernel import canonical
from tonle.kernel.actors import Actor
from tonle.kernel.errors import Invalid, NotFound, Refused, TonleError
from tonle.kernel.money import Money
from tonle.kernel.text import choose
from tonle.web.public import actor_of, choose_language, language_tag, local_money

_REASON_MOST = 2_000


class ReasonForm(forms.Form):
    """Why a text is given up."""

    reason = forms.CharField(
        label=translation.gettext_lazy("Why"),
        max_length=_REASON_MOST,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


@never_cache
@login_required
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """Every joint call that the reader may see, newest first."""
    actor = actor_of(request)
    if not permissions.takes_part(actor):
        raise NotFound
    page = Paginator(selectors.visible(actor), selectors.PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "funding/calls/calls.html",
        {
            "rows": selectors.rows_of(page.object_list, actor),
            "previous": f"?page={page.previous_page_number()}" if page.has_previous() else "",
            "next": f"?page={page.next_page_number()}" if page.has_next() else "",
        },
    )


@never_cache
@login_required
@require_safe
def call(request: HttpRequest, call_id: str) -> HttpResponse:
    """To the last version of its text."""
    found = services.call_of(call_id, actor_of(request))
    return redirect(services.address(selectors.last_text(found)))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, call_id: str, number: int) -> HttpResponse:
    """A text as applicants will see it, who has signed, and what may be done now."""
    actor, now = actor_of(request), clock.now()
    try:
        found = selectors.text_of(call_id, number, actor)
    except NotFound:
        if selectors.is_public(call_id):
            return redirect(f"/records/{call_id}")
        if actor.kind == "person":
            raise
        # Whoever has a paper in hand signs in first; all others are sent there, too.
        return redirect_to_login(request.get_full_path())
    reason, refused = ReasonForm(), list[str]()
    if request.method == "POST":
        reason = ReasonForm(request.POST if request.POST.get("do") == "abandon" else None)
        try:
            if to := _done(request, found, reason, actor):
                return redirect(to)
        except NotFound:
            raise
        except TonleError as error:
            refused = _sentences(error)
        found = selectors.text_of(call_id, number, actor)
    view = selectors.view(found, actor, now)
    return render(
        request,
        "funding/calls/text.html",
        {
            "view": view,
            "reason": reason,
            "refused": refused,
            "wrong": [say(what) for _where, what in view.problems],
            "warnings": [say(what) for _where, what in view.warnings],
            "parties": [(row, *_sums(row)) for row in view.parties],
            "mode": labels.MODES[found.document["mode"]],
            "blindness": labels.BLINDNESS[found.document["blindness"]],
            "decision": labels.DECISIONS[found.document["decision"]],
            "rules": [
                (dict(one.text), "" if one.test == "words" else rule_sentence(one))
                for one in read_rules(found.document["eligibility"])
            ],
            "changes": [
                (call_changes.PARTS[one.part], labels.SORTS[one.sort], one.names)
                for one in view.changes
            ],
            **_shown(request, found),
        },
        status=422 if refused or reason.errors else 200,
    )


def _done(request: HttpRequest, found: CallText, reason: ReasonForm, actor: Actor) -> str:
    """Do what a button asks for. Where to go next; "" where the form must be mended first."""
    do, now, call_id = request.POST.get("do", ""), clock.now(), found.call.id
    if do == "publish":
        services.publish_call(call_id=call_id, actor=actor, now=now)
        messages.success(request, _("The call is published. Its record appears within moments."))
    elif do == "correct":
        made = services.begin_corrigendum(call_id=call_id, actor=actor, now=now)
        return services.address(made)
    elif do == "abandon":
        if not reason.is_valid():
            return ""
        why = reason.cleaned_data["reason"]
        if found.number > 1:
            services.abandon_text(text_id=found.id, reason=why, actor=actor, now=now)
        else:
            services.abandon_call(call_id=call_id, reason=why, actor=actor, now=now)
        messages.success(request, _("The text is given up. Its history stays."))
    else:
        raise NotFound
    return request.path


def _shown(request: HttpRequest, found: CallText) -> dict[str, Any]:
    """The articles of one language."""
    texts = found.document["texts"]
    asked = request.GET.get("text", "")[:20]
    tag = asked if asked in texts else ""
    if not tag and texts:
        reader = language_tag(get_language() or "en")
        tag = choose(dict.fromkeys(texts, ""), reader)[0]
    return {"articles": texts.get(tag), "tag": tag, "languages": list(texts)}


def _sums(row: selectors.PartyRow) -> tuple[str, str]:
    """Envelope and cap as texts, each in the party's own currency."""
    try:
        code = get_language() or "en"
        envelope = local_money(Money(row.envelope_minor, row.currency), code)
        cap = "" if row.cap_minor is None else local_money(Money(row.cap_minor, row.currency), code)
    except Invalid:
        return (row.currency, "")
    return (envelope, cap)


def _sentences(error: TonleError) -> list[str]:
    if isinstance(error, Refused):
        return [say(refusal) for refusal in error.refusals]
    if isinstance(error, Invalid):
        return [say(what) for _where, what in error.problems]
    return [say(error)]


@never_cache
@require_safe
def canonical_text(request: HttpRequest, call_id: str, number: int) -> HttpResponse:
    """The text in canonical form: the bytes whose SHA-256 is signed."""
    found = selectors.text_of(call_id, number, actor_of(request))
    answer = HttpResponse(canonical.dumps(found.document), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="call-{call_id}-v{number}.json"'
    return answer


@never_cache
@require_safe
def print_(request: HttpRequest, call_id: str, number: int, language: str) -> HttpResponse:
    """The text of one language on paper, to be signed and sealed; labels in that language."""
    actor = actor_of(request)
    found = selectors.text_of(call_id, number, actor)
    told = found.document["texts"].get(language)
    if told is None:
        raise NotFound
    view = selectors.view(found, actor, clock.now())
    address = settings.TONLE_URL + services.address(found)
    spoken = choose_language(language, "", "")
    with translation.override(spoken):
        return render(
            request,
            "funding/calls/print.html",
            {
                "view": view,
                "tag": language,
                "page_lang": language_tag(spoken),
                "articles": told["articles"],
                "title": choose(found.document["title"], language),
                "parties": [(choose(row.names, language), *_sums(row)) for row in view.parties],
                "themes": [choose(one["name"], language) for one in found.document["themes"]],
                "address": address,
                "back": services.address(found),
                "qr": qr(address),
            },
        )
