"""`tonle question …`: asked and answered at the node's own machine."""

from __future__ import annotations

import pytest

from tests.console import Console
from tonle.catalogue.models import Record
from tonle.desk import commands, selectors
from tonle.desk.machine import DISMISSALS
from tonle.kernel.actors import Actor

pytestmark = pytest.mark.django_db

SOKHA, BOPHA, DARA = (("--as", f"{name}@example.org") for name in ("sokha", "bopha", "dara"))


@pytest.fixture
def question(capsys: pytest.CaptureFixture[str]) -> Console:
    return Console("question", capsys)


def test_tabs_and_reasons_are_those_of_the_desk() -> None:
    assert set(commands.TABS) == set(selectors.TABS)
    assert set(commands.REASONS) == set(DISMISSALS)


def test_asked_passed_on_answered_and_shown(
    question: Console, record: Record, bopha: Actor, dara: Actor
) -> None:
    asked = question.said("ask", "Which year is it of?", "--record", record.id, "--public", *BOPHA)
    assert question.said("list", *SOKHA).startswith(f"{asked}\twith_contact\t")
    assert question.said("mine", *BOPHA).endswith("Which year is it of?")
    question.said("pass-on", asked, "--text", "I have left.", *SOKHA)
    question.said("answer", asked, "Who knows?", "--among-us", *DARA)
    assert "Who knows?" not in question.said("show", asked, *BOPHA)
    assert question.said("answer", asked, "Of 2024.", *DARA) == "answered"
    assert "Of 2024." in question.said("show", asked, *BOPHA)
    public = ("--question-text", "Which year?", "--answer-text", "2024.")
    assert question("publish", asked, *public, *BOPHA)[0] == 1
    question.said("publish", asked, *public, *DARA)
    assert selectors.public_answers(record.id).count() == 1
    question.said("unpublish", asked, *DARA)
    assert selectors.public_answers(record.id).count() == 0


def test_closed_by_mistake(question: Console, record: Record, bopha: Actor, dara: Actor) -> None:
    asked = question.said("ask", "Which year is it of?", "--record", record.id, *BOPHA)
    question.said("pass-on", asked, *SOKHA)
    assert question("dismiss", asked, "spam", *BOPHA)[0] == 1
    question.said("dismiss", asked, "elsewhere", "--text", "We spoke.", *DARA)
    assert question.said("list", "--tab", "closed", *DARA).startswith(asked)
    question.said("reopen", asked, *DARA)
    assert question.said("list", *DARA).startswith(f"{asked}\twith_desk\t")
