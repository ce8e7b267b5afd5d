"""Calls for tests, and their corrections."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.constants import NOW
from tonle.catalogue import drafts, services
from tonle.catalogue.models import Record
from tonle.catalogue.selectors import document_of
from tonle.catalogue.tests.factories import CURATOR, make_record
from tonle.kernel.dates import format_instant

CAMBODIA = {"id": "where", "test": "country", "values": ["KHM"]}


def make_call(title: str = "A call", *, now: datetime = NOW, **profile: Any) -> Record:
    """A published opportunity; instants may be given as such."""
    return make_record(
        kind="funding_opportunity",
        titles={"en": title},
        access={"level": "metadata_only"},
        profile={"schema": "tonle-funding-opportunity/1", **_plain(profile)},
        now=now,
    )


def correct(call: Record, *, now: datetime, **profile: Any) -> None:
    """Publish a revision with these parts of the profile."""
    draft = drafts.create_successor(record_id=call.id, actor=CURATOR, now=now, replaces_files=False)
    document = dict(document_of(call))
    document["profile"] = {**document["profile"], **_plain(profile)}
    drafts.edit_draft(draft_id=draft.id, document=document, actor=CURATOR, now=now)
    services.publish(draft_id=draft.id, actor=CURATOR, now=now)


def _plain(profile: dict[str, Any]) -> dict[str, Any]:
    return {
        name: format_instant(value) if isinstance(value, datetime) else value
        for name, value in profile.items()
    }
