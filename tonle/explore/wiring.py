"""What explore registers below, once, when the app is ready."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext

from tonle.catalogue.public import (
    FileOffer,
    FilePicture,
    register_file_offer,
    register_file_picture,
    register_file_texts,
    register_record_action,
    register_record_panel,
)

if TYPE_CHECKING:
    from tonle.catalogue.public import RecordView


def connect() -> None:
    from tonle.api.public import register_router
    from tonle.explore import shelf, tasks, tools
    from tonle.infra import jobs
    from tonle.search.public import register_labels

    jobs.limit("previews", tasks.AT_ONCE)
    register_file_offer("explore.look", look_inside)
    register_file_picture("explore.look", small_picture)
    register_record_action("explore.opens", tools.offer_opening, of_others=True)
    register_record_panel("explore.tool", tools.panel)
    register_labels("reads", tools.format_label)
    register_labels("format", tools.format_label)
    register_file_texts("explore", shelf.contents)
    register_router("explore", "tonle.explore.api:router")


def look_inside(view: RecordView, file: Mapping[str, Any]) -> FileOffer:
    """The page that shows what is in a file; where it is not known, that page says why."""
    if view.is_newest:
        url = reverse("explore:look", args=[view.record.id, file["name"]])
    else:
        args = [view.record.id, view.document["version"], file["name"]]
        url = reverse("explore:version-look", args=args)
    return FileOffer(gettext("Look inside"), url)


def small_picture(view: RecordView, file: Mapping[str, Any]) -> FilePicture | None:
    """What *Look inside* shows of an image, once that is made."""
    from tonle.explore import shelf

    preview = shelf.get(file["sha256"], file["name"])
    size = (preview or {}).get("picture")
    if not size or shelf.picture(file["sha256"], file["name"]) is None:
        return None
    url = look_inside(view, file).url
    return FilePicture(f"{url}?part=picture", size["width"], size["height"], url)
