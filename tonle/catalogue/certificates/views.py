"""The certificate of a deposit, and the page that says whether one holds."""

from __future__ import annotations

from datetime import datetime
from threading import BoundedSemaphore
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext, override
from django.views.decorators.http import require_safe

from tonle.catalogue import selectors
from tonle.catalogue.certificates import codes
from tonle.catalogue.certificates.errors import TooManyAtOnce, UnknownCertificate
from tonle.catalogue.certificates.selectors import Certified, certified
from tonle.catalogue.kinds import kind
from tonle.catalogue.rules.citation import listed
from tonle.catalogue.rules.deposits import is_deposit
from tonle.catalogue.selectors import RecordView
from tonle.catalogue.views.names import citable, named
from tonle.infra import clock, days
from tonle.infra.i18n import say
from tonle.infra.pagecache import lasts_until, public_page
from tonle.kernel import codes as code_lists
from tonle.kernel import identifiers
from tonle.kernel.actors import ANONYMOUS
from tonle.kernel.errors import NotFound
from tonle.kernel.identifiers import Ark
from tonle.kernel.text import choose
from tonle.web.public import language_tag, local_day, local_number, local_size

# Shaping and packing a page takes a core some tenths of a second; two at a time leave the
# others to readers.
_AT_ONCE = BoundedSemaphore(2)
_WAIT_SECONDS = 15
# Files beyond these are on the record's page; the digest of the description covers all.
MOST_FILES = 24
MOST_CREATORS = 40


@require_safe
@public_page
def certificate(request: HttpRequest, record_id: str, version: int | None = None) -> HttpResponse:
    """The certificate of a record as PDF, in the reader's language."""
    now = clock.now()
    # As anybody may know it: what is certified is certified to all.
    view = selectors.record_view(
        record_id=named(record_id), actor=ANONYMOUS, now=now, version=version
    )
    page = reverse("catalogue:record", args=[view.record.id])
    if view.record.state != "published":
        # The page says what became of it; a certificate of what is gone would mislead.
        return HttpResponseRedirect(page)
    if not is_deposit(view.document):
        raise NotFound
    # Imported here: shaping and packing are for this page alone.
    from tonle.catalogue.certificates.certificate import make
    from tonle.catalogue.certificates.typesetting import Typesetter

    language = get_language() or "en"
    if not Typesetter(settings.TONLE_FONTS).can_set(gettext("Certificate of deposit")):
        # Of all languages of ours, a machine may lack a font for Chinese alone.
        language = "en"
    if not _AT_ONCE.acquire(timeout=_WAIT_SECONDS):
        raise TooManyAtOnce
    try:
        with override(language):
            data = make(_words(request, view), fonts=settings.TONLE_FONTS)
    finally:
        _AT_ONCE.release()
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{view.record.id}.pdf"'
    response["Content-Language"] = language_tag(language)
    lasts_until(response, view.record.changes_at)
    return response


@require_safe
@public_page
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """What a certificate with this code certifies, and whether it still holds."""
    try:
        found = certified(code, key=codes.key_of(settings.TONLE_KEYS), now=clock.now())
    except UnknownCertificate as unknown:
        # Not the page for lost addresses: who holds a sheet in hand wants to try again.
        told = {"typed": "", "unknown": say(unknown)}
        return render(request, "catalogue/verify_any.html", told, status=404)
    response = render(request, "catalogue/verify.html", _shown(found))
    # Nobody looks for certificates in a search engine; who has one has its address.
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def verify_any(request: HttpRequest) -> HttpResponse:
    """A form for the code, for those who have it on paper."""
    typed = request.GET.get("code", "")
    if typed.strip():
        found = codes.read(typed)
        # The form says what is wrong with what was typed; a code that may be one is looked up.
        if found is not None:
            return HttpResponseRedirect(reverse("catalogue:verify", args=[str(found)]))
    return render(request, "catalogue/verify_any.html", {"typed": typed[:100]})


def _shown(found: Certified) -> dict[str, Any]:
    document = found.document
    return {
        "record": document,
        "creators": [
            {**agent, "name": listed(agent)} for agent in document.get("creators", ())[:30]
        ],
        "kind_label": gettext(kind(document["kind"]).label),
        "code": str(found.code),
        "sha256": found.sha256,
        "standing": found.standing,
        "label": _label(document),
        "newest": found.newest,
        "page_url": reverse("catalogue:record", args=[document["id"]]),
        "version_url": reverse("catalogue:version", args=[document["id"], document["version"]]),
        "remains_url": reverse("catalogue:record", args=[found.remains]) if found.remains else "",
        "tombstone": found.tombstone,
        "files": document.get("files", ()),
    }


