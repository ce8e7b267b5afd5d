"""The pages of requests for access."""

from __future__ import annotations

from django.urls import path

from tonle.deposit.access import views

urlpatterns = [
    path("records/<str:record_id>/request-access", views.ask, name="request_access"),
    path("deposit/requests", views.desk, name="requests"),
    path("deposit/requests/<str:request_id>", views.decide, name="decide_request"),
    path("me/requests", views.mine, name="my_requests"),
]
