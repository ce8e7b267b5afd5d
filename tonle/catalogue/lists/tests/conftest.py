from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tonle.catalogue.tests.conftest import home

__all__ = ["home"]


@pytest.fixture
def bopha() -> Client:
    """An outsider with a browser."""
    return Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def index(settings: Any, tmp_path: Path) -> None:
    """An index of its own for this test's node."""
    settings.TONLE_INDEX = tmp_path / "index"
