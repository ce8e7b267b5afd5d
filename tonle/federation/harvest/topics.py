"""What harvesting tells stewards about."""

from __future__ import annotations

from tonle.federation.harvest.runs import DOUBTED_TOPIC, FAILING_TOPIC
from tonle.kernel.errors import N_
from tonle.people.public import Topic, register_topic


def register() -> None:
    register_topic(
        Topic(
            FAILING_TOPIC,
            N_("A source cannot be harvested"),
            N_("A source could not be harvested %(times)s times in a row."),
            counts=("times",),
        )
    )
    register_topic(
        Topic(
            DOUBTED_TOPIC,
            N_("Many records are gone at a source"),
            N_("%(missing)s records are not listed at a source any more. Say whether they go."),
            counts=("missing",),
        )
    )
