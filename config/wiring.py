"""Which event reaches which handler: the one place where contexts of a band meet.

`EVENTS` maps an event's name to the names of handlers registered with
`tonle.infra.jobs`. The outbox delivers after commit, perhaps twice.
"""

from __future__ import annotations

EVENTS: dict[str, tuple[str, ...]] = {}

# Gates that must be registered with `tonle.catalogue.gates` before anything is published.
GATES: tuple[str, ...] = ()
