"""The kind of what test reports are measured against."""

from __future__ import annotations

from tonle.catalogue.public import Kind
from tonle.catalogue.public import profiles as p
from tonle.kernel.errors import N_

KINDS = (
    Kind(
        name="standard",
        label=N_("Standard"),
        plural=N_("Standards"),
        context="recognition",
        profile=p.profile(
            "What a standard adds to the record.",
            designation=p.text("Its number as the body writes it, such as “ISO/IEC 17025:2017”."),
            body=p.text("The body that issues it."),
            status=p.choice("Whether it is in force.", "draft", "in_force", "withdrawn"),
            published_on=p.day("The day it was published."),
            replaces=p.text("The designation it replaces."),
            url=p.address("Where the body publishes it."),
        ),
    ),
)
