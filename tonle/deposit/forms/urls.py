"""The pages of the form. Joined before the other subjects' pages, whose words are no draft ids."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from tonle.deposit.forms.views import beginning, maps, overview, steps, uploaded
from tonle.kernel.identifiers import BETANUMERICS, ID_LENGTH


class DraftId(StringConverter):
    """The public name of a draft: never a word such as `review`, which has vowels."""

    regex = f"[{BETANUMERICS}]{{{ID_LENGTH}}}"


register_converter(DraftId, "draft")

urlpatterns = [
    path("deposit", beginning.home, name="home"),
    path("deposit/new", beginning.new, name="new"),
    path("deposit/map.svg", maps.region_map, name="map"),
    path("deposit/next/<draft:record_id>", overview.following, name="next"),
    path("deposit/<draft:draft_id>", overview.overview, name="overview"),
    path("deposit/<draft:draft_id>/edits", overview.edits, name="edits"),
    path("deposit/<draft:draft_id>/upload/<str:capability>", uploaded.upload, name="upload"),
    path(
        "deposit/<draft:draft_id>/upload/<str:capability>/<path:name>",
        uploaded.upload,
        name="upload_file",
    ),
    path("deposit/<draft:draft_id>/<slug:name>", steps.step, name="step"),
]
