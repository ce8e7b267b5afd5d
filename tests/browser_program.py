"""Where a Chromium is: the system's own, since none is downloaded for tests."""

from __future__ import annotations

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """TONLE_CHROMIUM, else the first known name on the path, else None."""
    return os.environ.get("TONLE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
