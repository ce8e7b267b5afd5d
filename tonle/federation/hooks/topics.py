"""What hooks tell stewards about."""

from __future__ import annotations

from tonle.federation.hooks.telling import STOPPED_TOPIC
from tonle.kernel.errors import N_
from tonle.people.public import Topic, register_topic


def register() -> None:
    register_topic(
        Topic(
            STOPPED_TOPIC,
            N_("A webhook was stopped"),
            N_("A webhook was stopped, since its receiver takes no messages."),
        )
    )
