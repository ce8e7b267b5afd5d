"""Paths of saved searches."""

from __future__ import annotations

from django.urls import path

from tonle.catalogue.saved import views

urlpatterns = [
    path("me/searches", views.searches, name="searches"),
    path("me/searches/new", views.save, name="save_search"),
    path("me/searches/<str:id>", views.change, name="change_search"),
    path("me/searches/<str:id>/new", views.new, name="new_results"),
    path("me/searches/<str:id>/remove", views.remove, name="remove_search"),
]
