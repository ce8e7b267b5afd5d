"""What curation tells people about: subjects they can choose channels for."""

from __future__ import annotations

from tonle.kernel.errors import N_
from tonle.people.public import Topic, register_topic

TOPICS = (
    Topic(
        "deposit.handed_in", N_("A deposit waits for a curator"),
        N_("A deposit waits for a curator."), asks=True,
    ),
    Topic(
        "deposit.appealed", N_("Somebody appeals against a decision"),
        N_("Somebody appeals against a decision about a deposit."), asks=True,
    ),
    Topic(
        "deposit.comment", N_("Somebody wrote about a deposit"),
        N_("Somebody wrote about a deposit."),
    ),
    Topic(
        "deposit.changes_asked", N_("A curator asks for changes"),
        N_("A curator asks for changes in your deposit."), urgent=True, asks=True,
    ),
    Topic(
        "deposit.declined", N_("Your deposit was declined"),
        N_("Your deposit was declined. You can read why, and appeal."), urgent=True, asks=True,
    ),
    Topic(
        "deposit.appeal_decided", N_("Your appeal was decided"),
        N_("Your appeal was decided."), urgent=True,
    ),
    Topic(
        "deposit.reopened", N_("Your deposit was opened again"),
        N_("Your deposit was opened again and waits for a curator."), urgent=True,
    ),
    Topic(
        "deposit.published", N_("Your deposit is published"),
        N_("Your deposit is published."), urgent=True,
    ),
    Topic(
        "deposit.withdrawal_asked", N_("An owner asks to withdraw a record"),
        N_("An owner asks to withdraw a record."), asks=True,
    ),
    Topic(
        "deposit.withdrawal_decided", N_("Your request to withdraw was decided"),
        N_("Your request to withdraw a record was decided."), urgent=True,
    ),
    Topic(
        "deposit.withdrawn", N_("A record of yours was withdrawn"),
        N_("A record of yours was withdrawn. Its page says why."), urgent=True,
    ),
)  # fmt: skip


def register() -> None:
    for topic in TOPICS:
        register_topic(topic)
