"""Paths of panels and reviews."""

from __future__ import annotations

from django.urls import path

from tonle.funding.panels.views import reviewing, running

_PANEL = "funding/calls/<str:call_id>/panels"

urlpatterns = [
    path(_PANEL, running.panels, name="panels"),
    path(f"{_PANEL}/<slug:panel>", running.panel, name="panel"),
    path(f"{_PANEL}/<slug:panel>/reviewers", running.reviewers, name="panel_reviewers"),
    path(f"{_PANEL}/<slug:panel>/conflicts", running.conflicts, name="panel_conflicts"),
    path(f"{_PANEL}/<slug:panel>/<str:proposal_id>", running.judged, name="panel_proposal"),
    path("funding/review-for/<str:secret>", reviewing.join, name="review_for"),
    path("funding/reviews", reviewing.reviews, name="reviews"),
    path("funding/reviews/<str:review_id>", reviewing.review, name="review"),
]
