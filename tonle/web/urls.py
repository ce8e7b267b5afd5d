from __future__ import annotations

from django.urls import path

from tonle.web import views

app_name = "web"
urlpatterns = [
    path("", views.front, name="front"),
    path("language", views.set_language, name="set_language"),
    path("languages", views.language_page, name="languages"),
    path("about", views.about, name="about"),
    path("offline", views.offline, name="offline"),
    path("signed-in", views.signed_in, name="signed_in"),
    path("sw.js", views.service_worker, name="service_worker"),
    path("styleguide", views.styleguide, name="styleguide"),
    path("robots.txt", views.robots, name="robots"),
    path("static/<path:name>", views.static, name="static"),
]
