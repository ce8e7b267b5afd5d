"""The path of the steward's page."""

from __future__ import annotations

from django.urls import path

from tonle.federation.dois import views

urlpatterns = [path("federation/dois", views.dois, name="dois")]
