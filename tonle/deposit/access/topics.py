"""What people are told about requests: that something waits, never for which record."""

from __future__ import annotations

from tonle.kernel.errors import N_
from tonle.people.public import Topic, register_topic

TOPICS = (
    Topic(
        "access.asked", N_("Somebody asks for restricted files"),
        N_("Somebody asks for restricted files that you look after."), asks=True,
    ),
    Topic(
        "access.decided", N_("Your request for files was decided"),
        N_("Your request for restricted files was decided."), urgent=True,
    ),
    Topic(
        "access.ended", N_("Your access to files has ended"),
        N_("Your access to restricted files has ended."),
    ),
    Topic(
        "access.closed", N_("Your request for files was closed"),
        N_("Your request for restricted files was closed, since it has no use any more."),
    ),
)  # fmt: skip


def register() -> None:
    for topic in TOPICS:
        register_topic(topic)
