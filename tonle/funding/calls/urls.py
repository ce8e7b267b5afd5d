"""Paths of joint calls."""

from __future__ import annotations

from django.urls import path

from tonle.funding.calls import views

_TEXT = "funding/calls/<str:call_id>/v<int:number>"

urlpatterns = [
    path("funding/calls", views.calls, name="calls"),
    path("funding/calls/<str:call_id>", views.call, name="call"),
    path(_TEXT, views.text, name="call_text"),
    path(f"{_TEXT}/text.json", views.canonical_text, name="call_canonical"),
    path(f"{_TEXT}/print/<str:language>", views.print_, name="call_print"),
]
