"""Paths of whole records and of lists; part of the catalogue's own."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from tonle.catalogue.lists import views

urlpatterns: list[URLPattern] = [
    path("records/<str:record_id>/zip", views.whole, name="zip"),
    path("records/<str:record_id>/v<int:version>/zip", views.whole, name="version-zip"),
    path("records/<str:record_id>/links.txt", views.links, name="links"),
    path("records/<str:record_id>/v<int:version>/links.txt", views.links, name="version-links"),
    path("records/<str:record_id>/sums.txt", views.sums, name="sums"),
    path("records/<str:record_id>/v<int:version>/sums.txt", views.sums, name="version-sums"),
    re_path(r"^people/(?P<who>\d{4}-\d{4}-\d{4}-\d{3}[\dX])$", views.person, name="person"),
    path("people/named/<path:who>", views.person, name="person-named"),
    path("organisations", views.organisations, name="organisations"),
    path("organisations/<path:which>", views.organisation, name="organisation"),
    path("communities", views.communities, name="communities"),
    path("communities/<slug:slug>", views.community, name="community"),
]
