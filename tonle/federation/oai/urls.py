"""The provider's one address (section 3.1: the base URL)."""

from __future__ import annotations

from django.urls import URLPattern, path

from tonle.federation.oai.views import oai

urlpatterns: list[URLPattern] = [path("oai", oai, name="oai")]
