"""What messages add to the rest of the house, once, from `apps.ready`."""

from __future__ import annotations

from datetime import datetime

from tonle.kernel.actors import Actor
from tonle.kernel.errors import N_
from tonle.people.notices import addresses, delivery
from tonle.people.notices.models import ChannelAddress, Letter, Notice, Preference
from tonle.people.notices.selectors import unread_count
from tonle.people.notices.stewarding import failing_channels
from tonle.people.notices.topics import register_matter, register_topic
from tonle.people.selectors.organisations import names_of_organisations
from tonle.people.services.erasure import register_eraser
from tonle.people.tasks import StewardTask, register_steward_task
from tonle.web.public import register_waiting

# Importing them registered their jobs.
JOBS = (delivery.SEND_JOB, addresses.READ_JOB)


def register() -> None:
    register_topic(delivery.CHANNEL_FAILED)
    register_matter("organisation", names_of_organisations)
    register_waiting(unread_count)
    register_eraser("people.notices", forget)
    register_steward_task(
        StewardTask(
            "people.messages",
            N_("How people are told"),
            "people:steward_messages",
            N_("Mail, Telegram, LINE, SMS and groups: what works, what fails, and why."),
            lambda _actor, _now: failing_channels(),
            70,
        )
    )


def forget(account_id: str, _actor: Actor, _now: datetime) -> None:
    """Everything of an account that is erased: where it was reached, what it was told."""
    for model in (Notice, Letter, ChannelAddress, Preference):
        model.objects.filter(account_id=account_id).delete()
