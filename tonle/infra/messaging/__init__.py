"""Ways by which a message leaves the node: mail, Telegram, LINE, SMS, robots of groups.

One port (`port.Channel`) and an adapter for each service. What a message says, to whom, when
and how often it is tried again is decided above, in `tonle.people.notices`.
"""

from __future__ import annotations

from tonle.infra.messaging.channels import (
    LABELS,
    PERSONAL,
    ROBOTS,
    channel,
    configured,
    robot,
)
from tonle.infra.messaging.port import Channel, Delivered, Failed, Message, Outcome, Reason

__all__ = [
    "LABELS",
    "PERSONAL",
    "ROBOTS",
    "Channel",
    "Delivered",
    "Failed",
    "Message",
    "Outcome",
    "Reason",
    "channel",
    "configured",
    "robot",
]
