"""A skipped test fails the run, unless its reason stands in tests/allowed_skips.txt.

So nothing drops out of the suite unseen: each kind of absence is written down once,
with why it is acceptable.
"""

from __future__ import annotations

from pathlib import Path

import pytest

ALLOWED = Path(__file__).resolve().parent.parent / "allowed_skips.txt"

_found: dict[str, list[str]] = {}


def allowed() -> set[str]:
    """The reasons that are accepted, one a line; `#` starts a comment."""
    lines = ALLOWED.read_text(encoding="utf-8").splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ").strip()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        _found.setdefault(_reason(report), []).append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        _found.setdefault(_reason(report), []).append(report.nodeid)


def _unexpected() -> dict[str, list[str]]:
    return {reason: tests for reason, tests in _found.items() if reason not in allowed()}


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if _unexpected() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reason, tests in _unexpected().items():
        terminalreporter.section("skipped without leave", red=True)
        terminalreporter.line(f"{reason!r} is not in tests/allowed_skips.txt:")
        for test in tests:
            terminalreporter.line(f"  {test}")
