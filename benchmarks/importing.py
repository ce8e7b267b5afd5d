"""An import of many records: rate, CPU and memory, beside the least that keeping them takes.

The least: parse the same files, write each DataCite item as one file and one row, and
make each batch of 200 last. No checks, no index of names, no history, no audit.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import material
from benchmarks.figures import Figure, Report
from benchmarks.processes import Watch, tonle
from tonle.infra.ocfl.durable import sync_for_many, write_file

BATCH = 200
# Of the floor, whose rate does not change with size.
FLOOR_RECORDS = 5_000


def measure(report: Report, data: Path, work: Path, records: int) -> None:
    """Import into an empty node in `data`."""
    incoming = work / "incoming"
    material.write(incoming, records)
    Watch(tonle(data, "init")).finish()
    began = time.perf_counter()
    watch = Watch(tonle(data, "import", str(incoming)))
    watch.finish()
    rate = records / (time.perf_counter() - began)
    floor = least(incoming, work)
    report.add(
        Figure(f"import, {records:,} records", rate, "records/s", "parse, write, sync", floor)
    )
    report.add(Figure("import, by its CPU time alone", records / watch.cpu, "records/s", "", None))
    report.add(
        Figure(
            "import, highest RSS",
            max(watch.rss_mb),
            "MB",
            "in its first fifth",
            watch.at(watch.rss_mb, 0.2),
        )
    )
    report.add(Figure("import, highest PSS", max(watch.pss_mb), "MB"))


def items(folder: Path) -> Iterator[str]:
    """The DataCite items of the files, each as one text."""
    for file in sorted(folder.glob("*.datacite.json")):
        for item in json.loads(file.read_text(encoding="utf-8"))["data"]:
            yield json.dumps(item, ensure_ascii=False)


def least(incoming: Path, work: Path) -> float:
    """Records a second of the least that keeping them takes."""
    folder = work / "least"
    folder.mkdir()
    sync = sync_for_many(folder)
    database = sqlite3.connect(folder / "least.sqlite3")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, body TEXT)")
    began, kept = time.perf_counter(), 0
    batch: list[str] = []
    for text in items(incoming):
        batch.append(text)
        kept += 1
        if len(batch) == BATCH or kept == FLOOR_RECORDS:
            for number, one in enumerate(batch):
                write_file(folder / f"{kept}-{number}.json", one.encode(), sync)
            sync.barrier()
            database.executemany("INSERT INTO kept (body) VALUES (?)", [(one,) for one in batch])
            database.commit()
            batch = []
        if kept == FLOOR_RECORDS:
            break
    rate = kept / (time.perf_counter() - began)
    database.close()
    return rate
