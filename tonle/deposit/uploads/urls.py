"""The two addresses of tus: where files are announced, and where one of them is sent."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from tonle.deposit.uploads import views
from tonle.kernel.identifiers import BETANUMERICS, ID_LENGTH

_ID = f"[{BETANUMERICS}]{{{ID_LENGTH}}}"

urlpatterns: list[URLPattern | URLResolver] = [
    path("uploads/", views.collection, name="tus-announce"),
    re_path(rf"^uploads/(?P<draft_id>{_ID})$", views.collection, name="tus-draft"),
    re_path(rf"^uploads/(?P<arriving>{_ID}[0-9a-f]{{40}})$", views.resource, name="tus"),
]
