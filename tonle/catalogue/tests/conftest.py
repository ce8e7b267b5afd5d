"""A node with a name and a storage root of its own, for every test that publishes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from tests.constants import NOW
from tonle.catalogue import node


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A fresh node: directory, storage root, origin and first epoch. Needs a database fixture."""
    data = tmp_path / "node"
    (data / "staging").mkdir(parents=True)
    with override_settings(
        TONLE_DATA=data, TONLE_OCFL_ROOT=data / "ocfl", TONLE_STAGING=data / "staging"
    ):
        node.establish(NOW)
        yield data
