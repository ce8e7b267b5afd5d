"""`tonle access …`: asked and decided at the node's own machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console import Console
from tests.constants import NOW
from tonle.catalogue import public as catalogue
from tonle.catalogue.tests.conftest import home as home
from tonle.catalogue.tests.factories import CURATOR, make_draft
from tonle.deposit.access import commands
from tonle.deposit.access.machine import ACCESS_REQUEST
from tonle.kernel.actors import Actor
from tonle.people.tests.factories import account, actor

pytestmark = pytest.mark.django_db

SOKHA, BOPHA = (("--as", f"{name}@example.org") for name in ("sokha", "bopha"))


@pytest.fixture
def access(capsys: pytest.CaptureFixture[str]) -> Console:
    return Console("access", capsys)


@pytest.fixture
def bopha() -> Actor:
    return actor(account("bopha"))


@pytest.fixture
def record(home: Path) -> catalogue.Record:
    sokha = actor(account("sokha"))
    draft = make_draft(
        {"data.csv": b"a\n1\n"}, folder=home, actor=sokha,
        access={"level": "restricted", "note": {"en": "For studies of public health only."}},
    )  # fmt: skip
    return catalogue.publish(draft_id=draft.id, actor=CURATOR, now=NOW)


def asking(record: catalogue.Record) -> tuple[str, ...]:
    """How Bopha asks for the files of a record, and agrees to its terms."""
    why = ("--purpose", "A study of malaria.", "--of", "none")
    return ("ask", record.id, *why, "--agree", *BOPHA)


def test_states_are_those_of_a_request() -> None:
    assert set(commands.STATES) == set(ACCESS_REQUEST.states)


def test_asked_granted_and_taken_back(
    access: Console, record: catalogue.Record, bopha: Actor
) -> None:
    code, out = access("ask", record.id, "--purpose", "A study of malaria.", "--of", "none", *BOPHA)
    assert code == 1
    assert "For studies of public health only." in out
    assert access.said("list", *SOKHA) == "", "nobody asked before agreeing to the terms"

    asked = asking(record)
    request = access.said(*asked)
    assert access.said(*asked) == request
    assert access.said("list", *SOKHA).startswith(f"{request}\tasked\t{record.id}\t")
    assert "purpose: A study of malaria." in access.said("show", request, *SOKHA)
    assert access("grant", request, *BOPHA)[0] == 1, "nobody lets themselves in"
    access.said("grant", request, "--days", "30", *SOKHA)
    assert access.said("mine", *BOPHA).startswith(f"{request}\tgranted\t")
    access.said("end", request, "The study is over.", *SOKHA)
    assert "reason: The study is over." in access.said("show", request, *BOPHA)


def test_declined_with_a_reason_or_needed_no_more(
    access: Console, record: catalogue.Record, bopha: Actor
) -> None:
    asked = asking(record)
    access.said("decline", access.said(*asked), "Not for trade.", *SOKHA)
    access.said("take-back", access.said(*asked), *BOPHA)
    assert access.said("list", *SOKHA) == ""
    account("rith")
    assert access("show", "no-such-request", "--as", "rith@example.org")[0] == 1
