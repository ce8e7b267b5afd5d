"""One version: its page, its text for a program, the sheet for signature, what changed."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tonle.agreements import drafting, forms, labels, selectors, services
from tonle.agreements.models import Version
from tonle.agreements.rules import compare as comparing
from tonle.agreements.rules import texts
from tonle.infra import clock
from tonle.kernel import canonical
from tonle.kernel.actors import Actor
from tonle.kernel.errors import NotFound, TonleError
from tonle.kernel.text import choose
from tonle.web.public import actor_of, choose_language, language_tag


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def version(request: HttpRequest, agreement_id: str, number: int) -> HttpResponse:
    """The page of a version, and where its printed sheets lead: its record, once it is public."""
    actor, now = actor_of(request), clock.now()
    try:
        found = selectors.version_of(agreement_id, number, actor)
    except NotFound:
        if selectors.is_public(agreement_id, number):
            return redirect(f"/records/{agreement_id}")
        if actor.kind == "person":
            raise
        # Whoever has a paper in hand signs in first; that tells nothing, since all others do too.
        return redirect_to_login(request.get_full_path())
    reason, problems = forms.ReasonForm(), list[str]()
    if request.method == "POST":
        reason = forms.ReasonForm(request.POST if request.POST.get("do") == "abandon" else None)
        try:
            if _done(request, found, reason, actor):
                return redirect(request.path)
        except NotFound:
            raise
        except TonleError as error:
            problems = forms.problems_of(error)
        found = selectors.version_of(agreement_id, number, actor)
    view = selectors.view(found, actor, now)
    return render(
        request,
        "agreements/version.html",
        {
            "view": view,
            "type": labels.TYPES.get(found.document["type"], found.document["type"]),
            "public_from": labels.PUBLIC_FROM[found.agreement.public_from],
            "reason": reason,
            "refused": problems,
            "wrong": [forms.said(what) for _where, what in view.problems],
            "previous": selectors.before(found),
            **_shown(request, found),
        },
        status=422 if problems or reason.errors else 200,
    )


def _done(request: HttpRequest, found: Version, reason: forms.ReasonForm, actor: Actor) -> bool:
    """What a button of the page asks for; False where the form must be mended first."""
    do = request.POST.get("do", "")
    if do == "ask":
        drafting.ask_parties(version_id=found.id, actor=actor, now=clock.now())
        messages.success(request, _("The officers of the parties are told."))
    elif do == "abandon":
        if not reason.is_valid():
            return False
        services.abandon(
            version_id=found.id,
            reason=reason.cleaned_data["reason"],
            actor=actor,
            now=clock.now(),
        )
        messages.success(request, _("The text is given up. Its history stays."))
    else:
        raise NotFound
    return True


def _shown(request: HttpRequest, found: Version) -> dict[str, Any]:
    """The text in one language, and its terms as rows."""
    document = found.document
    asked = request.GET.get("text", "")[:20]
    tag = asked if asked in document["texts"] else ""
    if not tag and document["texts"]:
        tag = choose(dict.fromkeys(document["texts"], ""), forms.reader())[0]
    return {
        "text": document["texts"].get(tag),
        "tag": tag,
        "languages": [(one, told["authentic"]) for one, told in document["texts"].items()],
        "addable": [pair for pair in forms.languages() if pair[0] not in document["texts"]],
        "terms": terms_rows(document),
    }


def terms_rows(document: Any) -> list[tuple[str, str, Any]]:
    """(name, label, value) of each term that the text has, in the order of the form."""
    said = document["terms"]
    return [(name, label, said[name]) for name, label in labels.TERMS.items() if name in said]


@never_cache
@require_safe
def text(request: HttpRequest, agreement_id: str, number: int) -> HttpResponse:
    """The text in canonical form: the bytes whose SHA-256 is signed."""
    found = selectors.version_of(agreement_id, number, actor_of(request))
    answer = HttpResponse(canonical.dumps(found.document), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{file_name(found)}"'
    return answer


def file_name(found: Version) -> str:
    return f"agreement-{found.agreement.id}-v{found.number}.json"


@never_cache
@require_safe
def annex(request: HttpRequest, agreement_id: str, number: int, name: str) -> HttpResponse:
    """An annex, to be kept and opened elsewhere: it is whatever its writer sent."""
    found = selectors.version_of(agreement_id, number, actor_of(request))
    content, _sha256 = drafting.annex(found, name)
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer["Content-Disposition"] = "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@never_cache
@require_safe
def compare(request: HttpRequest, agreement_id: str, number: int) -> HttpResponse:
    """What changed since the version before."""
    actor = actor_of(request)
    later = selectors.version_of(agreement_id, number, actor)
    earlier = selectors.before(later)
    if earlier is None:
        raise NotFound
    one, other = earlier.document, later.document
    return render(
        request,
        "agreements/compare.html",
        {
            "later": later,
            "earlier": earlier,
            "texts": [
                (tag, comparing.articles(one, other, tag))
                for tag in comparing.languages(one, other)
            ],
            "terms": [
                (name, labels.TERMS.get(name, name), before, after)
                for name, before, after in comparing.values(one["terms"], other["terms"])
            ],
            "areas": comparing.names(one.get("key_areas", ()), other.get("key_areas", ())),
            "annexes": comparing.files(one.get("annexes", ()), other.get("annexes", ())),
        },
    )


@never_cache
@require_safe
def print_(request: HttpRequest, agreement_id: str, number: int, language: str) -> HttpResponse:
    """The text of one language on paper, to be signed and sealed; labels in that language."""
    found = selectors.version_of(agreement_id, number, actor_of(request))
    told = found.document["texts"].get(language)
    if told is None:
        raise NotFound
    view = selectors.view(found, actor_of(request), clock.now())
    address = settings.TONLE_URL + services.address(found)
    spoken = choose_language(language, "", "")
    with translation.override(spoken):
        return render(
            request,
            "agreements/print.html",
            {
                "view": view,
                "tag": language,
                "page_lang": language_tag(spoken),
                "text": told,
                "title": choose(found.document["title"], language),
                "type": labels.TYPES.get(found.document["type"], ""),
                "parties": [
                    (choose(names, language), view_party)
                    for names, view_party in zip(
                        texts.party_names(found.document).values(),
                        found.document["parties"],
                        strict=True,
                    )
                ],
                "key_areas": [
                    choose(one["name"], language) for one in found.document.get("key_areas", ())
                ],
                "terms": terms_rows(found.document),
                "address": address,
                "qr": qr(address),
                "file": file_name(found),
            },
        )


@lru_cache(maxsize=64)
def qr(address: str) -> str:
    """An address as a square of SVG, for the page itself."""
    import segno

    made: str = segno.make(address, error="m", micro=False).svg_inline(
        border=4, omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None
    )
    return made
