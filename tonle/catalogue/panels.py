"""Sections of a landing page that the contexts above write: how a program is installed, say.

Light, so that a context can register at start-up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tonle.catalogue.crosswalks.writers import Here
    from tonle.catalogue.selectors import RecordView


class Panel(NamedTuple):
    """A template, and what it is given as `panel`.

    Of a live panel also: whether it leads, before what the record says, and the instant at which
    the clock alone makes it another.
    """

    template: str
    panel: Mapping[str, Any]
    leads: bool = False
    changes_at: datetime | None = None


Making = Callable[["RecordView", "Here"], Panel | None]
Telling = Callable[["RecordView", datetime, Mapping[str, str]], Panel | None]

_PANELS: dict[str, Making] = {}
_LIVE: dict[str, Telling] = {}
_SHOWN: dict[str, frozenset[str]] = {}


def register_record_panel(
    name: str, panel: Making, *, shows: Mapping[str, Collection[str]] | None = None
) -> None:
    """Let `panel(view, here)` write a section below the files of a record, or None for nothing.

    What it writes is kept under the document's digest, the language, the address and
    `here.files_open`, so it must depend on these alone.
    shows: by the schema of a profile, which of its fields the section shows; they do not stand
    among the particulars again.
    """
    if _PANELS.get(name, panel) is not panel:
        raise RuntimeError(f"Two panels are registered as {name!r}.")
    _PANELS[name] = panel
    for schema, fields in (shows or {}).items():
        _SHOWN[schema] = _SHOWN.get(schema, frozenset()) | frozenset(fields)


def register_live_panel(name: str, panel: Telling) -> None:
    """Let `panel(view, now, asked)` write a section that no digest of the record can keep: about
    other records that this one has to do with, or by the clock.

    asked: the query of the page's address, such as a reader's time zone. It is asked each time
    the page is made, so it costs each page; and all readers of one address are shown the same,
    so it tells what everybody may know.
    """
    if _LIVE.get(name, panel) is not panel:
        raise RuntimeError(f"Two live panels are registered as {name!r}.")
    _LIVE[name] = panel


def live_panels(view: RecordView, now: datetime, asked: Mapping[str, str]) -> list[Panel]:
    """The sections about other records, in the order of their names."""
    found = (_LIVE[name](view, now, asked) for name in sorted(_LIVE))
    return [panel for panel in found if panel is not None]


def shown_by_panels(profile: Mapping[str, Any]) -> frozenset[str]:
    """The fields of a profile that have a section of their own."""
    return _SHOWN.get(str(profile.get("schema", "")), frozenset())


def record_panels(view: RecordView, here: Here) -> list[Panel]:
    """The sections of this record, in the order of their names."""
    found = (_PANELS[name](view, here) for name in sorted(_PANELS))
    return [panel for panel in found if panel is not None]
