"""The pages of curation. They come before those of the forms, whose addresses are wider."""

from __future__ import annotations

from django.urls import path

from tonle.deposit.curation import views

urlpatterns = [
    path("deposit/review", views.desk, name="queue"),
    path("deposit/review/newcomers", views.newcomers, name="newcomers"),
    path("deposit/review/clearings", views.clearings, name="clearings"),
    path("deposit/review/withdrawals", views.withdrawals, name="withdrawals"),
    path("deposit/review/<str:draft_id>", views.review, name="review"),
    path("deposit/review/<str:draft_id>/files/<path:name>", views.file, name="review_file"),
    path("deposit/shared/<str:secret>", views.shared, name="shared"),
    path("deposit/shared/<str:secret>/files/<path:name>", views.shared_file, name="shared_file"),
    path("records/<str:record_id>/withdraw", views.withdraw, name="withdraw"),
    path("records/<str:record_id>/request-withdrawal", views.ask_withdrawal, name="ask_withdrawal"),
]
