"""Topics, people with channels, and what came out at the other end."""

from __future__ import annotations

from datetime import datetime

from tests.constants import NOW
from tonle.people.models import Account
from tonle.people.notices import services
from tonle.people.notices.models import ChannelAddress, Letter, Preference
from tonle.people.notices.topics import Topic, register_topic
from tonle.people.tests.factories import account

WAITS = Topic(
    "test.waits", "Your things", "%(count)s things of yours wait.", asks=True, counts=["count"]
)
URGENT = Topic("test.urgent", "Your things", "Somebody is kept waiting.", urgent=True)

for _topic in (WAITS, URGENT):
    register_topic(_topic)


def reached(name: str, channel: str, address: str = "42", **preference: object) -> Account:
    """An account whose person is reached by a channel first, and wants to hear at once."""
    made = account(name)
    ChannelAddress.objects.create(
        account=made, channel=channel, address=address, verified_at=NOW, created_at=NOW
    )
    Preference.objects.create(
        account=made, **{"channels": [channel], "rhythm": "at_once", **preference}
    )
    return made


def tell(to: Account, *, now: datetime = NOW, count: int = 2, key: str | None = None) -> str | None:
    """Tell somebody that so many things wait."""
    return services.notify(
        account_id=to.pk,
        topic=WAITS.name,
        link="/deposit/abc",
        now=now,
        data={"count": count},
        key=key,
    )


def states() -> list[tuple[str, str]]:
    """Each letter's state and channel, in the order of writing."""
    return list(Letter.objects.order_by("created_at", "pk").values_list("state", "channel"))
