"""/api/v1/…"""

from __future__ import annotations

from django.urls import include, path

from tonle.api import interface

urlpatterns = [
    path("api/v1/", include((interface.urls(interface.build()), "api"), namespace="api")),
]
