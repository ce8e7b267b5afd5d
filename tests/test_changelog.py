from __future__ import annotations

from pathlib import Path

import pytest

from config.options import BASE_DIR
from tools.changelog import fragments, section


def test_every_fragment_has_a_kind_and_one_sentence() -> None:
    for sentences in fragments(BASE_DIR / "changes").values():
        for sentence in sentences:
            assert sentence.partition(" (#")[0].endswith("."), sentence


def test_fragments_become_a_release_by_kind_and_issue(tmp_path: Path) -> None:
    (tmp_path / "10.fixed.md").write_text("B is\nmended.\n")
    (tmp_path / "2-run.fixed.md").write_text("A is mended.\n")
    (tmp_path / "3.added.md").write_text("C is new.\n")
    assert section("1.0.0", "2026-12-01", fragments(tmp_path)) == (
        "## [1.0.0] - 2026-12-01\n\n### Added\n\n- C is new. (#3)\n\n"
        "### Fixed\n\n- A is mended. (#2)\n- B is mended. (#10)\n"
    )


def test_a_fragment_of_no_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("What is this?")
    with pytest.raises(SystemExit, match=r"notes\.md"):
        fragments(tmp_path)
