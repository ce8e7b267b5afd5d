"""What every page's shell needs."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, gettext

from tonle.web import assets, languages
from tonle.web.actors import actor_of, waiting_for
from tonle.web.marks import marks_of
from tonle.web.navigation import entries


def shell(request: HttpRequest) -> dict[str, Any]:
    """Node name, navigation, languages and the actor. Costs no query for an anonymous reader."""
    actor = actor_of(request)
    code = get_language() or settings.LANGUAGE_CODE
    asked = languages.asked(request)

    def links(place: str) -> list[dict[str, Any]]:
        found = []
        for item in entries(place, actor):
            try:
                address = reverse(item.url_name)
            except NoReverseMatch:
                continue  # A context that is installed without its pages has no entry.
            found.append(
                {
                    "label": gettext(item.label),
                    "url": address,
                    "current": request.path == address,
                }
            )
        return found

    return {
        "actor": actor,
        # Asked only by a template that shows it.
        "waiting_count": lambda: waiting_for(actor),
        "marks": marks_of(request),
        "node_name": settings.TONLE_NODE_NAME,
        "nav": links("main"),
        "foot_nav": links("foot"),
        # What a reader has here of their own; asked only by the page of their account.
        "own_nav": lambda: links("own"),
        "page_lang": languages.tag(code),
        "page_languages": [
            {"code": c, "tag": languages.tag(c), "name": name, "current": c == code}
            for c, name in settings.LANGUAGES
        ],
        "here": request.get_full_path(),
        # The language that the address itself names: then it is another page to whoever
        # keeps lists of pages.
        "asked_language": languages.supported(asked) if asked else None,
        "alternates": lambda: _alternates(request),
        # What chat groups show beside a link; they want a whole address.
        "card": f"{settings.TONLE_URL}{assets.url('web/card.png')}",
    }


# Pages without end, which nobody need keep a list of.
_ENDLESS = {"search"}


def _alternates(request: HttpRequest) -> list[dict[str, str]]:
    """The addresses of a public page in each language, {tag, url}; none where there are none.

    Source: HTML, link type `alternate` with hreflang; `x-default` is the page that follows the
    reader's browser.
    """
    match = request.resolver_match
    if request.method != "GET" or match is None or match.app_name in _ENDLESS:
        return []
    if actor_of(request).kind != "anonymous":
        return []
    kept = [
        (name, value) for name, value in parse_qsl(request.META["QUERY_STRING"]) if name != "ui"
    ]
    found = []
    for code in ("", *(code for code, _name in settings.LANGUAGES)):
        query = urlencode([*kept, *([("ui", code)] if code else [])])
        address = f"{settings.TONLE_URL}{request.path}"
        found.append(
            {
                "tag": languages.tag(code) if code else "x-default",
                "url": f"{address}?{query}" if query else address,
            }
        )
    return found
