"""Fixtures of the stage `s3`: a real object store, and a node whose files stand in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import objectstore


@pytest.fixture(scope="session")
def object_store() -> Iterator[objectstore.Server]:
    """A SeaweedFS of this run alone: started for the first test that asks for it."""
    with objectstore.running(os.environ.get("TMPDIR")) as server:
        yield server


@pytest.fixture
def s3_options(object_store: objectstore.Server) -> dict[str, str]:
    """The options of a node whose files stand in that store, below a prefix of its own."""
    return object_store.options()


@pytest.fixture
def s3_node(s3_options: dict[str, str], tmp_path: Path) -> Iterator[object]:
    """A `tests.node.Node`, made and served, whose files stand in an object store."""
    from tests.node import Node

    node = Node(tmp_path / "node", **s3_options)
    node.tonle("init", "--quiet")
    node.start()
    yield node
    node.stop()
