"""The pages of what comes from the field. Joined before the forms', whose names are any word."""

from __future__ import annotations

from django.urls import path, re_path

from tonle.deposit.field.views import bringing, columns, photographs
from tonle.kernel.identifiers import BETANUMERICS, ID_LENGTH

_ID = f"(?P<draft_id>[{BETANUMERICS}]{{{ID_LENGTH}}})"

urlpatterns = [
    path("deposit/photograph", bringing.page, {"what": "photograph"}, name="photograph"),
    path("deposit/survey", bringing.page, {"what": "survey"}, name="survey"),
    path("deposit/bring/<slug:what>/<str:capability>", bringing.bring, name="bring"),
    re_path(rf"^deposit/photograph/{_ID}$", photographs.form, name="photographs"),
    re_path(rf"^deposit/{_ID}/columns$", columns.page, name="columns"),
]