def _label(document: dict[str, Any]) -> str:
    revision = document["revision"]
    return f"{document['version']}.{revision}" if revision else str(document["version"])


def _words(request: HttpRequest, view: RecordView) -> Any:
    """Everything that the certificate says."""
    from tonle.catalogue.certificates.certificate import Words

    document = view.document
    language = get_language() or "en"
    entry = next(
        e for e in view.history if (e.version, e.revision)
        == (document["version"], document["revision"])
    )  # fmt: skip
    code = codes.code_of(
        codes.key_of(settings.TONLE_KEYS),
        record=view.record.id,
        version=entry.version,
        revision=entry.revision,
        sha256=view.sha256,
    )
    address = request.build_absolute_uri(reverse("catalogue:verify", args=[str(code)]))
    _, title = choose(document["titles"], language)
    others = [text for text in document["titles"].values() if text != title]
    creators = [_creator(agent) for agent in document.get("creators", ())]
    files = document["files"]
    left_out = len(files) - MOST_FILES
    return Words(
        language=language_tag(language),
        node=settings.TONLE_NODE_NAME,
        heading=gettext("Certificate of deposit"),
        sentence=gettext("What is named here was deposited at %(node)s and is kept there.")
        % {"node": f"{settings.TONLE_NODE_NAME} ({request.build_absolute_uri('/')})"},
        titles=(title, *others[:6]),
        facts=tuple(_facts(request, view, entry.published_at, creators, language)),
        files_label=gettext("Files"),
        files=tuple(
            (
                f"{file['name']}, {local_size(file['size_bytes'], language)}",
                f"SHA-256 {file['sha256']}",
            )
            for file in files[:MOST_FILES]
        ),
        files_left_out=gettext("and %(number)s more, which the digest above covers")
        % {"number": local_number(left_out, language)}
        if left_out > 0
        else "",
        no_font=gettext("In letters for which this node has no font: see the record's page."),
        more_titles=gettext(
            "Titles in letters for which this node has no font are on the record's page."
        ),
        check_label=gettext("Does it still hold?"),
        check_sentence=gettext(
            "This address says what is certified, and whether it was revised, merged or "
            "withdrawn since. What it says counts, not this sheet."
        ),
        address=address,
        code=str(code),
        author="; ".join(listed(agent) for agent in document.get("creators", ())[:5]),
        at=entry.published_at,
    )


def _facts(
    request: HttpRequest,
    view: RecordView,
    published_at: datetime,
    creators: list[str],
    language: str,
) -> list[tuple[str, tuple[str, ...]]]:
    document = view.document
    more = len(creators) - MOST_CREATORS
    if more > 0:
        creators = [*creators[:MOST_CREATORS], f"+ {local_number(more, language)}"]
    names = [
        f"{known.label if (known := identifiers.SCHEMES.get(p['scheme'])) else p['scheme']} "
        f"{p['value']}"
        for p in document.get("pids", ())[:5]
    ]
    level = document["access"]["level"]
    access = {
        "open": gettext("The files are open to everybody."),
        "embargoed": gettext("The files open to everybody on %(date)s.")
        % {"date": local_day(document["access"].get("embargo_until", ""), language)},
        "restricted": gettext("The files are given on request."),
        "metadata_only": gettext("The description is public; there are no files to take."),
    }.get(level, "")
    licences = [
        code_lists.label("licences", right["identifier"], language)
        if "identifier" in right
        else choose(right.get("text", {}), language)[1] or right.get("uri", "")
        for right in document.get("rights", ())[:3]
    ]
    facts = [
        (gettext("By"), tuple(creators)),
        (gettext("Kind"), (gettext(kind(document["kind"]).label),)),
        (
            gettext("Version"),
            (f"{_label(document)}, {local_day(days.day_of(published_at), language)}",),
        ),
        (
            gettext("Lasting names"),
            (*names, str(Ark(settings.TONLE_NAAN, view.record.id)), citable(request, document)),
        ),
        (gettext("Licence"), tuple(text[:300] for text in licences)),
        (gettext("Access"), (access,)),
        (gettext("Digest of the description, which names every file"), (f"SHA-256 {view.sha256}",)),
    ]
    return [(label, lines) for label, lines in facts if any(lines)]


def _creator(agent: dict[str, Any]) -> str:
    """A creator with names in other scripts, ORCID and affiliation, in one line."""
    name = listed(agent)
    others = [text for text in agent.get("names", {}).values() if text != name]
    orcid = [f"ORCID {i['value']}" for i in agent.get("identifiers", ()) if i["scheme"] == "orcid"]
    places = [place["name"] for place in agent.get("affiliations", ())[:2]]
    return " · ".join([name, *others[:2], *orcid, *places])
