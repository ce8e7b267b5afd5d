"""One indexer follows the feeds; whatever happens to it, the index says what the source says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tonle.infra import crash
from tonle.search import indexer as indexer_module
from tonle.search.engine import Everything, Request, Term
from tonle.search.indexer import Indexer
from tonle.search.reading import CurrentReader
from tonle.search.schema import FACETS, NEWEST, schema
from tonle.search.shelf import Shelf, Stopped
from tonle.search.tantivy_engine import TantivyReader, TantivyWriter
from tonle.search.tests.crash_child import indexer
from tonle.search.tests.memory import WORDS, MemorySource, document, history

POINTS = sorted(name for name in crash.POINTS if name.startswith("index."))
THINGS = 60


def contents(root: Path) -> dict[str, Any]:
    """All that an index would answer: documents in both orders, counts, and every word."""
    reader = CurrentReader(Shelf(root)).get()
    assert reader is not None
    ordered = {
        sort: [
            row.key
            for row in reader.search(
                Request(Everything(), sort=sort, descending=True, limit=10_000)
            ).rows
        ]
        for sort in (NEWEST, "title_en")
    }
    facets = reader.search(Request(Everything(), facets=(*FACETS, "year"), sort=NEWEST)).facets
    words = {
        word: sorted(
            row.key
            for field in ("title", "body")
            for row in reader.search(Request(Term(field, word), limit=1_000)).rows
        )
        for words in WORDS.values()
        for word in (*words, "renamed", "survey", "study")
    }
    return {"order": ordered, "facets": facets, "words": words, "n": reader.documents()}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What an index says that was made in one go."""
    root = tmp_path_factory.mktemp("fresh")
    source = MemorySource()
    history(source, THINGS)
    Indexer(Shelf(root), [source], schema()).catch_up()
    return contents(root)


def run_child(root: Path, **environment: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "tonle.search.tests.crash_child", str(root), str(THINGS)],
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
    ).returncode


def test_the_index_holds_what_the_source_has(tmp_path: Path, fresh: dict[str, Any]) -> None:
    source = MemorySource()
    history(source, THINGS)
    assert fresh["n"] == len(source.things)
    assert run_child(tmp_path) == 0
    assert contents(tmp_path) == fresh


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("nth", [1, 4])
def test_killed_at_any_point_it_ends_like_a_fresh_one(
    tmp_path: Path, fresh: dict[str, Any], point: str, nth: int
) -> None:
    code = run_child(tmp_path, TONLE_CRASH_AT=f"{point}:{nth}")
    # Some points are passed only once or twice; then nothing died, and that is to be right too.
    assert code in (-signal.SIGKILL, 0)
    if nth == 1:
        assert code == -signal.SIGKILL
    source = MemorySource()
    history(source, THINGS)
    indexer(tmp_path, source).catch_up()
    assert contents(tmp_path) == fresh
    left = [path.name for path in tmp_path.iterdir() if path.is_dir()]
    assert len(left) == 1, "the old generation and half-built ones are gone"


def test_a_killed_build_goes_on_where_it_was(tmp_path: Path) -> None:
    assert run_child(tmp_path, TONLE_CRASH_AT="index.after_commit:2") == -signal.SIGKILL
    source = MemorySource()
    history(source, THINGS)
    indexer(tmp_path, source).catch_up()
    assert source.asked[0] > 0


def test_a_commit_is_not_repeated(tmp_path: Path) -> None:
    source = MemorySource()
    history(source, 20)
    follower = indexer(tmp_path, source)
    assert follower.catch_up() == source.head()
    assert follower.catch_up() == 0
    source.put(document(99))
    assert follower.catch_up() == 1


def test_another_analysis_builds_beside_while_readers_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = MemorySource()
    history(source, 40)
    indexer(tmp_path, source).catch_up()
    before = Shelf(tmp_path).current()
    current = CurrentReader(Shelf(tmp_path))
    whole = len(source.things)

    stop, seen, errors = threading.Event(), set(), []

    def read() -> None:
        while not stop.is_set():
            try:
                reader = current.get()
                seen.add(reader.documents() if reader else -1)
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for round_ in range(4):
            monkeypatch.setattr(indexer_module, "ANALYSER_HASH", f"another {round_}")
            indexer(tmp_path, source).catch_up()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not errors
    assert seen == {whole}, "never empty, never half"
    after = Shelf(tmp_path).current()
    assert before
    assert after
    assert after.path != before.path
    assert not before.path.exists()


def test_a_feed_that_began_anew_is_indexed_anew(tmp_path: Path) -> None:
    source = MemorySource()
    history(source, 20)
    indexer(tmp_path, source).catch_up()
    restored = MemorySource()
    restored.era = "second"
    restored.put(*(document(number) for number in range(100, 130)))
    indexer(tmp_path, restored).catch_up()
    reader = CurrentReader(Shelf(tmp_path)).get()
    assert reader
    assert reader.documents() == 30


