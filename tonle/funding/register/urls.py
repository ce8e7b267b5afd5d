"""Paths of the register."""

from __future__ import annotations

from django.urls import path

from tonle.funding.register import feeds, views

urlpatterns = [
    path("funding", views.register, name="register"),
    path("funding/deadlines.atom", feeds.atom, name="deadlines_atom"),
    path("funding/deadlines.ics", feeds.calendar, name="deadlines"),
    path("funding/<str:record_id>.ics", feeds.deadline, name="deadline"),
]
