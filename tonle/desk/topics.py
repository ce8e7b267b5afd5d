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
    Topic(
        "desk.wording_proposed", N_("A correction of words waits"),
        N_("A reader says what a page should say in their language. Decide about it."), asks=True,
    ),
    Topic(
        "desk.wording_accepted", N_("Your correction is in use"),
        N_("The pages say it as you proposed. Thank you."),
    ),
    Topic(
        "desk.wording_declined", N_("Your correction is not used"),
        N_("Your correction of words is not used. You can read why."),
    ),
)  # fmt: skip

ASKING = tuple(
    topic.name for topic in TOPICS if topic.asks and not topic.name.startswith("desk.wording")
)


def register() -> None:
    for topic in TOPICS:
        register_topic(topic)