def test_an_index_ahead_of_its_source_is_made_anew(tmp_path: Path) -> None:
    source = MemorySource()
    history(source, 20)
    indexer(tmp_path, source).catch_up()
    shorter = MemorySource()
    shorter.put(document(1))
    indexer(tmp_path, shorter).catch_up()
    reader = CurrentReader(Shelf(tmp_path)).get()
    assert reader
    assert reader.documents() == 1


def test_several_sources_share_an_index(tmp_path: Path) -> None:
    first, second = MemorySource("first"), MemorySource("second")
    first.put(document(1), document(2))
    second.put(document(1))
    both = Indexer(Shelf(tmp_path), [first, second], schema())
    assert both.catch_up() == 3
    second.withdraw("k00001")
    assert both.catch_up() == 1
    reader = CurrentReader(Shelf(tmp_path)).get()
    assert reader
    keys = {row.key for row in reader.search(Request(Everything())).rows}
    assert keys == {"first:k00001", "first:k00002"}
    # A context that is no longer installed leaves nothing behind.
    Indexer(Shelf(tmp_path), [second], schema()).catch_up()
    reader = CurrentReader(Shelf(tmp_path)).get()
    assert reader
    assert reader.documents() == 0


def test_positions_without_anything_to_find_are_passed(tmp_path: Path) -> None:
    class Sparse(MemorySource):
        def head(self) -> int:
            return super().head() + 10

    source = Sparse()
    source.put(document(1))
    follower = indexer(tmp_path, source)
    follower.catch_up()
    assert follower.status().behind == {"memory": 0}
    assert follower.catch_up() == 0


def test_a_document_that_cannot_be_indexed_keeps_no_other_out(tmp_path: Path) -> None:
    from dataclasses import replace

    source = MemorySource()
    source.put(document(1), replace(document(2), facets={"colour": ["red"]}), document(3))
    follower = indexer(tmp_path, source)
    follower.catch_up()
    status = follower.status()
    assert (status.documents, status.failed) == (2, 1)
    assert status.sound


def test_a_second_indexer_waits_for_the_first(tmp_path: Path) -> None:
    source = MemorySource()
    source.put(document(1))
    shelf, stop = Shelf(tmp_path), threading.Event()
    done: list[int] = []
    with shelf.lock(stop):
        second = threading.Thread(target=lambda: done.append(indexer(tmp_path, source).catch_up()))
        second.start()
        second.join(0.5)
        assert second.is_alive()
    second.join()
    assert done == [1]
    with shelf.lock(stop):
        stop.set()
        with pytest.raises(Stopped), Shelf(tmp_path).lock(stop):
            pass


def test_the_loop_follows_until_it_is_stopped(tmp_path: Path) -> None:
    source = MemorySource()
    source.put(document(1))
    stop = threading.Event()
    loop = threading.Thread(target=indexer(tmp_path, source).run, args=(stop,))
    loop.start()
    current = CurrentReader(Shelf(tmp_path))
    try:
        for number in (2, 3):
            source.put(document(number))
            while (reader := current.get()) is None or reader.documents() < number:
                time.sleep(0.02)
                assert loop.is_alive()
    finally:
        stop.set()
        loop.join()


def test_a_damaged_index_is_replaced(tmp_path: Path) -> None:
    source = MemorySource()
    history(source, 20)
    indexer(tmp_path, source).catch_up()
    generation = Shelf(tmp_path).current()
    assert generation
    (generation.path / "meta.json").write_text("{")
    indexer(tmp_path, source).catch_up()
    reader = CurrentReader(Shelf(tmp_path)).get()
    assert reader
    assert reader.documents() == len(source.things)


def test_state_and_documents_are_committed_together(tmp_path: Path) -> None:
    from tonle.search.schema import entry

    writer = TantivyWriter(tmp_path, schema())
    writer.put(entry("memory", document(1)))
    writer.commit({"cursor": 1})
    writer.put(entry("memory", document(2)))
    reader = TantivyReader(tmp_path)
    assert (reader.documents(), reader.state()) == (1, {"cursor": 1})
    writer.commit({"cursor": 2})
    assert (reader.documents(), reader.state()) == (2, {"cursor": 2})
    writer.put(entry("memory", document(3)))
    writer.close()
    assert (reader.documents(), reader.state()) == (2, {"cursor": 2})


def test_an_index_of_an_older_schema_still_answers(tmp_path: Path) -> None:
    from dataclasses import replace

    from tonle.search.schema import entry

    old = schema()
    old = replace(old, codes=tuple(code for code in old.codes if code != "funder"), by_text=())
    made = entry("memory", document(1))
    kept = {name: codes for name, codes in made.codes.items() if name in old.codes}
    orders = {NEWEST: made.orders[NEWEST]}
    writer = TantivyWriter(tmp_path, old)
    writer.put(replace(made, codes=kept, orders=orders))
    writer.commit({})
    writer.close()
    answer = TantivyReader(tmp_path).search(
        Request(Everything(), facets=("kind", "funder"), sort="title_en")
    )
    assert answer.total == len(answer.rows) == 1
    assert answer.facets["funder"] == {}
