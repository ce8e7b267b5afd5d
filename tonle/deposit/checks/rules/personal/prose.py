"""Running text: plain, Markdown, HTML, XML, notebooks' neighbours. Line by line."""

from __future__ import annotations

import re
from pathlib import Path

from tonle.deposit.checks.rules.personal.delimited import lines
from tonle.deposit.checks.rules.personal.traces import (
    Ended,
    GoOn,
    Kind,
    Limits,
    Report,
    Trace,
    mask,
)
from tonle.deposit.checks.rules.personal.values import in_prose

_PIECE = 1 << 14
_ASK_EVERY = 2_000
# An author's address in a README is there to be used; a list of addresses is not.
_A_FEW = 3
_MEANT_TO_BE_READ = re.compile(
    r"(?:readme|license|licence|citation|authors|contributing|changelog|codemeta)\b", re.IGNORECASE
)


def scan(path: Path, name: str, encoding: str, limits: Limits, report: Report, go_on: GoOn) -> None:
    """Read a text into the report: one trace for each kind."""
    report.encoding = encoding
    counts: dict[Kind, int] = {}
    firsts: dict[Kind, tuple[int, str]] = {}
    row = 0
    try:
        for row, line in enumerate(lines(path, encoding, limits, report), 1):
            if row > limits.rows:
                raise Ended("rows")
            if row % _ASK_EVERY == 0 and not go_on(row):
                raise Ended("time")
            for start in range(0, len(line), _PIECE):
                # A little of the piece before, so that nothing is cut in two and missed.
                for kind, value in in_prose(line[max(0, start - 80) : start + _PIECE]):
                    counts[kind] = counts.get(kind, 0) + 1
                    firsts.setdefault(kind, (row, mask(kind, value)))
    except Ended as end:
        report.note(end.note)
    report.rows += row
    few = bool(_MEANT_TO_BE_READ.match(name.rpartition("/")[2]))
    for kind, (first, covered) in firsts.items():
        told = kind == "email" and few and counts[kind] <= _A_FEW
        report.traces.append(
            Trace(kind, count=counts[kind], first=first, mask=covered, decide=not told)
        )
