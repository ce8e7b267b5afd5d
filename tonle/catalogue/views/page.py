"""What the landing page shows, worked out from the document: templates only lay it out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext

from tonle.catalogue import counts, history
from tonle.catalogue.also import also_held
from tonle.catalogue.crosswalks.writers import Here, dublin_core, schema_org
from tonle.catalogue.file_offers import file_offers, leading_picture
from tonle.catalogue.kinds import kind
from tonle.catalogue.neighbours import incoming, titles_of_targets
from tonle.catalogue.panels import live_panels, record_panels
from tonle.catalogue.reasons import reason_in_words
from tonle.catalogue.record_actions import record_actions
from tonle.catalogue.rules import elsewhere, media_types, place_map
from tonle.catalogue.rules.citation import citation, listed, styles, work_of
from tonle.catalogue.rules.deposits import is_deposit
from tonle.catalogue.rules.licence_terms import terms
from tonle.catalogue.search_source import ACCESS_LABELS
from tonle.catalogue.selectors import HistoryEntry, RecordView
from tonle.catalogue.views import formats
from tonle.infra.i18n import say
from tonle.kernel.actors import Actor
from tonle.kernel.identifiers import Ark
from tonle.kernel.maps import views
from tonle.web.public import OnPage, local_span, maps_made_from, on_page

# A page lists these and counts the rest; all are in the document and in the API.
MOST_FILES = 200
# A link slower than this is common in the region; people ask before they begin.
SLOW_BITS_PER_SECOND = 1_000_000
# What is done in this time needs no warning.
SHORT_SECONDS = 20


def context(
    view: RecordView, here: Here, actor: Actor, now: datetime, asked: Mapping[str, str]
) -> dict[str, Any]:
    """The context of record.html and tombstone.html, documented at their top.

    asked: the query of its address; of it `map` is the part of the Earth that its map is to
    show, "" for what fits, and live panels know the rest.
    """
    looks = asked.get("map", "")[:12]
    document = view.document
    found = kind(view.record.kind)
    language = get_language() or "en"
    page = reverse("catalogue:record", args=[view.record.id])
    shown = page if view.is_newest else version_url(view, document["version"])
    label = gettext(found.label)
    # What templates keep is worked out only when it is not kept: they call what is callable.
    cited = partial(work_of, document, languages=language, pid=here.pid_url, zone=here.zone)
    work = cache(lambda: cited(kind_label=label))
    keep = (view.sha256, language, here.url, here.pid_url, view.is_newest, here.files_open)
    gone = view.record.state != "published"
    home = elsewhere.home(document)
    made: dict[str, Any] = {
        "record": document,
        "type_said": _type_said(document),
        "home": home,
        "home_keeps_it": elsewhere.is_kept_there(document),
        "also": also_held(view.record.id) if home else [],
        "kind": found,
        "kind_label": label,
        "kind_url": f"/search?kind={found.name}",
        "access_label": gettext(ACCESS_LABELS.get(document["access"]["level"], "")),
        "ark": str(Ark(settings.TONLE_NAAN, view.record.id)),
        "versions": lambda: [_version(view, entry) for entry in view.history],
        "decisions": {
            "read_files": {
                "allowed": bool(view.files_ruling),
                "outcome": view.files_ruling.outcome,
                "reasons": [say(reason) for reason in view.files_ruling.reasons],
            }
        },
        "creators": cache(
            lambda: [{**agent, "name": listed(agent)} for agent in document.get("creators", ())]
        ),
        "published_on": lambda: work().published_on,
        "citation": lambda: citation(
            document, languages=language, pid=here.pid_url, kind_label=label, zone=here.zone
        ),
        # Terms such as “available from” are in the language of the title, else in English.
        "citation_language": lambda: work().labels,
        "canonical_url": _canonical(view, here, home),
        "is_latest": view.is_newest,
        "latest_url": page,
        "json_url": f"{shown}?format=json",
        "certificate_url": f"{page}/certificate" if is_deposit(document) else "",
        "actions": record_actions(view, actor, now),
    }
    if gone:
        words = reason_in_words(document.get("tombstone", {}))
        return made | {"reason": gettext(words) if words else ""}
    return made | {
        "keep": keep,
        "keep_history": (*keep, view.history[0].sha256),
        "styles": lambda: styles(work()),
        "downloads": formats.downloads(document, here, shown),
        "files": [_file(view, row) for row in view.files[:MOST_FILES]],
        "elsewhere": cache(lambda: elsewhere.distributions(document)[: elsewhere.MOST_SHOWN]),
        "elsewhere_number": len(document.get("distributions", ())),
        "panels": cache(lambda: record_panels(view, here)),
        "live_panels": live_panels(view, now, asked) if view.is_newest else [],
        "picture": leading_picture(view) if here.files_open else None,
        "sizes": _sizes(view, language),
        "zip_url": _zip_url(view),
        "only_embargo": bool(document["access"].get("embargo_until"))
        and len(view.files_ruling.reasons) == 1,
        "licences": lambda: [_licence(right) for right in document.get("rights", ())],
        "incoming": incoming(document),
        "related_titles": titles_of_targets(document),
        "map": cache(lambda: _map(document, looks, shown)),
        "keep_map": lambda: (*keep, looks, *maps_made_from()),
        "counts": counts.of_record(view.record.id),
        "changes": cache(lambda: history.told(view)),
        "meta": lambda: dublin_core.meta(document, here),
        # Its writer leaves nothing in it that could end the element.
        "json_ld": lambda: mark_safe(schema_org.in_page(document, here)),  # noqa: S308 # As said above.
    }


def _map(document: Mapping[str, Any], looks: str, shown: str) -> OnPage | None:
    """The map of a record's places; None where none of them is known in degrees."""
    marks = place_map.marks(document.get("geo_locations", ()))
    if not marks:
        return None
    return on_page(
        views.parsed(looks) or views.fitting(place_map.around(marks)),
        gettext("Map of the places that are named under it"),
        marks=marks,
        url_of=lambda other: f"{shown}?map={other}#place",
    )


