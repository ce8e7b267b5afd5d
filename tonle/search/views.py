"""The search page: a question, its results, and ways to narrow or widen it, all as links."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from itertools import chain

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from tonle.infra import clock
from tonle.infra.pagecache import never_keep, public_page
from tonle.kernel.errors import NotFound
from tonle.search.examples import examples
from tonle.search.exporting import written
from tonle.search.exports import export_of
from tonle.search.facets import Filters
from tonle.search.listing import listing
from tonle.search.query import MAX_CHARACTERS
from tonle.search.reading import is_usable
from tonle.search.suggesting import suggestions
from tonle.web.public import lang_narrows, language_tag


@lang_narrows
@require_safe
@public_page
def page(request: HttpRequest) -> HttpResponse:
    """`/search?q=&kind=&member=&lang=&year=&access=&licence=&…&open=&sort=&more=&cursor=`

    `lang` narrows to what is in a language; the page itself is in that of `ui`. `more` names a
    facet of which many values are wanted.
    """
    return in_readers_language(
        request,
        lambda language: render(
            request, "search/page.html", {**listing(request, language), "examples": examples()}
        ),
    )


@lang_narrows
@require_safe
def export(request: HttpRequest, extension: str) -> StreamingHttpResponse:
    """`/search.csv`, `.json`, `.bib`, `.ris`: the first results of the same question as a file."""
    form = export_of(extension)
    if form is None:
        raise NotFound
    pieces = written(
        form,
        request.GET.get("q", ""),
        Filters.read(dict(request.GET.lists())),
        request.GET.get("sort", ""),
        language=_language(),
        code=get_language() or settings.LANGUAGE_CODE,
        now=clock.now(),
    )
    # What is wrong with the question is to be told before the file begins.
    first = next(pieces, b"")
    response = StreamingHttpResponse(chain([first], pieces), content_type=form.media_type)
    response["Content-Disposition"] = f'attachment; filename="search.{form.extension}"'
    response["Cache-Control"] = "no-store"
    return response


@lang_narrows
@require_safe
@public_page
def suggest(request: HttpRequest) -> HttpResponse:
    """`/search/suggest?q=`: what may be meant, in the form that browsers ask for (OpenSearch
    Suggestions 1.1): `[typed, [question, …]]`."""
    typed = request.GET.get("q", "")[:MAX_CHARACTERS]
    found = suggestions(typed, language=_language(), now=clock.now())
    body = json.dumps([typed, found], ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(body, content_type="application/x-suggestions+json; charset=utf-8")


@require_safe
@public_page
def description(_request: HttpRequest) -> HttpResponse:
    """`/search/opensearch.xml`: what a browser needs to offer this search in its own field."""
    base = settings.TONLE_URL
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">'
        f"<ShortName>{escape(settings.TONLE_NODE_NAME[:16])}</ShortName>"
        f"<Description>{escape(settings.TONLE_NODE_NAME)}</Description>"
        "<InputEncoding>UTF-8</InputEncoding>"
        f'<Url type="text/html" template="{escape(base)}/search?q={{searchTerms}}"/>'
        f'<Url type="application/x-suggestions+json" '
        f'template="{escape(base)}/search/suggest?q={{searchTerms}}"/>'
        f'<Url type="application/atom+xml" '
        f'template="{escape(base)}/feeds/search.atom?q={{searchTerms}}"/>'
        "</OpenSearchDescription>\n"
    )
    return HttpResponse(text, content_type="application/opensearchdescription+xml")


def in_readers_language(request: HttpRequest, make: Callable[[str], HttpResponse]) -> HttpResponse:
    """A page of results, made by make(language) with the reader's BCP 47 tag. One that time will
    change is not kept."""
    response = make(_language())
    if not _may_last(request):
        # An index is about to come; what is open now may have closed the next moment.
        never_keep(response)
    return response


def _language() -> str:
    """The reader's (BCP 47), as the page has it."""
    return language_tag(get_language() or settings.LANGUAGE_CODE)


def _may_last(request: HttpRequest) -> bool:
    return not Filters.read(dict(request.GET.lists())).open_now and is_usable()
