from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tonle.search.terms import lexicon
from tonle.search.terms.lexicon import OURS, Lexicon
from tonle.search.terms.tables import Concept, Source, write

MakeLexicon = Callable[..., Lexicon]


@pytest.fixture
def make_lexicon(tmp_path: Path) -> MakeLexicon:
    """A lexicon of tables, each a list of concepts: table "0", "1" and so on; and our own."""

    def make(*tables: list[Concept], ours: Sequence[Concept] = ()) -> Lexicon:
        paths = []
        named = [*((str(number), concepts) for number, concepts in enumerate(tables)), (OURS, ours)]
        for name, concepts in named:
            path = tmp_path / f"{name}.jsonl.gz"
            write(path, Source(name, f"Table {name}", "", "CC0-1.0"), concepts)
            paths.append(path)
        lexicon.build(tmp_path / "terms.sqlite3", paths, "stamp")
        return Lexicon(tmp_path / "terms.sqlite3")

    return make
