"""The paths of explore: beside the file's own address, `look` instead of `files`."""

from __future__ import annotations

from django.urls import path

from tonle.explore import tool_views, views

app_name = "explore"
urlpatterns = [
    path("records/<str:record_id>/look/<path:name>", views.look, name="look"),
    path(
        "records/<str:record_id>/v<int:version>/look/<path:name>", views.look, name="version-look"
    ),
    path("records/<str:record_id>/opens", tool_views.opens, name="opens"),
    path("records/<str:record_id>/v<int:version>/opens", tool_views.opens, name="version-opens"),
    path("records/<str:record_id>/ask/<path:name>", views.ask, name="ask"),
    path("records/<str:record_id>/v<int:version>/ask/<path:name>", views.ask, name="version-ask"),
]
