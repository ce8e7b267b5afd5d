"""The desk's paths."""

from __future__ import annotations

from django.urls import path

from tonle.desk.views import answering, asking, keeping
from tonle.desk.wording import views as wording

app_name = "desk"
urlpatterns = [
    path("help", asking.help_page, name="help"),
    path("help/ask", asking.ask, name="ask_node"),
    path("records/<str:record_id>/ask", asking.ask, name="ask"),
    path("records/<str:record_id>/questions", asking.record_questions, name="record_questions"),
    path("questions", asking.mine, name="mine"),
    path("questions/sent", asking.sent, name="sent"),
    path("questions/confirm/<str:secret>", asking.confirm, name="confirm"),
    path("questions/by-link/<str:secret>", asking.by_link, name="by_link"),
    path("questions/<str:question_id>", answering.question, name="question"),
    path("desk", answering.desk, name="desk"),
    path("desk/offices", keeping.offices, name="offices"),
    path("desk/offices/<str:office_id>", keeping.offices, name="office"),
    path("desk/calendar", keeping.calendar, name="calendar"),
    path("desk/words", wording.wordings, name="wordings"),
    path("desk/words/<str:wording_id>", wording.wording, name="wording"),
    path("languages/<slug:code>/words", wording.words, name="words"),
    path("languages/<slug:code>/corrections.po", wording.corrections, name="corrections"),
]
