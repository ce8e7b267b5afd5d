from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.node import lend_lexicon
from tonle.infra.server.tests.node import ROOT, Node, environment


@pytest.fixture(scope="session")
def empty_node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a node that was just created; copied, because creating takes seconds."""
    data = tmp_path_factory.mktemp("empty") / "var"
    subprocess.run(
        [sys.executable, "-m", "tonle", "init", "--quiet"],
        cwd=ROOT,
        env=environment(data, 0),
        check=True,
        timeout=120,
    )
    lend_lexicon(data)
    return data


@pytest.fixture(scope="session")
def node(empty_node: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """One node for all tests that leave it as they found it."""
    data = tmp_path_factory.mktemp("node") / "var"
    shutil.copytree(empty_node, data)
    running = Node(data, TONLE_THREADS="4", TONLE_QUEUE="8", TONLE_BODY_IDLE="3")
    yield running
    running.stop()


@pytest.fixture
def own_node(empty_node: Path, tmp_path: Path) -> Path:
    """A directory for a node that the test starts and stops itself."""
    data = tmp_path / "var"
    shutil.copytree(empty_node, data)
    return data
