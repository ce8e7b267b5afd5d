"""The keeping commands, as a steward types them: what was published comes back, to the digest."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.node import Node

CITATION = """cff-version: 1.2.0
title: {title}
authors: [{{name: Tonle}}]
license: MIT
"""


def digest(node: Node) -> str:
    return node.tonle("check", "--digest").splitlines()[-1]


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """Three records, published by an import."""
    made = Node(tmp_path / "node")
    made.tonle("init", "--quiet")
    for number, title in enumerate(("Water", "ទឹក", "ရေ")):
        folder = tmp_path / f"software-{number}"
        folder.mkdir()
        (folder / "CITATION.cff").write_text(CITATION.format(title=title), encoding="utf-8")
        made.tonle("import", str(folder))
    return made


def test_a_node_comes_back_from_its_backup_and_from_its_files_alone(
    node: Node, tmp_path: Path
) -> None:
    before = digest(node)
    backups = tmp_path / "backups"
    assert "whole" in node.tonle("backup", str(backups), "--verify")

    restored = Node(tmp_path / "restored")
    restored.tonle("restore", str(backups))
    restored.tonle("init", "--quiet")
    assert digest(restored) == before
    # The same node, which goes on with its backups.
    assert "whole" in restored.tonle("backup", str(backups), "--verify")

    for path in node.data.glob("node.sqlite3*"):
        path.unlink()
    shutil.rmtree(node.data / "index", ignore_errors=True)
    node.tonle("rebuild")
    assert digest(node) == before


@pytest.mark.deep
def test_a_damaged_pool_is_mended_and_damaged_files_are_named(node: Node, tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    node.tonle("backup", str(backups))
    _spoil(next(backups.glob("objects/**/record.json")))
    said = node.tonle("backup", str(backups), "--verify")
    assert "Missing or changed: " in said
    assert said.rstrip().endswith("whole.")

    assert "0 findings" in node.tonle("fixity")
    spoilt = next((node.data / "ocfl").rglob("record.json"))
    _spoil(spoilt)
    with pytest.raises(AssertionError, match="1 findings") as told:
        node.tonle("fixity")
    assert spoilt.name in str(told.value)
    with pytest.raises(AssertionError) as told:
        node.tonle("fixity", "--json")
    lines = [line for line in str(told.value).splitlines() if line.startswith("{")]
    assert [json.loads(line)["path"] for line in lines] == [
        str(spoilt.relative_to(spoilt.parents[2]))
    ]

    shutil.rmtree(spoilt.parents[2])
    with pytest.raises(AssertionError):
        node.tonle("check")


def _spoil(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b" ")
