"""Paths of what somebody follows and keeps."""

from __future__ import annotations

from django.urls import path

from tonle.funding.following import views

urlpatterns = [
    path("funding/followed", views.followed, name="followed"),
    path("funding/followed/<str:record_id>", views.followed_call, name="followed_call"),
    path("funding/followed/<str:record_id>/stop", views.unfollow, name="unfollow"),
    path("funding/about-me", views.about_me, name="about_me"),
    path("funding/about-me/forget", views.forget_me, name="forget_me"),
]
