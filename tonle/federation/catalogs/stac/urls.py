"""The paths of the STAC API."""

from __future__ import annotations

from django.urls import path

from tonle.federation.catalogs.stac import views

urlpatterns = [
    path("stac/", views.landing, name="stac"),
    path("stac/conformance", views.conformance, name="stac-conformance"),
    path("stac/collections", views.collections, name="stac-collections"),
    path("stac/collections/<str:name>", views.collection, name="stac-collection"),
    path("stac/collections/<str:name>/items", views.items, name="stac-items"),
    path("stac/collections/<str:name>/items/<str:record_id>", views.item, name="stac-item"),
    path("stac/search", views.search, name="stac-search"),
]
