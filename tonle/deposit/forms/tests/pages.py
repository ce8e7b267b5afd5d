"""What the tests of the form's pages share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tonle.catalogue import public as catalogue
from tonle.deposit.forms.tests.conftest import Reader
from tonle.infra import clock
from tonle.kernel.actors import Actor

Open = Callable[..., Reader]


def document(draft_id: str, actor: Actor) -> dict[str, Any]:
    view = catalogue.draft_view(draft_id=draft_id, actor=actor, now=clock.now())
    return view.document


def path(draft_id: str, step: str = "") -> str:
    return f"/deposit/{draft_id}/{step}" if step else f"/deposit/{draft_id}"
