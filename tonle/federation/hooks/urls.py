"""The paths of the steward's pages."""

from __future__ import annotations

from django.urls import path

from tonle.federation.hooks import views

urlpatterns = [
    path("federation/hooks", views.listed, name="hooks"),
    path("federation/hooks/add", views.add, name="hook_add"),
    path("federation/hooks/<str:hook_id>", views.hook, name="hook"),
    path("federation/hooks/<str:hook_id>/remove", views.remove, name="hook_remove"),
]
