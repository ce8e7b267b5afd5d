"""What joint calls register below, once, when the app is ready."""

from __future__ import annotations

from tonle.agreements.public import register_subject
from tonle.funding.calls import permissions, services, signing, telling, topics
from tonle.funding.models import Call, CallText
from tonle.funding.rules.machines import CALL, CALL_TEXT
from tonle.infra import lifecycle
from tonle.kernel.errors import N_
from tonle.people.public import register_matter
from tonle.web.public import NavItem, register_navigation


def connect() -> None:
    lifecycle.register(
        CALL,
        Call,
        may=permissions.may_move_call,
        facts=services.call_facts,
        after=services.after_call,
    )
    lifecycle.register(
        CALL_TEXT, CallText, may=permissions.may_move_text, facts=services.text_facts
    )
    register_subject(services.SUBJECT, signing.load)
    topics.register()
    register_matter(telling.MATTER, telling.names)
    register_navigation(
        NavItem(N_("Joint calls"), "funding:calls", order=58, shown_to=permissions.takes_part)
    )
