"""What the other subjects of deposit use of the checks: this package is their door.

    fair_findings(document, files)   what is missing or weak, in words (pure)
    ask(draft_id=, now=)             have new or changed files of a draft read, soon
    sync(draft_id, now)              take over what is known of files of the version before, in the
                                     caller's transaction
    undecided(draft_id)              why the draft cannot be handed in yet: Refusals, or none
    summary(draft_id)                counts and findings for a page; template
                                     `deposit/checks/summary.html` with `checks`

Names are fetched when first used: a child process that reads somebody's file imports the
rules below this package and nothing of Django.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tonle.deposit.checks.rules.fair import Finding, fair_findings
    from tonle.deposit.checks.selectors import Summary, summary, undecided
    from tonle.deposit.checks.services import ask, sync

__all__ = ["Finding", "Summary", "ask", "fair_findings", "summary", "sync", "undecided"]

_FETCHED = {
    "Finding": "rules.fair",
    "Summary": "selectors",
    "ask": "services",
    "fair_findings": "rules.fair",
    "summary": "selectors",
    "sync": "services",
    "undecided": "selectors",
}


def __getattr__(name: str) -> Any:
    if name not in _FETCHED:
        raise AttributeError(name)
    return getattr(import_module(f"tonle.deposit.checks.{_FETCHED[name]}"), name)
