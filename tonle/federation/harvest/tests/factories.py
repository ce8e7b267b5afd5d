"""Sources, and a clock that a test moves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.constants import NOW
from tonle.catalogue.public import Record
from tonle.federation.harvest.models import Source
from tonle.federation.harvest.tests.servers.ckan import CkanServer
from tonle.federation.harvest.tests.servers.oai import OaiServer
from tonle.kernel import identifiers
from tonle.kernel.actors import Actor, Role

STEWARD = Actor("dara", roles=frozenset({Role("steward")}))
CURATOR = Actor("dara", roles=frozenset({Role("curator")}))
OUTSIDER = Actor("bopha")


class Clock:
    """The time, which goes on when a test says so."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **spans: float) -> None:
        self.now += timedelta(**spans)


def make_source(server: OaiServer | CkanServer, **fields: Any) -> Source:
    """A source at a server of these tests, asked without a pause."""
    is_oai = isinstance(server, OaiServer)
    said: dict[str, Any] = {
        "id": identifiers.mint(),
        "names": {"km": "ឃ្លាំងនិក្ខេបបទ", "en": "Theses"},
        "protocol": "oai" if is_oai else "ckan",
        "base_url": f"{server.url}/oai" if is_oai else server.url,
        "deletes": server.deletes if isinstance(server, OaiServer) else "no",
        "questions_a_minute": 0,
        "created_at": NOW,
        "created_by": STEWARD.id,
    }
    return Source.objects.create(**{**said, **fields})


def shown() -> dict[str, str]:
    """What a reader finds: title to id, of all that is shown."""
    from tonle.catalogue.public import document_of

    rows = Record.objects.filter(state="published").select_related("document")
    return {next(iter(document_of(row)["titles"].values())): row.id for row in rows}
