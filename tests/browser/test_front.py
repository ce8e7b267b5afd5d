"""The front page as a reader meets it, without JavaScript."""

from __future__ import annotations

import pytest

from tests.plugins.browser import NARROW, WIDE, OpenPage


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_the_front_page_fits_its_reader_s_screen(
    open_page: OpenPage, language: str, width: int
) -> None:
    page = open_page("/", language=language, width=width)
    assert page.locator("html").get_attribute("lang") == language
    assert page.get_by_role("searchbox").first.is_visible()
    # Nothing is wider than the screen: a reader should never have to scroll sideways.
    assert page.evaluate("document.documentElement.scrollWidth") <= width
