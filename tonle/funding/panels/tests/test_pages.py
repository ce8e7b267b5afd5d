"""Panels on pages, as who runs one, an officer, a reviewer and strangers meet them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tonle.agreements.tests.test_pages import act, signed_in, verified
from tonle.catalogue.tests.conftest import home as home
from tonle.funding.models import Call, Conflict, Proposal, Review, Reviewer
from tonle.funding.proposals.tests.test_pages import filled, opened, send
from tonle.infra import clock, jobs
from tonle.kernel.actors import NODE, Scope
from tonle.people.models import Account
from tonle.people.notices.models import Notice
from tonle.people.tests.factories import account, holder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture
def case(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A closed call with one submitted proposal, an officer of Cambodia, and the secretariat."""
    organisation = verified("Invented ministry").id
    call = opened(organisation)
    chan, lin = signed_in(account("chan")), signed_in(account("lin"))
    path = filled(chan, lin, call)
    for client in (chan, lin):
        send(client, path, do="sign")
    assert send(chan, path, do="submit").status_code == 302
    later = clock.now() + timedelta(days=6)
    monkeypatch.setattr(clock, "now", lambda: later)
    jobs.tick(later)
    jobs.run_all_due(later)
    call = Call.objects.get(pk=call.pk)
    assert call.state == "closed"
    return {
        "call": call,
        "officer": signed_in(Account.objects.get(email__startswith="officer")),
        "dara": signed_in(holder("secretary", "secretariat", NODE)),
        "chan": chan,
        "proposal": Proposal.objects.get(),
    }


def test_placeholder() -> None:
    assert Scope and Conflict and Review and Reviewer and Notice and act and re
