"""The paths of the steward's pages."""

from __future__ import annotations

from django.urls import path

from tonle.federation.harvest import views

urlpatterns = [
    path("federation/sources", views.listed, name="sources"),
    path("federation/sources/add", views.add, name="source_add"),
    path("federation/sources/<str:source_id>", views.source, name="source"),
    path("federation/sources/<str:source_id>/remove", views.remove, name="source_remove"),
    path("federation/records/<str:record_id>/hide", views.hide, name="hide"),
]
