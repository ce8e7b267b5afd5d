"""What the desk tells people about."""

from __future__ import annotations

from tonle.kernel.errors import N_
from tonle.people.public import Topic, register_topic

TOPICS = (
    Topic(
        "desk.asked", N_("Somebody asks about a record of yours"),
        N_("A question about a record of yours waits for an answer."), urgent=True, asks=True,
    ),
    Topic(
        "desk.waiting", N_("A question waits at the desk"),
        N_("A question waits at the desk for an answer."), asks=True,
    ),
    Topic(
        "desk.late", N_("A question was not answered in time"),
        N_("A question was not answered by the promised day."), urgent=True, asks=True,
    ),
    Topic(
        "desk.answered", N_("Your question was answered"), N_("Your question was answered."),
        urgent=True,
    ),
    Topic(
        "desk.dismissed", N_("Your question was closed"),
        N_("Your question was closed without an answer. You can read why."),
    ),
)  # fmt: skip

ASKING = tuple(topic.name for topic in TOPICS if topic.asks)


def register() -> None:
    for topic in TOPICS:
        register_topic(topic)
