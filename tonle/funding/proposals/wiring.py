"""What proposals register below, once, when the app is ready."""

from __future__ import annotations

from tonle.agreements.public import register_subject
from tonle.catalogue.public import register_record_action
from tonle.funding.models import Proposal, ProposalVersion
from tonle.funding.proposals import (
    admitting,
    endorsing,
    offers,
    permissions,
    reminding,
    services,
    telling,
    topics,
)
from tonle.funding.proposals.loading import ELIGIBILITY, ENDORSEMENT
from tonle.funding.proposals.services import people
from tonle.funding.rules.machines import PROPOSAL
from tonle.infra import lifecycle, triggers
from tonle.kernel.errors import N_
from tonle.people.public import register_eraser, register_matter, register_token_scope
from tonle.web.public import NavItem, register_navigation


def connect() -> None:
    lifecycle.register(
        PROPOSAL,
        Proposal,
        may=permissions.may_move,
        facts=services.facts,
        after=services.after_move,
    )
    triggers.guard_rows(ProposalVersion)
    register_subject(ENDORSEMENT, endorsing.load)
    register_subject(ELIGIBILITY, admitting.load)
    register_record_action("funding.proposal", offers.write_a_proposal)
    reminding.connect()
    topics.register()
    register_matter(telling.MATTER, telling.names)
    register_eraser("funding.proposals", people.erase)
    register_token_scope(permissions.SCOPE, N_("Write proposals for me"))
    register_navigation(NavItem(N_("My proposals"), "funding:proposals", place="own", order=42))
