"""Paths of funding."""

from __future__ import annotations

from tonle.funding.eligible.urls import urlpatterns as eligible
from tonle.funding.following.urls import urlpatterns as following
from tonle.funding.openness.urls import urlpatterns as openness

app_name = "funding"
urlpatterns = [*eligible, *following, *openness]
