from __future__ import annotations

from django.urls import path

from tonle.people import views

app_name = "people"
urlpatterns = [
    path("me", views.me, name="me"),
    path("welcome/<str:secret>", views.welcome, name="welcome"),
]
