"""First rows and an answer of a large table on a node, beside DuckDB and datasette alone.

    python -m benchmarks.looking [--mb 1024] [--data DIR] [--datasette FOLDER] [--json FILE]

A CSV and a Parquet of that size are made, published as one record of a new node (`--data` names
where it lies), and asked over REST as anybody may: the preview, and one aggregate by three
hundred districts. Beside, in the same run: DuckDB in a process of its own on the same file, with
one thread as the node's own answers have, and with all; and where `--datasette` names the `bin`
of an environment that has sqlite-utils and datasette, both of them: what is loaded first, and the
same aggregate over HTTP afterwards. Answers are compared, so that all have done the same work.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from benchmarks.figures import Figure, Report, conditions
from benchmarks.processes import most_memory
from benchmarks.uploads import timed
from tests.node import Node
from tests.noise import MIB
from tests.published import publish
from tests.throwaway import free_port

DISTRICTS, ROWS = 300, 20
# One thread is what the node gives to one question; "all" is what the machine could do.
ONE = "SET threads = 1; "
ASK = {"by": "district", "what": "mean", "of": "rice_t", "order": "district"}


def make_csv(path: Path, size_mb: int) -> None:
    """Rows of some 70 bytes, of which every thousandth has no weight."""
    chance, written = random.Random(3), 0
    with path.open("w", encoding="utf-8", newline="") as file:
        written += file.write("plot,district,day,rice_t,note\n")
        begins = 0
        while written < size_mb * MIB:
            lines = []
            for number in range(begins, begins + 10_000):
                weight = "" if number % 1000 == 0 else f"{chance.random() * 9:.4f}"
                lines.append(
                    f"{number},district {number * 7919 % DISTRICTS:03},"
                    f"2024-{1 + number % 12:02}-{1 + number % 28:02},{weight},"
                    f"{chance.getrandbits(96):024x}\n"
                )
            begins += 10_000
            written += file.write("".join(lines))


def make_parquet(target: Path, size_mb: int) -> None:
    """The same columns, with as many rows as fill the size: noise is not made smaller."""
    import duckdb

    rows = size_mb * MIB // 26
    district = f"'district ' || lpad((i * 7919 % {DISTRICTS})::VARCHAR, 3, '0')"
    weight = "CASE WHEN i % 1000 = 0 THEN NULL ELSE random() * 9 END"
    made = duckdb.sql(
        f"SELECT i AS plot, {district} AS district, DATE '2024-01-01' + (i % 365)::INT AS day, "  # noqa: S608 # Numbers of ours.
        f"{weight} AS rice_t, hash(i) AS note FROM range({rows}) AS t(i)"
    )
    assert made is not None
    made.write_parquet(str(target))


def alone(setting: str, sql: str) -> list[Any]:
    """What DuckDB says, in a process of its own, which is counted too."""
    program = (
        "import duckdb, json, sys; c = duckdb.connect(); "
        "[c.execute(s) for s in sys.argv[1].split('; ') if s]; "
        "print(json.dumps(c.execute(sys.argv[2]).fetchall(), default=str))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, setting, sql], capture_output=True, text=True, check=True
    )
    found: list[Any] = json.loads(said.stdout)
    return found


def asked(url: str) -> Any:
    request = urllib.request.Request(url, headers={"Accept": "application/json"})  # noqa: S310 # Our own node.
    with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310 # As above.
        return answer.status, json.load(answer)


def previewed(node: Node, record: str, name: str) -> Any:
    """The preview of a file, waited for."""
    while True:
        status, told = asked(f"{node.url}/api/v1/explore/{record}/preview?file={quote(name)}")
        if status == 200:
            return told
        time.sleep(0.05)


def same(ours: list[list[str]], theirs: list[list[Any]]) -> None:
    """Both have worked out the same means; ours are written with six digits."""
    assert len(ours) == len(theirs) == DISTRICTS, (len(ours), len(theirs))
    for (name, mean), (their_name, their_mean) in zip(ours, theirs, strict=True):
        assert name == their_name, (name, their_name)
        assert f"{float(their_mean):.6g}" == mean, (name, mean, their_mean)


def measure(report: Report, folder: Path, size_mb: int, datasette: Path | None) -> None:
    crate = folder / "crate"
    crate.mkdir(parents=True)
    make_csv(crate / "yields.csv", size_mb)
    make_parquet(crate / "yields.parquet", size_mb)
    node = Node(folder / "var", TONLE_API_LIMIT="0")
    node.tonle("init", "--quiet")
    node.start()
    try:
        record = publish(node, crate, "Yields of many plots")
        for name in ("yields.csv", "yields.parquet"):
            of_file(report, node, record, crate / name)
    finally:
        node.stop()
    if datasette is not None:
        of_datasette(report, datasette, crate / "yields.csv", folder)


def of_file(report: Report, node: Node, record: str, path: Path) -> None:
    reader = "read_csv" if path.suffix == ".csv" else "read_parquet"
    table = f"{reader}('{path}')"
    size_mb = path.stat().st_size / MIB
    what = f"{path.suffix.removeprefix('.')} of {size_mb:,.0f} MB"
    previewed(node, record, path.name)  # It was made when the record came; now it is read.
    first = timed(lambda: previewed(node, record, path.name))
    page = f"{node.url}/records/{record}/look/{path.name}"
    shown = timed(lambda: urllib.request.urlopen(page, timeout=60).read())  # noqa: S310 # As above.
    by_duckdb = timed(lambda: alone(ONE, f"FROM {table} LIMIT {ROWS}"))
    report.add(Figure(f"first rows of a {what}, over REST", first, "s", "DuckDB", by_duckdb))
    report.add(Figure(f"  their page for readers, {what}", shown, "s", "DuckDB", by_duckdb))
    made = timed(lambda: looked_into(path))
    report.add(Figure(f"  their preview made, once, {what}", made, "s", "DuckDB", by_duckdb))

    query = urlencode({"file": path.name, **ASK, "limit": 1000})
    what_is_asked = "SELECT district, avg(rice_t) AS mean FROM"
    sql = f"{what_is_asked} {table} GROUP BY district ORDER BY district"
    answers: list[Any] = []

    def ask() -> None:
        answers[:] = asked(f"{node.url}/api/v1/explore/{record}/rows?{query}")[1]["rows"]

    with most_memory(node.pid) as highest:
        seconds = timed(ask)
    theirs: list[Any] = []

    def beside(setting: str) -> Callable[[], None]:
        def work() -> None:
            theirs[:] = alone(setting, sql)

        return work

    one, every = timed(beside(ONE)), timed(beside(""))
    same(answers, theirs)
    report.add(Figure(f"a mean for each of 300, {what}", seconds, "s", "DuckDB, one thread", one))
    report.add(Figure(f"  beside all threads, {what}", seconds, "s", "DuckDB", every))
    report.add(Figure(f"  highest PSS of the node, {what}", highest[0], "MB"))


def looked_into(path: Path) -> None:
    """As the node's task does, in the confined process."""
    from tonle.explore.tasks import look

    assert look(path, path.name)[0]["tables"]


