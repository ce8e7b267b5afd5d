"""The paths of what came of promises: of one below the address of its record."""

from __future__ import annotations

from django.urls import path

from tonle.trace import views

app_name = "trace"
urlpatterns = [
    path("trace", views.all_promises, name="all"),
    path("trace.csv", views.all_csv, name="all-csv"),
    path("records/<str:record_id>/came-of", views.agreement, name="agreement"),
    path("records/<str:record_id>/came-of.csv", views.agreement_csv, name="agreement-csv"),
    path("records/<str:record_id>/came-of/<slug:area>", views.area, name="area"),
]
