"""Search's one page."""

from __future__ import annotations

from django.urls import path

from tonle.search import views

app_name = "search"
urlpatterns = [path("search", views.page, name="search")]
