"""The entries of the page's navigation, as contexts register them from `apps.ready`."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from tonle.kernel.actors import ANONYMOUS, Actor
from tonle.kernel.errors import N_


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


# Pages without an entry that a mistyped address may mean.
_ALSO = ((N_("Search"), "search:search"),)
# How alike two words are, 0 to 1: "serach" and "organisation" still find their page.
_ALIKE = 0.7


def near(path: str) -> list[tuple[str, str]]:
    """(label, address) of open pages whose first word is like the one of a wrong address.

    Nothing but the first word counts, so that something hidden and something absent beside it
    are answered alike.
    """
    word = path.strip("/").partition("/")[0].lower()[:40]
    pages: dict[str, tuple[str, str]] = {}
    shown = [
        (item.label, item.url_name)
        for place in ("main", "foot")
        for item in entries(place, ANONYMOUS)
    ]
    for label, url_name in (*_ALSO, *shown):
        try:
            address = reverse(url_name)
        except NoReverseMatch:
            continue
        pages.setdefault(address.strip("/").partition("/")[0], (gettext(label), address))
    return [pages[name] for name in difflib.get_close_matches(word, pages, 3, _ALIKE)]
