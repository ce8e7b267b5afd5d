"""`tonle review …`: a curator at the node's own machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console import Console
from tests.constants import NOW
from tonle.deposit.curation import commands, selectors
from tonle.deposit.curation.machine import DECLINE_REASONS
from tonle.deposit.curation.tests.factories import handed_in
from tonle.infra import clock
from tonle.kernel.actors import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

SOKHA, DARA, CHAN = (("--as", f"{name}@example.org") for name in ("sokha", "dara", "chan"))


@pytest.fixture
def review(capsys: pytest.CaptureFixture[str]) -> Console:
    return Console("review", capsys)


def test_tabs_and_reasons_are_those_of_the_desk() -> None:
    assert set(commands.TABS) == set(selectors.TABS)
    assert set(commands.REASONS) == set(DECLINE_REASONS)


def test_from_the_queue_to_the_record(
    review: Console, sokha: Actor, dara: Actor, chan: Actor, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    # What is promised is kept within days.
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = handed_in(sokha, tmp_path)
    assert review.said("list", *DARA).startswith(f"{made.id}\tsubmitted\tdataset\tuntil ")
    assert review.said("claim", made.id, *DARA) == "in review"
    # A colleague cannot take on what somebody has.
    assert review("claim", made.id, *CHAN)[0] == 1
    review.said("comment", made.id, "Which year?", *DARA)
    review.said("comment", made.id, "I know him.", "--among-curators", *DARA)
    told = review.said("show", made.id, *DARA)
    assert "file: data.csv\t8 bytes\t" in told
    assert "(nobody vouched yet)" in told
    assert "(among curators): I know him." in told
    assert "I know him." not in review.said("show", made.id, *SOKHA)

    code, out = review("accept", made.id, *CHAN)
    assert code == 1, out
    assert review.said("accept", made.id, "--vouch", *DARA) == "published"
    assert review.said("accept", made.id, *DARA) == "published"
    assert review.said("list", *DARA) == ""
    assert review.said("list", "--tab", "done", *DARA).startswith(f"{made.id}\tpublished")


def test_given_back_declined_appealed_and_opened_again(
    review: Console, capsys: pytest.CaptureFixture[str], sokha: Actor, dara: Actor, chan: Actor,
    tmp_path: Path,
) -> None:  # fmt: skip
    made = handed_in(sokha, tmp_path)
    review.said("claim", made.id, *DARA)
    assert review("ask", made.id, *DARA)[0] == 1, "what is to change must be said"
    review.said("ask", made.id, "--field", "descriptions=Say how it was measured.", *DARA)
    assert review.said("list", "--tab", "changes", *DARA).startswith(made.id)
    Console("deposit", capsys).said("hand-in", made.id, *SOKHA)
    review.said("claim", made.id, *DARA)
    review.said("release", made.id, *DARA)
    review.said("claim", made.id, *DARA)
    assert review.said("decline", made.id, "duplicate", "It is here.", *DARA) == "declined"
    assert review.said("reopen", made.id, "It is not the same.", *CHAN)
    assert review.said("list", *CHAN).startswith(made.id)


def test_who_is_no_curator_has_no_desk(
    review: Console, sokha: Actor, bopha: Actor, tmp_path: Path
) -> None:
    made = handed_in(sokha, tmp_path)
    assert review("list", *SOKHA)[0] == 1
    assert review("claim", made.id, *SOKHA)[0] == 1
    assert review("show", made.id, "--as", "bopha@example.org")[0] == 1
    assert review("list", "--as", "nobody@example.org")[0] == 1
