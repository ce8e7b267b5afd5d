"""Tools and data, each from the other's side: how a program is installed and tried, what it reads;
what can open the files of a record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils.translation import get_language, gettext

from tonle.catalogue.public import Panel, RecordAction, media_types, related_of_kind
from tonle.explore.messages import SYSTEMS, WAYS
from tonle.explore.rules import installing
from tonle.kernel.actors import Actor
from tonle.kernel.formats import format_of, same_as, short_name
from tonle.kernel.text import LanguageMap

if TYPE_CHECKING:
    from tonle.catalogue.public import Here, RecordView

# Formats of one record that are looked up; a record of more holds many things.
MOST_FORMATS = 8
# Programs of the commons that are named for each.
MOST_TOOLS = 10
_DATA = Path(__file__).parent / "data" / "programs.json"


@dataclass(frozen=True)
class Program:
    """A well-known open program. licence: of SPDX; source: where its makers say what it reads."""

    name: str
    url: str
    licence: str
    formats: frozenset[str]
    source: str


@dataclass(frozen=True)
class Opened:
    """One format of a record. label: in words; files: how many of the record's have it.

    tools: (id, title) of programs of this commons; search_url: for all of them.
    """

    media_type: str
    label: str
    files: int
    programs: tuple[Program, ...]
    tools: tuple[tuple[str, LanguageMap], ...]
    search_url: str


@cache
def _listed() -> tuple[str, tuple[Program, ...]]:
    said = json.loads(_DATA.read_text(encoding="utf-8"))
    return said["as_of"], tuple(
        Program(one["name"], one["url"], one["licence"], frozenset(one["formats"]), one["source"])
        for one in said["programs"]
    )


def as_of() -> str:
    """The day of the list of well-known programs."""
    return _listed()[0]


def programs_for(media_type: str) -> tuple[Program, ...]:
    """Well-known open programs that read a format."""
    return tuple(one for one in _listed()[1] if media_type in one.formats)


def formats_of(document: Mapping[str, Any]) -> dict[str, int]:
    """Formats of the files of a record, here and elsewhere, the commonest first, and how many
    files have each."""
    found: dict[str, int] = {}
    for row in (*document.get("files", ()), *document.get("distributions", ())):
        address = row.get("download_url") or row.get("access_url") or ""
        kind = format_of(row.get("media_type", ""), row.get("name") or address.partition("?")[0])
        if kind and kind != "application/octet-stream":
            found[kind] = found.get(kind, 0) + 1
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def opened_by(document: Mapping[str, Any], now: datetime) -> list[Opened]:
    """What reads each format of a record. One question to the index for each format."""
    language = get_language() or "en"
    return [
        Opened(
            kind,
            _in_words(kind),
            number,
            programs_for(kind),
            _tools(kind, document["id"], language, now),
            f"/search?{urlencode({'kind': 'software', 'reads': kind})}",
        )
        for kind, number in list(formats_of(document).items())[:MOST_FORMATS]
    ]


def _in_words(media_type: str) -> str:
    words = media_types.in_words(media_type, f"x.{short_name(media_type)}")
    return gettext(words) if words else media_type


def format_label(code: str, _language: str) -> str:
    """A media type as the search page shows it."""
    return _in_words(code)


def _tools(
    kind: str, own_id: str, language: str, now: datetime
) -> tuple[tuple[str, LanguageMap], ...]:
    from tonle.search.public import Filters, is_usable, search

    if not is_usable():
        return ()
    wanted = Filters({"kind": ("software",), "reads": (kind,)})
    page = search("", wanted, limit=MOST_TOOLS, language=language, now=now, facets=())
    return tuple(
        (found.hit.id, {found.hit.title[0]: found.hit.title[1], **found.hit.other_titles})
        for found in page.hits
        if found.hit.id != own_id
    )


def related_tools(document: Mapping[str, Any]) -> list[tuple[str, LanguageMap]]:
    """Programs here that the record names or that name it."""
    return related_of_kind(document, "software")


def offer_opening(view: RecordView, _actor: Actor, _now: datetime) -> RecordAction | None:
    """The page that says what opens the files, of a record that has some and is no program."""
    from django.urls import reverse

    if view.record.kind == "software" or not formats_of(view.document):
        return None
    args: list[Any] = [view.record.id]
    if view.is_newest:
        url = reverse("explore:opens", args=args)
    else:
        url = reverse("explore:version-opens", args=[*args, view.document["version"]])
    return RecordAction(gettext("What can open this?"), url, order=120)


# A program's own page -----------------------------------------------------------------------


def panel(view: RecordView, here: Here) -> Panel | None:
    """How a program is installed and tried, what it needs, and data that it reads."""
    document = view.document
    if view.record.kind != "software":
        return None
    urls = {file["name"]: here.file_url(file["name"]) for file in view.files}
    profile = document.get("profile", {})
    made = {
        "ways": [_way(way) for way in installing.ways(document, urls if here.files_open else {})],
        "instructions": profile.get("instructions", ""),
        "needs": [*_texts(profile, "runtimes"), *_texts(profile, "requirements")],
        "tries": installing.tries(document),
        "reads": [_kind(one) for one in _texts(profile, "reads")],
    }
    return Panel("explore/tool.html", made) if any(made.values()) else None


def _way(way: installing.Way) -> dict[str, Any]:
    return {
        "label": gettext(WAYS[way.code]) % {"name": way.name}
        if way.code != "package"
        else way.name,
        "lines": [(gettext(SYSTEMS[system]), line) for system, line in way.lines],
    }


def _kind(media_type: str) -> dict[str, str]:
    """A format in words, and where data of it are found."""
    asked = [("kind", "dataset"), *(("format", one) for one in same_as(media_type))]
    return {"label": _in_words(media_type), "url": f"/search?{urlencode(asked)}"}


def _texts(profile: Mapping[str, Any], key: str) -> list[str]:
    value = profile.get(key)
    return [one for one in value if isinstance(one, str)][:30] if isinstance(value, list) else []
