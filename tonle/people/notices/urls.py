from __future__ import annotations

from django.urls import path

from tonle.people.notices import views

urlpatterns = [
    path("me/notices", views.notices, name="notices"),
    path("me/notices/read", views.read_all, name="read_all_notices"),
    path("me/notices/<str:notice_id>", views.open_notice, name="open_notice"),
    path("me/channels", views.channels, name="channels"),
    path("me/channels/<str:name>/<str:what>", views.change_channel, name="change_channel"),
    path("messages/stop/<str:token>", views.stop_letters, name="stop_letters"),
    path("hooks/line", views.line_hook, name="line_hook"),
    path("steward/messages", views.steward_messages, name="steward_messages"),
    path("steward/messages/test/<str:name>", views.send_test, name="send_test_message"),
    path("steward/messages/<str:robot_id>/remove", views.remove_robot, name="remove_robot"),
]
