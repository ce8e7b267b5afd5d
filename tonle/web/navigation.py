"""The entries of the page's navigation, as contexts register them from `apps.ready`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tonle.kernel.actors import Actor


def everyone(_actor: Actor) -> bool:
    return True


@dataclass(frozen=True)
class NavItem:
    """One entry.

    label: gettext message, marked with N_ where it is written.
    url_name: a named URL without arguments.
    place: "main" (header), "foot", or "own" (on the page of one's account).
    order: low first; leave gaps of ten.
    shown_to: pure on the actor; it hides an entry, it never protects a page.
    """

    label: str
    url_name: str
    place: str = "main"
    order: int = 100
    shown_to: Callable[[Actor], bool] = everyone


_ITEMS: dict[tuple[str, str], NavItem] = {}


def register_navigation(item: NavItem) -> None:
    """Add an entry; the same place and URL again replaces it."""
    _ITEMS[item.place, item.url_name] = item


def entries(place: str, actor: Actor) -> list[NavItem]:
    """The entries the actor is shown there, in order."""
    found = [i for i in _ITEMS.values() if i.place == place and i.shown_to(actor)]
    return sorted(found, key=lambda item: (item.order, item.url_name))
