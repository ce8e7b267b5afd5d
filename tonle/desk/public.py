"""The desk's door: when an answer can be promised."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tonle.desk.calendars import calendar_of, own_member, zone_of
    from tonle.desk.rules.workdays import end_of, local_day, working_day_after

__all__ = [
    "calendar_of",
    "end_of",
    "local_day",
    "own_member",
    "working_day_after",
    "zone_of",
]

_FETCHED = {
    "calendar_of": "calendars",
    "end_of": "rules.workdays",
    "local_day": "rules.workdays",
    "own_member": "calendars",
    "working_day_after": "rules.workdays",
    "zone_of": "calendars",
}


def __getattr__(name: str) -> Any:
    if name not in _FETCHED:
        raise AttributeError(name)
    return getattr(import_module(f"tonle.desk.{_FETCHED[name]}"), name)
