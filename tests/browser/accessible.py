"""What axe finds against WCAG 2.2 A and AA on a page that is open.

axe-core comes inside a package of the tests; it runs in the page by the browser's own door for
tools, so that the node's Content-Security-Policy stays as it is.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

_RUN = """async (rules) => {
  const found = await axe.run(document, {
    // A tag alone leaves out the size of what is pressed, which WCAG 2.2 asks for.
    runOnly: rules, rules: { "target-size": { enabled: true } },
    // Stylesheets that lie elsewhere are not fetched again: there are none.
    resultTypes: ["violations"], preload: false, elementRef: false,
  });
  const why = (node) => (node.any[0] || node.all[0] || node.none[0] || {}).message;
  return found.violations.flatMap((rule) => rule.nodes.map((node) =>
    `${rule.id}: ${node.target.join(" ")}: ${why(node)}`));
}"""


@cache
def _axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """One line for each element at fault: rule, element, what is wrong. [] where all is well."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_axe())
    return list(page.evaluate(_RUN, list(RULES)))
