"""Paths of whole records and of lists; part of the catalogue's own."""

from __future__ import annotations

from django.urls import URLPattern, path

from tonle.catalogue.lists import views

urlpatterns: list[URLPattern] = [
    path("records/<str:record_id>/zip", views.whole, name="zip"),
    path("records/<str:record_id>/v<int:version>/zip", views.whole, name="version-zip"),
]
