"""Which path belongs to whom. Each context brings its own `urls.py`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
