"""The pages of deposit, as its subjects declare them."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

app_name = "deposit"
urlpatterns: list[URLPattern | URLResolver] = []
