"""Paths of proposals."""

from __future__ import annotations

from django.urls import path

from tonle.funding.proposals.views import office, own, people, writing

_ONE = "funding/proposals/<str:proposal_id>"

urlpatterns = [
    path("funding/calls/<str:call_id>/apply", own.apply, name="apply"),
    path("funding/calls/<str:call_id>/proposals", office.received, name="received"),
    path("funding/received/<str:proposal_id>", office.proposal, name="received_proposal"),
    path("funding/proposals", own.proposals, name="proposals"),
    path("funding/join/<str:secret>", people.join, name="join"),
    path("funding/endorsements/<str:partner_id>", people.endorsement, name="endorsement"),
    path(_ONE, own.proposal, name="proposal"),
    path(f"{_ONE}/v<int:number>", own.version, name="proposal_version"),
    path(f"{_ONE}/write/<str:section>", writing.section, name="proposal_section"),
    path(f"{_ONE}/partners/new", writing.partner, name="proposal_new_partner"),
    path(f"{_ONE}/partners/<str:slug>", writing.partner, name="proposal_partner"),
    path(f"{_ONE}/people", people.people, name="proposal_people"),
]
