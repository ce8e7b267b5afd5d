"""Everything that is measured of a node, in one run.

    python -m benchmarks [--records N] [--seconds S] [--json FILE] [--only STAGE,…] [--data DIR]

Prints one table: each figure beside its peer or its limit, measured in the same run. The
node lies in a temporary directory (`--data` keeps it in another, and goes on with one
that an earlier run filled), listens on the loopback alone, and is gone afterwards.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import importing, pages
from benchmarks.figures import Report, conditions, table, yardstick

STAGES = ("import", "search", "start", "pages", "readers")


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=5, help="of each load of pages")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--only", default=",".join(STAGES), metavar="STAGE,…")
    parser.add_argument("--data", type=Path, metavar="DIR")
    args = parser.parse_args()
    stages = [stage for stage in STAGES if stage in args.only.split(",")]
    report = Report(args.json, conditions() | {"records": args.records})
    with tempfile.TemporaryDirectory(prefix="tonle-benchmark-") as folder:
        work = Path(folder)
        data = args.data or work / "node"
        work_of: dict[str, Callable[[], None]] = {
            "import": lambda: importing.measure(report, data, work, args.records),
            "search": lambda: pages.search(report, data, work),
            "start": lambda: pages.start(report, data, work),
            "pages": lambda: pages.landing(report, data, args.seconds),
            "readers": lambda: pages.readers(report, work, args.seconds),
        }
        for stage in stages:
            before = yardstick()
            work_of[stage]()
            report.about[f"yardstick_ms, {stage}"] = [round(before), round(yardstick())]
        report.save()
    print(report.about)
    print()
    print(table(report.figures))


if __name__ == "__main__":
    main()
