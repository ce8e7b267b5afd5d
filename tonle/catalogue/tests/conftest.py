"""A node with a name and a storage root of its own, for every test that publishes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from config import wiring
from tests.constants import NOW
from tonle.catalogue import gates, node


@pytest.fixture(autouse=True)
def no_gates_from_above(monkeypatch: pytest.MonkeyPatch) -> None:
    """What contexts above demand is tested there; here the catalogue is alone."""
    monkeypatch.setattr(gates, "_GATES", {})
    monkeypatch.setattr(gates, "_EDIT_GATES", {})
    monkeypatch.setattr(gates, "_READ_GATES", {})
    monkeypatch.setattr(wiring, "GATES", ())
    monkeypatch.setattr(wiring, "EDIT_GATES", ())
    monkeypatch.setattr(wiring, "READ_GATES", ())


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
