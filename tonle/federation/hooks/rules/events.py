"""What an entry of the change log is to a receiver, and what the message about it says.

Thin: a message says that there is something new and where, never what. Whoever reads there
is told what anybody is told. What is no longer so is not said: a later entry says what is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tonle.kernel import canonical
from tonle.kernel.dates import format_instant
from tonle.kernel.errors import N_

PUBLISHED, UPDATED = "record.published", "record.updated"
WITHDRAWN, RESTORED = "record.withdrawn", "record.restored"
PING = "ping"

EVENTS: dict[str, str] = {
    PUBLISHED: N_("A record is published"),
    UPDATED: N_("A record changes"),
    WITHDRAWN: N_("A record is not shown any more"),
    RESTORED: N_("A record is shown again"),
}

# Actions of the log by which a record goes, and the one by which it comes back.
_GOING = frozenset({"withdraw", "merge", "purge"})
_RETURNING = "reinstate"


def event_of(action: str, *, is_first: bool, is_newest: bool, gone: bool) -> str | None:
    """The type of message for an entry; None where a later entry says what is so now.

    action: the log's word. is_first, is_newest: of its record's entries. gone: the record is
    withdrawn, purged, or hidden by a decision now; which of them is nobody's business.
    """
    if gone:
        return WITHDRAWN if is_newest else None
    if is_first:
        return PUBLISHED
    if action == _RETURNING:
        return RESTORED
    return None if action in _GOING else UPDATED


def body_of(type: str, at: datetime, data: Mapping[str, Any]) -> bytes:
    """The message as it is sent and signed. at: when it happened, not when it is sent."""
    return canonical.dumps({"type": type, "timestamp": format_instant(at), "data": dict(data)})
