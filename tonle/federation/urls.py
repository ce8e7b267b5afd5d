"""The paths by which others read this node; each subject brings its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from tonle.federation.oai.urls import urlpatterns as oai

app_name = "federation"
urlpatterns: list[URLPattern | URLResolver] = [*oai]
