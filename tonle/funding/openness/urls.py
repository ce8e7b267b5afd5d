"""The paths of awards for programs."""

from __future__ import annotations

from django.urls import path

from tonle.funding.openness import views

urlpatterns = [
    path("funding/awards.json", views.awards_json, name="awards_json"),
    path("funding/awards.csv", views.awards_csv, name="awards_csv"),
]
