"""By keyboard and by ear alone: every stop is seen, in reading order, with a name; forms can be
mended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.pages import records
from tests.node import Node
from tests.plugins.browser import NARROW, OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

# What has the keyboard: whether it comes after the last one, can be seen, shows that it has it,
# and what it is called. Null at the end of the page.
_STOP = """() => {
  const at = document.activeElement, last = window.lastStop;
  if (!at || at === document.body) return null;
  window.lastStop = at;
  // Of a link over two lines, the first.
  const box = at.getClientRects()[0], style = getComputedStyle(at);
  const [x, y] = [box.x + box.width / 2, box.y + Math.min(box.height, 20) / 2];
  const shown = document.elementFromPoint(x, y);
  return {
    after: !last || !!(last.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING),
    inside: box.top >= -2 && box.bottom <= innerHeight + 2 || box.height > innerHeight,
    covered: !(shown && (at.contains(shown) || shown.contains(at))),
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    name: at.getAttribute("aria-label") || at.innerText || at.labels?.[0]?.innerText || "",
    what: at.outerHTML.slice(0, 120),
  };
}"""


def stops(page: Page, most: int = 400) -> list[dict[str, Any]]:
    """Every stop of the keyboard, from the top of the page to its end."""
    found: list[dict[str, Any]] = []
    for _press in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(_STOP)
        if stop is None or not stop["after"]:
            return found
        found.append(stop)
    raise AssertionError("The keyboard does not come to the end of the page.")


@pytest.mark.parametrize(
    "path",
    ["/", "/search?q=nothinglikethis", "/accounts/signup/", "record", "/deposit"],
)
def test_every_stop_is_seen_in_reading_order_and_has_a_name(
    open_page: OpenPage, node: Node, path: str
) -> None:
    path = records(node)["dataset"][0] if path == "record" else path
    page = open_page(path, width=NARROW)
    # Nothing that only a pointer brings up hides behind a fold.
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    found = stops(page)

    assert found[0]["name"] == "Skip to the content"
    assert len(found) >= 8
    for stop in found:
        assert stop["ring"], stop["what"]
        assert stop["inside"], stop["what"]
        assert not stop["covered"], stop["what"]
        assert stop["name"].strip(), stop["what"]


def test_the_skip_link_leads_past_everything(open_page: OpenPage) -> None:
    page = open_page("/about", width=NARROW)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('main').contains(document.activeElement)")


def test_a_form_with_errors_is_mended_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("/help/ask", width=NARROW)
    page.locator("[name=text]").fill("Where are the water levels of last year?")
    page.locator("[name=address]").focus()
    page.keyboard.type("nobody")
    page.keyboard.press("Enter")
    page.wait_for_selector("#errors")

    # The keyboard starts at what is wrong; the next stop leads to the field.
    assert page.evaluate("document.activeElement.id") == "errors"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    field = page.locator("[name=address]")
    assert page.evaluate("document.activeElement.name") == "address"
    assert field.get_attribute("aria-invalid") == "true"
    described = (field.get_attribute("aria-describedby") or "").split()
    said = " ".join(page.locator(f"#{one}").inner_text() for one in described)
    assert page.locator(".error").first.inner_text() in said
    assert page.locator("[name=text]").input_value().startswith("Where are")

    page.keyboard.press("Control+A")
    page.keyboard.type("reader@example.org")
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/sent**")


def test_headings_and_landmarks_tell_the_page_to_who_listens(
    open_page: OpenPage, node: Node
) -> None:
    page = open_page(records(node)["dataset"][0])
    tree = page.locator("body").aria_snapshot()
    for landmark in ("banner", "navigation", "main", "contentinfo"):
        assert f"- {landmark}" in tree, landmark
    assert tree.count("[level=1]") == 1
    assert "- complementary" in tree
