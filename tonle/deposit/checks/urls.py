"""The pages of the checks."""

from __future__ import annotations

from django.urls import path

from tonle.deposit.checks import views

urlpatterns = [
    path("deposit/<str:draft_id>/findings", views.findings, name="findings"),
    path("deposit/<str:draft_id>/findings/do", views.act, name="findings_act"),
]
