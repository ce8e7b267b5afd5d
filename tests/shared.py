"""Real records and published schemas that lie beside a developer's checkout.

They are not part of the project: a test that reads them is skipped, and says so,
where they are absent.
"""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


def shared(path: str) -> Path:
    """The file or folder of that name, or a skip with the one reason that is allowed."""
    found = SHARED / path
    if not found.exists():
        pytest.skip("shared data absent")
    return found
