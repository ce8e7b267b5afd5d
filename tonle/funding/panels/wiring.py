"""What panels register below, once, when the app is ready."""

from __future__ import annotations

from tonle.funding.models import AssignmentRun, Review
from tonle.funding.panels import loading, permissions, services, topics
from tonle.funding.panels.services import reviewers
from tonle.funding.rules.machines import REVIEW
from tonle.infra import lifecycle, triggers
from tonle.kernel.errors import N_
from tonle.people.public import register_eraser, register_token_scope
from tonle.web.public import NavItem, register_navigation


def connect() -> None:
    lifecycle.register(
        REVIEW, Review, may=permissions.may_move, facts=loading.facts, after=services.after_move
    )
    triggers.guard_rows(AssignmentRun)
    topics.register()
    register_eraser("funding.reviewers", reviewers.erase)
    register_token_scope(permissions.SCOPE, N_("Read and write my reviews"))
    register_navigation(NavItem(N_("My reviews"), "funding:reviews", place="own", order=43))
