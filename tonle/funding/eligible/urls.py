"""Paths of "Am I eligible?"."""

from __future__ import annotations

from django.urls import path

from tonle.funding.eligible import views

urlpatterns = [
    path("funding/eligible", views.eligible, name="eligible"),
    path("funding/eligible/<str:record_id>", views.eligible_for, name="eligible_for"),
]
