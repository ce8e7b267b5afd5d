"""The paths of the public face of agreements: below the address of their record."""

from __future__ import annotations

from django.urls import path

from tonle.agreements.record import views

app_name = "agreements_record"
urlpatterns = [path("records/<str:record_id>/bound", views.bound, name="bound")]
