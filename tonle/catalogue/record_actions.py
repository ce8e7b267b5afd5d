"""What can be done with a record besides reading it, as the contexts above offer it.

The landing page shows what each registered function answers: asking for access, asking a
question, beginning a next version. Light, so that a context can register at start-up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tonle.kernel.actors import Actor

if TYPE_CHECKING:
    from tonle.catalogue.selectors import RecordView

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RecordAction:
    """One offer. label and note are translated; url leads there; tone as in the button component.

    order: smaller comes first; equal ones in the order of their names. to_files: it can lead to
    having the files, and is offered where a reader was refused one, too.
    """

    label: str
    url: str
    note: str = ""
    tone: str = ""
    order: int = 100
    to_files: bool = False


Offer = Callable[["RecordView", Actor, datetime], RecordAction | None]

_OFFERS: dict[str, Offer] = {}


# Those that are offered on records that another place keeps, too.
_OF_OTHERS: set[str] = set()


def register_record_action(name: str, offer: Offer, *, of_others: bool = False) -> None:
    """Let `offer(view, actor, now)` put an action on a record's page, or None for nothing.

    of_others: also on records that another place keeps, which nobody changes here.

    What it answers an anonymous reader is kept in the page cache until the record changes,
    so it must then depend on the record alone.
    """
    if _OFFERS.get(name, offer) is not offer:
        raise RuntimeError(f"Two record actions are registered as {name!r}.")
    _OFFERS[name] = offer
    if of_others:
        _OF_OTHERS.add(name)


def record_actions(view: RecordView, actor: Actor, now: datetime) -> list[RecordAction]:
    """What this reader can do with this record, in order."""
    found = []
    for name in sorted(_OF_OTHERS if view.record.kept_in else _OFFERS):
        try:
            offered = _OFFERS[name](view, actor, now)
        except Exception:
            # The record is what the reader came for; a context that fails takes only its own
            # offer away.
            logger.exception("record action %s failed", name)
            continue
        if offered is not None:
            found.append(offered)
    return sorted(found, key=lambda action: action.order)


def ways_to_files(view: RecordView, actor: Actor, now: datetime) -> list[tuple[str, str]]:
    """Where somebody who was refused a file can go: to asking for it, and to the record.

    (label, address) pairs, translated.
    """
    from django.urls import reverse
    from django.utils.translation import gettext

    asking = [(one.label, one.url) for one in record_actions(view, actor, now) if one.to_files]
    page = reverse("catalogue:record", args=[view.record.id])
    return [*asking, (gettext("See the record"), page)]
