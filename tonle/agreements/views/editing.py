"""Writing a draft: its outline, its articles in a language, its terms, its annexes.

Each page changes one part of the document and leaves the others as they are. Two who write the
same part at once are told; what the second one typed stays in the form, beside what is there now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tonle.agreements import drafting, forms, labels, selectors, services, typed
from tonle.agreements.models import Version
from tonle.agreements.views.listing import countries, organisations, parties_of
from tonle.infra import clock
from tonle.kernel import canonical
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Conflict, NotFound, TonleError
from tonle.kernel.sentences import invalid
from tonle.kernel.text import choose
from tonle.web.public import actor_of

Save = Callable[[int], object]


def _draft(request: HttpRequest, agreement_id: str, number: int) -> tuple[Actor, Version]:
    actor = actor_of(request)
    found = selectors.version_of(agreement_id, number, actor)
    if found.state != "draft":
        raise NotFound
    return actor, found


def _base(*parts: object) -> str:
    """What names a part of the document as its writer had it before them."""
    return hashlib.sha256(canonical.dumps(list(parts))).hexdigest()[:20]


def _saved(request: HttpRequest, found: Version, base: str, save: Save) -> list[str] | None:
    """Save a part. None where it is kept; else the sentences to show above the form.

    Somebody who changed another part meanwhile is in nobody's way: their words are kept too.
    """
    sent = request.POST.get("base", "")
    try:
        if sent != base:
            raise Conflict
        save(found.edit)
    except NotFound:
        raise
    except Conflict:
        return [_("Somebody else changed this meanwhile. Below is what you wrote: compare it with "
                  "what is there now, then save again.")]  # fmt: skip
    except TonleError as error:
        return forms.problems_of(error)
    messages.success(request, _("It is kept."))
    return None


def _page(request: HttpRequest, found: Version, template: str, **context: Any) -> HttpResponse:
    """A page of the editor. What was sent from an older state may be sent again, knowingly."""
    refused = context.get("refused") or []
    form = context.get("form")
    wrong = bool(refused) or (form is not None and bool(form.errors))
    return render(
        request,
        f"agreements/edit/{template}.html",
        {
            "version": found,
            "titles": found.document["title"],
            "places": _places(found),
            "here": request.path,
            "back": services.address(found),
            **context,
        },
        status=422 if wrong else 200,
    )


def _places(found: Version) -> list[tuple[str, str]]:
    """The pages of the editor: (address, label)."""
    at = [found.agreement.id, found.number]
    reader = forms.reader()
    names = dict(forms.languages(*found.document["texts"]))
    made = [(reverse("agreements:outline", args=at), _("Outline"))]
    for tag in found.document["texts"]:
        made.append((reverse("agreements:articles", args=[*at, tag]), names.get(tag, reader)))
    made.append((reverse("agreements:terms", args=at), _("Terms")))
    made.append((reverse("agreements:annexes", args=at), _("Annexes")))
    return made


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def outline(request: HttpRequest, agreement_id: str, number: int) -> HttpResponse:
    """Title, parties, key areas, what it stands under, languages, when it becomes public."""
    actor, found = _draft(request, agreement_id, number)
    document, reader = found.document, forms.reader()
    base = _base(
        document["title"], document["parties"], document.get("key_areas", []),
        document.get("under", {}), found.agreement.public_from,
    )  # fmt: skip
    refused: list[str] | None = []
    if request.method == "POST":
        if add := request.POST.get("add", ""):
            return redirect("agreements:articles", agreement_id, number, add[:20])
        refused = _saved(
            request, found, base, lambda edit: _keep_outline(request.POST, found, edit, actor)
        )
        if refused is None:
            return redirect(request.path)
    served = document.get("under", {}).get("key_areas", [])
    sent = request.POST if refused else None
    return _page(
        request,
        found,
        "outline",
        refused=refused,
        base=base,
        now_there=document if refused else None,
        title=typed.again("title", sent)
        if sent
        else typed.lines("title", document["title"], reader),
        parties=typed.again_named("party", sent)
        if sent
        else typed.named("party", document["parties"], reader, empty=1 if number == 1 else 0),
        areas=typed.again_named("area", sent)
        if sent
        else typed.named("area", document.get("key_areas", ()), reader),
        first=number == 1,
        languages=forms.languages(*_tags(document)),
        organisations=organisations(),
        countries=countries(),
        addable=[one for one in forms.languages() if one[0] not in document["texts"]],
        public_choices=forms.choices(labels.PUBLIC_FROM),
        public_from=request.POST.get("public_from", found.agreement.public_from),
        under=_above(found, actor),
        served=served,
    )  # fmt: skip


def _tags(document: Any) -> set[str]:
    maps = [document["title"], *(one["name"] for one in document["parties"])]
    maps += [one["name"] for one in document.get("key_areas", ())]
    return {tag for one in maps for tag in one} | set(document["texts"])


def _above(found: Version, actor: Actor) -> dict[str, Any] | None:
    """The agreement above and its key areas, where the reader may see it."""
    name = found.document.get("under", {}).get("agreement", "")
    rows = selectors.rows_of(selectors.visible(actor).filter(id=name), actor) if name else []
    if not rows:
        return {"id": name} if name else None
    return {
        "id": name,
        "titles": rows[0].titles,
        "areas": rows[0].version.document.get("key_areas", []),
    }


def _keep_outline(sent: Any, found: Version, edit: int, actor: Actor) -> None:
    now = clock.now()
    title = typed.told("title", sent)
    if not title:
        raise invalid("title", N_("Say what it is called, in one language at least."))
    parties = typed.told_named("party", sent)
    if found.number > 1:
        # Their organisations are not on the form of a later version, and stay.
        before = {one["id"]: one for one in found.document["parties"]}
        for one in parties:
            one["organisation"] = before.get(one["id"], {}).get("organisation", "")
    areas, taken = [], {one["id"] for one in found.document.get("key_areas", ())}
    for one in typed.told_named("area", sent):
        name = one["id"]
        if not name:
            name = typed.slug(choose(one["name"], "en")[1], taken, "area")
            taken.add(name)
        areas.append({"id": name, "name": one["name"]})
    document = {**found.document, "title": title, "key_areas": areas}
    if "under" in document:
        served = sent.getlist("serves")
        document["under"] = {
            "agreement": document["under"]["agreement"],
            **({"key_areas": served} if served else {}),
        }
    with transaction.atomic():
        kept = drafting.change_parties(
            version_id=found.id, parties=parties_of(parties), edit=edit, actor=actor, now=now
        )
        changed = {**document, "parties": kept.document["parties"], "terms": kept.document["terms"]}
        services.write_draft(
            version_id=found.id, document=changed, edit=kept.edit, actor=actor, now=now
        )
        drafting.set_public_from(
            agreement_id=found.agreement.id,
            public_from=sent.get("public_from", ""),
            actor=actor,
            now=now,
        )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def articles(request: HttpRequest, agreement_id: str, number: int, language: str) -> HttpResponse:
    """The articles of one language; the first save begins the language."""
    actor, found = _draft(request, agreement_id, number)
    document = found.document
    known = dict(forms.languages(*document["texts"]))
    if language not in known:
        raise NotFound
    told = document["texts"].get(language, {"authentic": True, "articles": []})
    base = _base(document["texts"].get(language, {}))
    rows = [dict(one) for one in told["articles"]]
    authentic, refused = told["authentic"], list[str]()
    do = request.POST.get("do", "save") if request.method == "POST" else ""
    if do:
        rows, authentic = typed.articles(request.POST), request.POST.get("authentic") == "yes"
        texts = {**document["texts"], language: {"authentic": authentic, "articles": rows}}
        if do == "remove":
            texts = {tag: one for tag, one in document["texts"].items() if tag != language}
        kept = _saved(
            request, found, base,
            lambda edit: services.write_draft(
                version_id=found.id, document={**document, "texts": texts},
                edit=edit, actor=actor, now=clock.now(),
            ),
        )  # fmt: skip
        if kept is None:
            if do == "remove":
                return redirect("agreements:outline", agreement_id, number)
            where = f"?insert={do[7:]}#article-{do[7:]}" if do.startswith("insert-") else ""
            return redirect(f"{request.path}{where}")
        refused = kept
    insert = request.GET.get("insert", "")
    at = int(insert) if insert.isascii() and insert.isdigit() and len(insert) < 4 else len(rows)
    rows.insert(min(at, len(rows)), {"text": ""})
    beside, source = _beside(document, language)
    return _page(
        request,
        found,
        "articles",
        refused=refused,
        base=base,
        language=language,
        language_name=known[language],
        begun=language in document["texts"],
        authentic=authentic,
        rows=[
            {
                "at": n,
                "number": n + 1,
                "article": one,
                "other": source[n] if n < len(source) else None,
            }
            for n, one in enumerate(rows)
        ],
        beside=beside,
        now_there=told if refused else None,
    )


def _beside(document: Any, language: str) -> tuple[str, list[Any]]:
    """Another language's articles, to write beside: an authentic one first."""
    others = [
        (not told["authentic"], tag, told["articles"])
        for tag, told in document["texts"].items()
        if tag != language and told["articles"]
    ]
    if not others:
        return "", []
    _translated, tag, source = min(others, key=lambda one: one[0])
    return tag, source


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: HttpRequest, agreement_id: str, number: int) -> HttpResponse:
    """The terms as data."""
    actor, found = _draft(request, agreement_id, number)
    document, reader = found.document, forms.reader()
    said = document["terms"]
    base = _base(said)
    initial = {**said, "survivals": typed.said_survivals(said.get("survivals", ()))}
    form = forms.TermsForm(
        request.POST if request.method == "POST" else None,
        parties=[(one["id"], choose(one["name"], reader)[1]) for one in document["parties"]],
        zone=said["calendar"],
        initial=initial,
    )
    refused: list[str] | None = []
    if request.method == "POST" and form.is_valid():
        refused = _saved(
            request, found, base,
            lambda edit: services.write_draft(
                version_id=found.id, document={**document, "terms": form.told()},
                edit=edit, actor=actor, now=clock.now(),
            ),
        )  # fmt: skip
        if refused is None:
            return redirect(services.address(found))
    return _page(request, found, "terms", form=form, refused=refused, base=base)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def annexes(request: HttpRequest, agreement_id: str, number: int) -> HttpResponse:
    """Files that belong to the text, which names them by their digest."""
    actor, found = _draft(request, agreement_id, number)
    base = _base(found.document.get("annexes", []))
    refused: list[str] | None = []
    if request.method == "POST":
        file, gone = request.FILES.get("annex"), request.POST.get("remove", "")

        def save(edit: int) -> object:
            if gone:
                return drafting.remove_annex(
                    version_id=found.id, name=gone, edit=edit, actor=actor, now=clock.now()
                )
            if file is None:
                raise invalid("annex", N_("Choose a file."))
            return drafting.add_annex(
                version_id=found.id, name=file.name or "", content=file.read(), edit=edit,
                actor=actor, now=clock.now(),
            )  # fmt: skip

        refused = _saved(request, found, base, save)
        if refused is None:
            return redirect(request.path)
    return _page(
        request,
        found,
        "annexes",
        refused=refused,
        base=base,
        annexes=found.document.get("annexes", []),
        most=forms.most_scan_bytes(),
    )
