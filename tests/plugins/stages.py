"""Sorts tests into stages by what they need, so that `./test` can run them one after another.

rules     neither database nor browser
services  a database, on SQLite and again on PostgreSQL
pages     the test client
browser   a real browser: everything in tests/browser
s3        a real object store: what bears the mark

A mark of the same name overrules. `deep` tests run only with --deep, which also
gives Hypothesis thousands of examples. Of a test marked `one_database`, and of what pages
say (test_pages.py), a usual run on PostgreSQL is sure without: SQLite stands for both, and
the services beneath have tests of their own on both; --deep runs everything on both.
"""

from __future__ import annotations

import gc
import json
import os
from collections import Counter
from pathlib import Path

import hypothesis
import pytest

STAGES = ("rules", "services", "pages", "browser", "s3")

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}
PAGE_FIXTURES = {"client", "admin_client", "async_client", "language"}

# Time is no property of a rule, so no example has a deadline.
hypothesis.settings.register_profile(
    "usual", max_examples=50, derandomize=True, deadline=None, database=None
)
hypothesis.settings.register_profile("deep", max_examples=3000, deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("tonle")
    group.addoption("--stage", choices=STAGES, help="run only the tests of this stage")
    group.addoption("--deep", action="store_true", help="also the long tests, with more examples")
    group.addoption("--counts", metavar="FILE", help="write how many passed, failed, were skipped")


def pytest_configure(config: pytest.Config) -> None:
    for stage in STAGES:
        config.addinivalue_line("markers", f"{stage}: belongs to the stage {stage}.")
    config.addinivalue_line("markers", "deep: a long test; runs only with --deep.")
    config.addinivalue_line("markers", "one_database: on PostgreSQL, runs only with --deep.")
    hypothesis.settings.load_profile("deep" if config.getoption("--deep") else "usual")


def stage_of(item: pytest.Item) -> str:
    """The stage that a collected test belongs to."""
    for stage in STAGES:
        if item.get_closest_marker(stage):
            return stage
    fixtures = set(getattr(item, "fixturenames", ()))
    if "browser" in item.path.parts:
        return "browser"
    if fixtures & PAGE_FIXTURES:
        return "pages"
    if item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES:
        return "services"
    return "rules"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = config.getoption("--stage")
    deep = config.getoption("--deep")
    chosen = [
        item
        for item in items
        if (wanted is None or stage_of(item) == wanted) and (deep or not _left_to_deep(item))
    ]
    left = [item for item in items if item not in set(chosen)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = chosen


def _left_to_deep(item: pytest.Item) -> bool:
    once = item.get_closest_marker("one_database") or item.path.name == "test_pages.py"
    return bool(item.get_closest_marker("deep") or (once and os.environ.get("TONLE_DATABASE_URL")))


def pytest_collection_finish() -> None:
    """Ten thousand tests stay to the end: the collector need not look at them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


_counts: Counter[str] = Counter()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    # A test counts once, by its worst phase: an error in set-up or tear-down is a failure.
    if report.failed:
        _counts["failed"] += 1
    elif report.skipped and not hasattr(report, "wasxfail"):
        _counts["skipped"] += 1
    elif report.passed and report.when == "call":
        _counts["passed"] += 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    target = session.config.getoption("--counts")
    if target:
        Path(target).write_text(json.dumps(_counts), encoding="utf-8")
