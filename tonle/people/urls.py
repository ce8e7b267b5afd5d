from __future__ import annotations

from django.urls import path

from tonle.people import views
from tonle.people.notices import urls as notices

app_name = "people"
urlpatterns = [
    *notices.urlpatterns,
    path("me", views.me, name="me"),
    path("me/tokens", views.tokens, name="tokens"),
    path("me/tokens/<str:lookup>/revoke", views.revoke_token, name="revoke_token"),
    path("welcome/<str:secret>", views.welcome, name="welcome"),
]