def _canonical(view: RecordView, here: Here, home: elsewhere.Home | None) -> str:
    """The one address that whoever indexes pages shall count for."""
    if home is not None:
        return home.url
    return here.url if view.is_newest else here.url.rpartition("/v")[0]


def _version(view: RecordView, entry: HistoryEntry) -> dict[str, Any]:
    return {
        "number": entry.version,
        "revision": entry.revision,
        "label": entry.label,
        "published_at": entry.published_at,
        "url": version_url(view, entry.version),
    }


def version_url(view: RecordView, version: int) -> str:
    return reverse("catalogue:version", args=[view.record.id, version])


def _file(view: RecordView, file: dict[str, Any]) -> dict[str, Any]:
    args: list[Any] = [view.record.id, file["name"]]
    name = "catalogue:file"
    if not view.is_newest:
        args.insert(1, view.document["version"])
        name = "catalogue:version-file"
    words = media_types.in_words(file["media_type"], file["name"])
    return {
        **file,
        # A name and a digest are anybody's to know; a link to what one may not have is a dead end.
        "url": reverse(name, args=args) if view.files_ruling else "",
        "format": gettext(words) if words else file["media_type"],
        "offers": file_offers(view, file) if view.files_ruling else [],
    }


def _sizes(view: RecordView, language: str) -> dict[str, Any]:
    """How much there is, and how long a slow link takes for it; "" where it takes no time."""
    total = sum(file["size_bytes"] for file in view.files)
    seconds = total * 8 // SLOW_BITS_PER_SECOND
    wait = local_span(seconds, language) if seconds > SHORT_SECONDS else ""
    return {"total": total, "number": len(view.files), "wait": wait}


def _zip_url(view: RecordView) -> str:
    """Where all files come as one, "" where there is one file or none may be had."""
    if len(view.files) < 2 or not view.files_ruling or not view.is_newest:
        return ""
    try:
        return reverse("catalogue:zip", args=[view.record.id])
    except NoReverseMatch:
        return ""


def _licence(right: Mapping[str, Any]) -> dict[str, Any]:
    found = terms(right.get("identifier", ""))
    if found is None:
        return {"right": right}
    rows = (
        (gettext("You may"), found.may),
        (gettext("You must"), found.must),
        (gettext("You must not"), found.must_not),
    )
    return {
        "right": right,
        "terms": [(head, [gettext(one) for one in duties]) for head, duties in rows if duties],
    }


def _type_said(document: Mapping[str, Any]) -> str:
    """The type in the record's own words, where it says more than DataCite's and than the type
    of its profile, which stands on the page in the reader's language."""
    said = document.get("resource_type", {}).get("text", "")
    profile = document.get("profile", {}).get("type", "")
    known = {document.get("resource_type", {}).get("general", ""), str(profile).replace("_", " ")}
    return "" if said.lower() in {one.lower() for one in known} else said
