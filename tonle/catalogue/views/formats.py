"""A record in the format that a machine asks for: by `?format=` or by its Accept header."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, gettext

from tonle.api.public import answer_problem
from tonle.catalogue.crosswalks.writers import FORMATS, Here, WrittenFormat, head, linkset
from tonle.catalogue.crosswalks.writers.head import Described, Link
from tonle.catalogue.rules.citation import STYLES, styled, work_of
from tonle.catalogue.rules.negotiation import MediaType, Offer, best
from tonle.catalogue.selectors import RecordView
from tonle.infra.pagecache import never_keep
from tonle.kernel.errors import N_, TonleError
from tonle.kernel.sentences import invalid
from tonle.kernel.text import valid_language

HTML = "text/html"
JSON = "application/json"
# What a DOI answers to those who ask for a formatted citation; `style` names one of ours or
# the Citation Style Language's name of the same.
BIBLIOGRAPHY = "text/x-bibliography"
LINKSETS: Final = {"linkset": linkset.TEXT, "linkset-json": linkset.JSON}
# Reference managers open these; a browser that showed them would be of no use.
SAVED = frozenset(["bibtex", "ris", "cff"])
# In the order in which a page lists them.
GROUPS: Final = (
    # These need no words: every page shows them beside the citation.
    ("cite", ""),
    ("metadata", N_("Its description")),
    ("data", N_("Description and files")),
)


@dataclass(frozen=True)
class Wanted:
    """What a request asks for. name: of a format, a style, a link set, json or html.

    language: of a citation, as `?lang=` or the header has it, "" for the page's.
    negotiated: by header rather than by address.
    """

    name: str
    language: str = ""
    negotiated: bool = False


def offered(document: Mapping[str, Any], here: Here) -> list[WrittenFormat]:
    """The formats that this record comes in now."""
    return [one for one in FORMATS.values() if one.possible(document, here)]


def wanted(request: HttpRequest, view: RecordView, here: Here) -> Wanted | None:
    """What is asked for, `html` where nothing else is preferred; None where nothing suits.

    Raises Invalid for a `?format=` that this record does not come in.
    """
    written = [one.name for one in offered(view.document, here)]
    asked = request.GET.get("format")
    if asked is not None:
        names = ["html", "json", *written, *LINKSETS, *STYLES]
        if asked in names or (asked in FORMATS and view.record.state != "published"):
            return Wanted(asked, request.GET.get("lang", ""))
        raise invalid(
            "format",
            N_("This record does not come in this format. It comes as %(formats)s."),
            formats=", ".join(names),
        )
    accept = request.headers.get("Accept") or "*/*"
    if accept == "*/*" or accept.startswith(f"{HTML},"):
        # Every browser: nothing to weigh.
        return Wanted("html")
    found = best(accept, _offers(tuple(written)))
    return Wanted(found.name, found.locale, negotiated=True) if found else None


@cache
def _offers(written: tuple[str, ...]) -> Sequence[Offer]:
    """What there is to choose from; where a reader likes several alike, the first is sent."""
    made = [("html", HTML), ("json", JSON)]
    made += [(name, media) for name in written for media in FORMATS[name].media_types]
    made += list(LINKSETS.items())
    made += [
        (name, f'{BIBLIOGRAPHY}; style="{name} {" ".join(style.also)}"')
        for name, style in STYLES.items()
    ]
    return [Offer(name, MediaType.parse(media)) for name, media in made]


def answer(view: RecordView, found: Wanted, here: Here) -> HttpResponse:
    """The record in a format other than the page. A tombstone has its document alone.

    An answer that was negotiated says at which address it can be had without.
    """
    name = found.name
    if name == "json" or view.record.state != "published":
        response: HttpResponse = JsonResponse(
            view.document, json_dumps_params={"ensure_ascii": False}
        )
        response["ETag"] = f'"{view.sha256}"'
        name = "json"
    elif name in STYLES:
        response = _citation(view.document, found, here)
    elif name in LINKSETS:
        response = _linkset(view, name, here)
    else:
        response = _written(view.document, FORMATS[name], here)
    if found.negotiated:
        response["Content-Location"] = f"{here.url}?format={name}"
    return response


def _written(document: Mapping[str, Any], written: WrittenFormat, here: Here) -> HttpResponse:
    text = written.write(document, here)
    sent = written.media_types[0]
    if written.media_type.endswith("xml"):
        text = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'
    if not written.media_type.endswith("json"):
        # JSON is UTF-8 by its definition, and its types have no such parameter.
        sent = f"{sent}; charset=utf-8"
    response = HttpResponse(text, content_type=sent)
    if written.name in SAVED:
        named = "CITATION" if written.name == "cff" else document["id"]
        file_name = f"{named}.{written.extension}"
        response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def _citation(document: Mapping[str, Any], found: Wanted, here: Here) -> HttpResponse:
    """One line of text in the reader's language."""
    # Any language that citations are written in, also one that no page is translated to.
    language = found.language if valid_language(found.language) else get_language() or "en"
    work = work_of(document, languages=language, pid=here.pid_url, kind_label="", zone=here.zone)
    response = HttpResponse(
        f"{styled(work, found.name).text}\n", content_type="text/plain; charset=utf-8"
    )
    response["Content-Language"] = language
    return response


