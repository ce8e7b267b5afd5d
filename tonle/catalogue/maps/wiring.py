"""What the layers register below, once, when the app is ready."""

from __future__ import annotations

from tonle.catalogue.maps import selectors
from tonle.infra import pagecache
from tonle.kernel.errors import N_
from tonle.people.public import StewardTask, register_steward_task
from tonle.web.public import register_layers


def connect() -> None:
    register_layers(selectors.shown_layers)
    pagecache.register_stamp(selectors.stamp)
    register_steward_task(
        StewardTask(
            "catalogue.maps",
            N_("Layers of the map"),
            "catalogue:map-layers",
            why=N_("What your authority has approved to be drawn on maps, and names of places."),
            order=68,
        )
    )
