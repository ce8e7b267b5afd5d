from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tonle.search.terms import lexicon
from tonle.search.terms.lexicon import Lexicon
from tonle.search.terms.tables import Concept, Source, write

MakeLexicon = Callable[..., Lexicon]


@pytest.fixture
def make_lexicon(tmp_path: Path) -> MakeLexicon:
    """A lexicon of tables, each a list of concepts: table "0", "1" and so on."""

    def make(*tables: list[Concept]) -> Lexicon:
        paths = []
        for number, concepts in enumerate(tables):
            path = tmp_path / f"{number}.jsonl.gz"
            write(path, Source(str(number), f"Table {number}", "", "CC0-1.0"), concepts)
            paths.append(path)
        lexicon.build(tmp_path / "terms.sqlite3", paths, "stamp")
        return Lexicon(tmp_path / "terms.sqlite3")

    return make
