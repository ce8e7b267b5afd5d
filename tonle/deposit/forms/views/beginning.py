"""Where a deposit begins: what can be given, from nothing or from metadata that is there."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tonle.api.public import count
from tonle.catalogue import public as catalogue
from tonle.catalogue.public import by_hand
from tonle.deposit import curation
from tonle.deposit.forms import seals
from tonle.deposit.forms.guards import desk
from tonle.deposit.kinds import deposited
from tonle.infra import clock
from tonle.infra.i18n import say
from tonle.infra.idempotency import new_key
from tonle.kernel.errors import N_, Invalid, Refusal, Refused, TonleError
from tonle.kernel.text import one_line
from tonle.people import public as people
from tonle.web.public import actor_of, language_tag

# What each kind is, for somebody who has never given anything away.
ABOUT = {
    "dataset": N_(
        "Measurements, tables, pictures, maps, recordings, interviews: what you collected."
    ),
    "software": N_("A program, a library, a model, a notebook: what you wrote and others can run."),
    "publication": N_(
        "An article, a report, a thesis, a book, slides: what you wrote and others can read."
    ),
}
# What most deposits of a kind are, chosen beforehand; a text may be any of many.
LIKELY_TYPE = {"dataset": "Dataset", "software": "Software"}
LONGEST_PASTE = 1_000_000  # characters; the whole form is bounded by the server.
# Addresses that one person has this node ask: each keeps one of its threads for seconds.
LOOKS_AN_HOUR = 60


def _kinds() -> list[tuple[str, str, str]]:
    """(name, what it is called, what it is) of each kind that can be given."""
    found = []
    for kind in deposited():
        entry = by_hand.of(kind.name)
        found.append((kind.name, _(kind.label), _(entry.about if entry else ABOUT[kind.name])))
    return found


def _names() -> set[str]:
    return {kind.name for kind in deposited()}


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What depositing is, and one's own deposits."""
    # Above this module: what comes from the field begins a deposit, too.
    from tonle.deposit.field.views.bringing import beginning

    actor, now = actor_of(request), clock.now()
    person = actor.kind == "person"
    counts = curation.waiting_counts(actor) if person else {}
    cursor = request.GET.get("cursor") or None
    rows, following = curation.my_submissions(actor, now, cursor=cursor) if person else ([], None)
    context = {
        "rows": rows,
        "next": following,
        # The tabs show the same deposit more than once; these two never do.
        "waiting": counts.get("waiting", 0) + counts.get("appeals", 0),
        "desk": bool(counts),
        "kinds": _kinds(),
        **(beginning(actor, "photograph") if person else {}),
    }
    return render(request, "deposit/forms/home.html", context)


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Choose what it is, or bring what describes it. Nothing is public afterwards."""
    actor = actor_of(request)
    problem, status = "", 200
    reads: list[dict[str, Any]] = []
    pasted = request.POST.get("pasted", "")
    if request.method == "POST":
        try:
            return _begin(request)
        except _Several as several:
            reads, pasted = several.reads, several.text
        except TonleError as error:
            problem = say(error)
            # That another machine did not answer is no failure of this one: a proxy in front
            # would put a page of its own in place of what was pasted.
            status = error.http_status if error.http_status < 500 else 422
    kind = request.POST.get("kind", request.GET.get("kind", ""))
    context = {
        "kinds": _kinds(),
        "kind": kind if kind in _names() else "",
        "title": request.POST.get("title", ""),
        "pasted": pasted,
        "communities": people.communities(),
        "community": request.POST.get("community", request.GET.get("community", "")),
        "problem": problem,
        "reads": reads,
        "seal": seals.seal(seals.FORM, "", actor),
        "key": new_key(),
    }
    return render(request, "deposit/forms/new.html", context, status=status)


class _Several(Exception):
    """More than one record was in what was brought; somebody has to choose."""

    def __init__(self, reads: list[dict[str, Any]], text: str) -> None:
        self.reads = reads
        self.text = text


def _begin(request: HttpRequest) -> HttpResponseBase:
    actor, now = actor_of(request), clock.now()
    kind, key = request.POST.get("kind", ""), request.POST.get("key") or None
    document: dict[str, Any] = {}
    warnings: list[str] = []
    if request.POST.get("do") == "read":
        read = _chosen(request)
        document, warnings = dict(read.document), [say(one) for one in read.warnings]
        found = document.pop("kind", "")
        kind = kind if kind in _names() else found
        if kind not in _names():
            kind = "dataset"
    elif kind not in _names():
        raise Refused([Refusal("no_kind", N_("Choose what you want to deposit."))])
    elif title := one_line(request.POST.get("title", ""))[:1000]:
        document["titles"] = {language_tag(get_language() or "en"): title}
    if kind in LIKELY_TYPE:
        document.setdefault("resource_type", {"general": LIKELY_TYPE[kind]})
    entry = by_hand.of(kind)
    document = {**(entry.begins if entry else {}), **document}
    made = curation.start(
        kind=kind,
        actor=actor,
        now=now,
        key=key,
        document=document,
        community=request.POST.get("community", "")[:60],
    )
    if warnings:
        messages.warning(
            request,
            _("Some things were missing or had to be repaired; look them through:")
            + " "
            + " ".join(warnings[:12]),
        )
    elif document.get("creators"):
        messages.success(
            request, _("The fields are filled in. Look them through; nothing is public.")
        )
    return redirect("deposit:step", draft_id=made.id, name="describe")


def _chosen(request: HttpRequest) -> Any:
    """The record that was brought, or the one chosen of several. Raises NotMetadata, _Several."""
    pasted = request.POST.get("pasted", "")[:LONGEST_PASTE]
    upload = request.FILES.get("file")
    if upload is None and not pasted.strip():
        raise Invalid([("", N_("Choose a file, or paste something first."))])
    if upload is None and catalogue.is_address(one_line(pasted)):
        who = actor_of(request).id
        count("deposit.look", who, limit=LOOKS_AN_HOUR, seconds=3600, now=clock.now())
        return catalogue.metadata_at(one_line(pasted))[0]
    data = upload.read() if upload is not None else pasted.encode()
    reads = catalogue.read_metadata(data, upload.name or "" if upload is not None else "")
    which = request.POST.get("which", "")
    if len(reads) == 1:
        return reads[0]
    if which.isascii() and which.isdigit() and int(which) < len(reads):
        return reads[int(which)]
    try:
        # A text can be chosen from without being sent again; a binary file cannot.
        text = data.decode()
    except UnicodeDecodeError:
        return reads[0]
    raise _Several(
        [
            {"number": n, "titles": read.document.get("titles", {}), "format": read.format}
            for n, read in enumerate(reads[:50])
        ],
        text,
    )
