"""Paths of funding."""

from __future__ import annotations

from tonle.funding.calls.urls import urlpatterns as calls
from tonle.funding.eligible.urls import urlpatterns as eligible
from tonle.funding.following.urls import urlpatterns as following
from tonle.funding.openness.urls import urlpatterns as openness
from tonle.funding.panels.urls import urlpatterns as panels
from tonle.funding.proposals.urls import urlpatterns as proposals
from tonle.funding.register.urls import urlpatterns as register

app_name = "funding"
urlpatterns = [*calls, *eligible, *following, *openness, *panels, *proposals, *register]
