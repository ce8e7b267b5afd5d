"""Which event reaches which handler: the one place where contexts of a band meet.

`EVENTS` maps an event's name to the names of handlers registered with
`tonle.infra.jobs`. The outbox delivers after commit, perhaps twice.
"""

from __future__ import annotations

EVENTS: dict[str, tuple[str, ...]] = {
    "RecordChanged": (
        "deposit.follow_record",
        "deposit.close_requests",
        "explore.follow_record",
        "funding.follow_record",
    ),
}

# Gates that must be registered with `tonle.catalogue.gates` before anything is published.
GATES: tuple[str, ...] = ("deposit.review",)

# Gates that must be registered there before a draft or its files may be changed.
EDIT_GATES: tuple[str, ...] = ("deposit.with_curators",)

# Gates that must be registered there before anybody but the node itself may read a draft.
READ_GATES: tuple[str, ...] = ("deposit.handed_in",)