def of_datasette(report: Report, programs: Path, source: Path, folder: Path) -> None:
    """sqlite-utils loads the CSV; datasette answers over HTTP."""
    base, port = folder / "yields.db", free_port()
    load = [str(programs / "sqlite-utils"), "insert", str(base), "yields", str(source)]
    loaded = timed(
        lambda: subprocess.run([*load, "--csv", "--detect-types", "--silent"], check=True)
    )
    report.add(Figure("sqlite-utils loads the csv, once", loaded, "s"))
    serve = [str(programs / "datasette"), str(base), "--port", str(port)]
    serve += ["--setting", "sql_time_limit_ms", "300000"]
    process = subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/yields"
    try:
        for _attempt in range(200):
            try:
                asked(f"{url}.json")
                break
            except OSError:
                time.sleep(0.1)
        rows = timed(lambda: asked(f"{url}/yields.json?_size={ROWS}&_shape=arrays&_nocount=1"))
        sql = "select district, avg(cast(nullif(rice_t, '') as real)) from yields group by 1"
        query = urlencode({"sql": f"{sql} order by 1", "_shape": "arrays"})
        got: list[Any] = []

        def ask() -> None:
            got[:] = asked(f"{url}.json?{query}")[1]["rows"]

        mean = timed(ask)
        assert len(got) == DISTRICTS, len(got)
    finally:
        process.terminate()
        process.wait()
    ours = {one.what: one.value for one in report.figures}
    for begins, name, theirs in (
        ("first rows of a csv", "first rows of the csv by datasette, loaded", rows),
        ("a mean for each of 300, csv", "a mean for each by datasette, loaded", mean),
    ):
        value = next(value for what, value in ours.items() if what.startswith(begins))
        report.add(Figure(name, theirs, "s", "the node", value))


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.looking", description=__doc__)
    parser.add_argument("--mb", type=int, default=1024)
    parser.add_argument("--data", type=Path, metavar="DIR")
    parser.add_argument("--datasette", type=Path, metavar="FOLDER")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    report = Report(args.json, conditions() | {"mb": args.mb})
    with tempfile.TemporaryDirectory(prefix="tonle-benchmark-", dir=args.data) as folder:
        measure(report, Path(folder), args.mb, args.datasette)
    print(report.about)
    return 0


if __name__ == "__main__":
    sys.exit(main())
