"""The lifecycle runner: one way in, everything or nothing."""

from __future__ import annotations

import pytest

from tests.constants import NOW
from tonle.infra import lifecycle
from tonle.infra.tests.lifecycle_app.machines import REQUEST
from tonle.infra.tests.lifecycle_app.models import Request
from tonle.kernel.actors import Actor

SOKHA = Actor("sokha")


@pytest.mark.django_db
def test_a_step_moves_the_state() -> None:
    request = Request.objects.create(id="r1", title="Sequencer")
    outcome = lifecycle.perform(REQUEST, request, "submit", SOKHA, NOW)
    assert (outcome.source, outcome.target, outcome.seq) == ("open", "submitted", 1)
