"""What the desk registers below, once, when the app is ready."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tonle.kernel.errors import N_

if TYPE_CHECKING:
    from tonle.catalogue.public import RecordAction, RecordView
    from tonle.kernel.actors import Actor


def connect() -> None:
    from tonle.api.public import register_router
    from tonle.catalogue.public import register_record_action
    from tonle.desk import letters, permissions, selectors, services, topics  # noqa: F401 # Registers a job.
    from tonle.desk.machine import QUESTION
    from tonle.desk.models import Question
    from tonle.infra import lifecycle
    from tonle.people.public import (
        StewardTask,
        register_eraser,
        register_matter,
        register_steward_task,
        register_token_scope,
    )
    from tonle.web.public import NavItem, register_navigation

    lifecycle.register(
        QUESTION, Question, may=permissions.may_move, facts=services.facts, after=services.after
    )
    register_record_action("desk.ask", offer, of_others=True)
    register_eraser("desk", services.erase)
    register_token_scope("ask", N_("Ask and answer questions for me"))
    register_navigation(NavItem(N_("Help"), "desk:help", place="foot", order=5))
    register_navigation(
        NavItem(N_("Questions"), "desk:desk", order=60, shown_to=permissions.keeps_any)
    )
    register_navigation(NavItem(N_("Your questions"), "desk:mine", place="own", order=30))
    register_steward_task(
        StewardTask(
            "desk.questions",
            N_("Questions"),
            "desk:desk",
            why=N_("What people asked, and by when an answer is promised."),
            waiting=lambda actor, _now: selectors.waiting_count(actor),
            order=35,
        )
    )
    register_steward_task(
        StewardTask(
            "desk.offices", N_("Offices and working days"), "desk:offices",
            why=N_("Where people can call or come by, and which days are worked."), order=65,
        )
    )  # fmt: skip
    register_router("questions", "tonle.desk.api:router")
    register_router("help", "tonle.desk.keeping_api:router")
    register_router("offices", "tonle.desk.keeping_api:offices")
    register_router("calendars", "tonle.desk.keeping_api:calendars")
    register_matter("question", selectors.names)
    topics.register()
    _connect_wordings()


def _connect_wordings() -> None:
    """Corrections of what the pages say."""
    from tonle.catalogue.public import forget_pieces
    from tonle.desk.wording import permissions, services
    from tonle.desk.wording.machine import WORDING
    from tonle.desk.wording.models import Wording
    from tonle.infra import lifecycle, pagecache, wordings
    from tonle.people.public import StewardTask, register_eraser, register_steward_task
    from tonle.web.public import NavItem, register_navigation

    lifecycle.register(
        WORDING, Wording, may=permissions.may_move, facts=services.facts, after=services.after
    )
    register_eraser("desk.wordings", services.erase)
    pagecache.register_stamp(services.stamp)
    wordings.on_change(forget_pieces)
    register_navigation(
        NavItem(N_("Your corrections of words"), "desk:wordings", place="own", order=35)
    )
    register_steward_task(
        StewardTask(
            "desk.wordings",
            N_("Corrections of words"),
            "desk:wordings",
            why=N_("What readers say the pages should say in their language."),
            waiting=lambda _actor, _now: Wording.objects.filter(state="proposed").count(),
            order=70,
        )
    )


def offer(view: RecordView, actor: Actor, _now: datetime) -> RecordAction | None:
    """“Ask”, on every record that stands, to everybody but its depositor, who is asked."""
    from django.urls import reverse
    from django.utils.translation import gettext

    from tonle.catalogue.public import RecordAction

    if view.record.state != "published" or (actor.id and actor.id == view.record.created_by):
        return None
    return RecordAction(
        gettext("Ask a question"),
        reverse("desk:ask", args=[view.record.id]),
        gettext("Its contact answers, or the curators’ desk."),
        tone="quiet",
        order=60,
    )