def _linkset(view: RecordView, name: str, here: Here) -> HttpResponse:
    links = page_links(view, here)
    contexts = linkset.contexts(here.url, links)
    text = linkset.as_text(contexts) if name == "linkset" else linkset.as_json(contexts)
    return HttpResponse(text, content_type=LINKSETS[name])


def not_acceptable(view: RecordView, here: Here) -> HttpResponse:
    """What to say to who takes nothing that there is: what there is."""
    rows = [
        f"{one.media_type} {one.url}"
        for one in described_by(offered(view.document, here), here.url)
    ]
    response = HttpResponse(
        "\n".join([f"{HTML} {here.url}", *rows]) + "\n",
        status=406,
        content_type="text/plain; charset=utf-8",
    )
    never_keep(response)
    return response


def refused(error: TonleError) -> HttpResponse:
    """What to say to a program that asks for what there is not; of formats, which there are."""
    response = answer_problem(error)
    patch_vary_headers(response, ("Accept",))
    never_keep(response)
    return response


def page_links(view: RecordView, here: Here) -> list[Link]:
    """Every typed link of the record's page."""
    gone = view.record.state != "published"
    written = [] if gone else offered(view.document, here)
    return head.of_page(view.document, here, described_by(written, here.url))


def link_field(view: RecordView, found: Wanted | None, here: Here) -> str:
    """The Link header of an answer: of the page, or of a format that describes it."""
    sets = head.to_linksets(here.url) if view.record.state == "published" else []
    if found is None or found.name == "html" or found.negotiated:
        # What is sent by header is sent from the page's own address: the links are the page's.
        links = page_links(view, here)
        return head.header([*links[:3], *sets, *links[3:]])
    return head.header([*head.of_metadata(here.url), *sets])


def described_by(written: Iterable[WrittenFormat], shown_url: str) -> Iterable[Described]:
    """Where each format is, and what it is."""
    yield Described(f"{shown_url}?format=json", JSON)
    for one in written:
        yield Described(f"{shown_url}?format={one.name}", one.media_type, one.profile)


def downloads(document: Mapping[str, Any], here: Here, shown_path: str) -> list[dict[str, Any]]:
    """The formats that a page offers, by what a reader wants them for."""
    written = offered(document, here)
    made = []
    for name, label in GROUPS:
        rows = [
            {"label": one.label, "url": f"{shown_path}?format={one.name}", "type": one.media_type}
            for one in written
            if one.group == name
        ]
        if rows:
            made.append({"label": gettext(label) if label else "", "formats": rows})
    return made
