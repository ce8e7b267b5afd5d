"""A record in the format that a machine asks for: by `?format=` or by its Accept header."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language

from tonle.catalogue.crosswalks.writers import FORMATS, Here
from tonle.catalogue.rules.citation import styles, work_of
from tonle.catalogue.selectors import RecordView
from tonle.kernel.errors import N_
from tonle.kernel.sentences import invalid

HTML = "text/html"
JSON = "application/json"
# What a DOI answers to those who ask for a formatted citation.
BIBLIOGRAPHY = "text/x-bibliography"
# Reference managers open these; a browser that showed them would be of no use.
SAVED = frozenset(["bibtex", "ris"])

_NAME_OF_TYPE = {
    HTML: "html",
    JSON: "json",
    **{media: name for name, one in FORMATS.items() for media in one.media_types},
    BIBLIOGRAPHY: "apa",
}
STYLES = ("apa", "vancouver", "chicago", "gbt7714")
NAMES = ("html", "json", *FORMATS, *STYLES)


def wanted(request: HttpRequest) -> str:
    """The name of the format asked for, `html` where nothing else is preferred.

    Raises Invalid for a `?format=` that does not exist.
    """
    asked = request.GET.get("format")
    if asked is not None:
        if asked not in NAMES:
            raise invalid(
                "format",
                N_("Records do not come in this format. They come as %(formats)s."),
                formats=", ".join(NAMES),
            )
        return asked
    accept = request.headers.get("Accept", "*/*")
    if accept == "*/*" or accept.startswith(HTML):
        return "html"
    preferred = request.get_preferred_type(list(_NAME_OF_TYPE))
    return _NAME_OF_TYPE[preferred] if preferred else "html"


def answer(view: RecordView, name: str, here: Here) -> HttpResponse:
    """The record in a format other than the page. A tombstone has its document alone."""
    document = view.document
    if name == "json" or view.record.state != "published":
        response: HttpResponse = JsonResponse(document, json_dumps_params={"ensure_ascii": False})
        response["ETag"] = f'"{view.sha256}"'
        return response
    if name in STYLES:
        cited = work_of(
            document,
            languages=get_language() or "en",
            pid=here.pid_url,
            kind_label=here.kind_label,
        )
        text = next(one.text for one in styles(cited) if one.code == name)
        return HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8")
    written = FORMATS[name]
    response = HttpResponse(
        written.write(document, here), content_type=f"{written.media_types[0]}; charset=utf-8"
    )
    if name in SAVED:
        file_name = f"{document['id']}.{written.extension}"
        response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def described_by(shown_url: str) -> Iterable[tuple[str, str, str]]:
    """(address, media type, profile) of each format, for Link headers."""
    yield f"{shown_url}?format=json", JSON, ""
    for name, written in FORMATS.items():
        yield f"{shown_url}?format={name}", written.media_types[0], written.profile


def downloads(shown_url: str) -> list[dict[str, Any]]:
    """The formats that a page offers: label and address."""
    return [
        {"label": one.label, "url": f"{shown_url}?format={name}", "media_type": one.media_types[0]}
        for name, one in FORMATS.items()
    ]
