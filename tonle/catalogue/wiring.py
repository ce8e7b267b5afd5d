"""What the catalogue registers below: machines, its place in search, caches and pages."""

from __future__ import annotations

import threading
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext

from tonle.api.public import register_described, register_router
from tonle.catalogue.front import Front
from tonle.catalogue.kinds import kinds
from tonle.catalogue.lifecycles import DRAFT, RECORD, may_move_draft, may_move_record
from tonle.catalogue.models import Change, Draft, LogHead, Record
from tonle.catalogue.panels import register_record_panel
from tonle.catalogue.search_source import CatalogueSource
from tonle.infra import background, clock, keeping, lifecycle, pagecache, triggers
from tonle.infra.server import gates
from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_, Refusal
from tonle.kernel.identifiers import TEST_NAAN
from tonle.people.public import StewardTask, register_steward_task, shown_to_others
from tonle.search.public import register_labels as register_facet_labels
from tonle.search.public import register_source
from tonle.web.public import register_front_source


def connect() -> None:
    """Fill the registries of the bands below. Called once, when the app is ready."""
    from tonle.catalogue import (
        serves,
        tasks,  # noqa: F401 # Registers its handlers.
    )
    from tonle.catalogue.lists import wiring as lists
    from tonle.catalogue.maps import wiring as maps
    from tonle.catalogue.saved import wiring as saved

    lifecycle.register(RECORD, Record, may=may_move_record)
    lifecycle.register(DRAFT, Draft, may=may_move_draft)
    triggers.guard_rows(Change)
    pagecache.register_stamp(stamp)
    register_source(CatalogueSource())
    register_front_source(Front())
    background.register("recover", finish_what_was_begun)
    gates.register_gate(files_in_reach)
    gates.register_gate(whole)
    register_facet_labels("kind", kind_label, kind_named)
    register_facet_labels("serves", serves.label)
    register_record_panel("catalogue.serves", serves.panel)
    register_router("records", "tonle.catalogue.api:router")
    register_described("tonle.catalogue.described:PATHS")
    register_steward_task(
        StewardTask(
            "catalogue.names",
            N_("Names that last"),
            "",
            N_(
                "Records here are named under the number 99999, which is for tests: such names "
                "lead nowhere but to this node. Ask for a number at arks.org, and set TONLE_NAAN."
            ),
            names_are_for_tests,
            15,
        )
    )
    lists.connect()
    saved.connect()
    maps.connect()


def names_are_for_tests(_actor: Actor, _now: datetime) -> int:
    """1 while others already read, and cite, names that resolve on this node alone."""
    return int(settings.TONLE_NAAN == TEST_NAAN and shown_to_others())


def stamp() -> tuple[int, ...]:
    """What every finished page depends on: the log's position, and how often something hid."""
    row = LogHead.objects.values_list("pos", "hides").first()
    return row or (0, 0)


def kind_label(code: str, _language: str) -> str:
    """What a kind is called, in the active language; its code where no context owns it."""
    known = {kind.name: kind for kind in kinds()}
    return gettext(known[code].plural) if code in known else code


def kind_named(text: str, _language: str) -> str:
    """The kind that goes by this code, or by its name in English or the active language."""
    wanted = text.casefold()
    for kind in kinds():
        names = (kind.label, kind.plural, gettext(kind.label), gettext(kind.plural))
        if wanted == kind.name or wanted in (name.casefold() for name in names):
            return kind.name
    return ""


def finish_what_was_begun(stop: threading.Event) -> None:
    """When the node comes up: publications that a crash cut short are rolled forward at once."""
    from tonle.catalogue import segments
    from tonle.catalogue.publication import recover

    recover()
    segments.catch_up(clock.now())
    stop.wait()


def files_in_reach() -> Refusal | None:
    """A node that cannot get at its files, or looks for them in another place, is not shown."""
    problem = keeping.look()
    return Refusal("files_away", "%(problem)s", {"problem": problem}) if problem else None


def whole() -> Refusal | None:
    """A node that lost its database, or was rebuilt in part, must not be shown as whole."""
    from tonle.catalogue.node import DatabaseMissing
    from tonle.catalogue.rebuild import Unfinished, unfinished

    if unfinished():
        return Refusal(Unfinished.code, Unfinished.message)
    try:
        known = LogHead.objects.exists()
    except DatabaseError:
        known = False
    return None if known else Refusal(DatabaseMissing.code, DatabaseMissing.message)
