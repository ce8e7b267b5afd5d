"""Search's pages."""

from __future__ import annotations

from django.urls import path

from tonle.search import views

app_name = "search"
urlpatterns = [
    path("search", views.page, name="search"),
    path("search.<slug:extension>", views.export, name="export"),
    path("search/suggest", views.suggest, name="suggest"),
    path("search/opensearch.xml", views.description, name="description"),
]
