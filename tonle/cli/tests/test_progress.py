from __future__ import annotations

import io

import pytest

from tonle.cli.progress import Progress, duration


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Ticker:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59.4, "59 s"), (60, "1 min 0 s"), (3599, "59 min 59 s"), (7500, "2 h 5 min")],
)
def test_a_duration_reads_as_people_say_it(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_a_log_gets_a_line_every_few_seconds_and_the_last_one() -> None:
    stream, ticker = io.StringIO(), Ticker()
    with Progress("Importing", 4000, stream=stream, ticker=ticker) as progress:
        for _ in range(40):
            ticker.seconds += 0.25
            progress.advance(100)
    assert stream.getvalue().splitlines() == [
        "Importing: 2,000 of 4,000 records, 400/s, 5 s left",
        "Importing: 4,000 of 4,000 records, 400/s, after 10 s",
        "Importing: 4,000 of 4,000 records, 400/s, after 10 s",
    ]


def test_a_terminal_sees_one_line_that_moves() -> None:
    stream, ticker = Terminal(), Ticker()
    with Progress("Reading", unit="files", stream=stream, ticker=ticker) as progress:
        for _item in progress.follow(range(3)):
            ticker.seconds += 1
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().split("\r")[-1].strip() == "Reading: 3 files, 1.0/s, after 3 s"


def test_work_without_steps_says_nothing() -> None:
    stream = io.StringIO()
    Progress("Importing", 0, stream=stream).close()
    assert stream.getvalue() == ""
