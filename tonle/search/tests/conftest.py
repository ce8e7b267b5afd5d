from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tonle.search import documents, indexing
from tonle.search.facets import Filters
from tonle.search.selectors import Page, search
from tonle.search.tests.memory import NOW, MemorySource


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> MemorySource:
    """The one source of a node whose index is empty."""
    memory = MemorySource()
    monkeypatch.setattr(documents, "_sources", {memory.name: memory})
    settings.TONLE_INDEX = tmp_path / "index"
    return memory


Find = Callable[..., Page]


@pytest.fixture
def find(source: MemorySource) -> Find:
    """Index what the source has, then search: find("water", kind=["dataset"], sort=…)."""

    def find(query: str = "", *, language: str = "en", **asked: Any) -> Page:
        indexing.catch_up()
        options = {k: asked.pop(k) for k in ("sort", "cursor", "limit") if k in asked}
        return search(query, Filters.read(asked), language=language, now=NOW, **options)

    return find
