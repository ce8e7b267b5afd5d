"""Records, drafts and people for tests."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from tests.constants import NOW
from tonle.catalogue import drafts, services
from tonle.catalogue.drafts import NewDraft
from tonle.catalogue.files import NewFile
from tonle.catalogue.models import Draft, Record
from tonle.kernel.actors import Actor, Role, Scope

CURATOR = Actor("curator-dara", roles=frozenset({Role("curator")}))
STEWARD = Actor("steward-chan", roles=frozenset({Role("steward")}))
DEPOSITOR = Actor("depositor-sokha")
# Sokha, once somebody has vouched for her.
VOUCHED_DEPOSITOR = Actor("depositor-sokha", roles=frozenset({Role("contributor")}))
BOPHA = Actor("outsider-bopha")
VOUCHED = Actor("vouched-vanna", roles=frozenset({Role("contributor")}))


def curator_of(community: str) -> Actor:
    """Who looks after one community alone."""
    return Actor("curator-nuon", roles=frozenset({Role("curator", Scope("community", community))}))


def description(**fields: Any) -> dict[str, Any]:
    """A descriptive document that can be published."""
    return {
        "kind": "dataset",
        "titles": {"en": "Rice yields of Takeo", "km": "ទិន្នផលស្រូវខេត្តតាកែវ"},
        "creators": [{"name_type": "Personal", "name": "Sokha"}],
        "access": {"level": "open"},
        **fields,
    }


def make_draft(
    files: dict[str, bytes] | None = None,
    *,
    folder: Path | None = None,
    actor: Actor = DEPOSITOR,
    now: datetime = NOW,
    **fields: Any,
) -> Draft:
    """An open draft; files are written into folder first."""
    new = []
    for number, (name, data) in enumerate((files or {}).items()):
        assert folder is not None
        path = folder / f"upload-{number}"
        path.write_bytes(data)
        new.append(NewFile(name, path))
    return drafts.create_draft(
        new=NewDraft(description(**fields), tuple(new)), actor=actor, now=now
    )


def make_record(
    files: dict[str, bytes] | None = None,
    *,
    folder: Path | None = None,
    now: datetime = NOW,
    **fields: Any,
) -> Record:
    """A published record."""
    draft = make_draft(files, folder=folder, now=now, **fields)
    return services.publish(draft_id=draft.id, actor=CURATOR, now=now)
