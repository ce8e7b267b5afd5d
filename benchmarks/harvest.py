"""Harvest in: how fast a node takes over what a repository holds, and with how much memory.

    python -m benchmarks.harvest [--records N] [--data DIR] [--json FILE]

A server that does nothing but send finished pages of OAI-PMH (`benchmarks.harvest_server`)
is harvested by `tonle harvest`, from nothing to a node that shows every record; then again,
when nothing has changed. Beside it stands what reading the same pages costs alone: cutting
them into records and describing each, without keeping anything.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import material
from benchmarks.figures import Figure, Report, conditions, table, yardstick
from benchmarks.processes import ROOT, Watch, node_environment, tonle

TARGET_RECORDS_A_SECOND = 1_500
RECORDS_A_PAGE = 500
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    "<responseDate>2026-11-22T08:00:00Z</responseDate><request>http://localhost/oai</request>"
)
IDENTIFY = (
    f"{_HEAD}<Identify><repositoryName>Benchmark</repositoryName>"
    "<baseURL>http://localhost/oai</baseURL><protocolVersion>2.0</protocolVersion>"
    "<adminEmail>keeper@example.org</adminEmail>"
    "<earliestDatestamp>2020-01-01T00:00:00Z</earliestDatestamp>"
    "<deletedRecord>persistent</deletedRecord>"
    "<granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify></OAI-PMH>"
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.harvest", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep the node there")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    report = Report(args.json, conditions() | {"records": args.records})
    with tempfile.TemporaryDirectory(prefix="tonle-benchmark-") as folder:
        work = Path(folder)
        write_pages(work / "pages", args.records)
        measure(report, args.data or work / "node", work / "pages", args.records)
    report.about["yardstick_ms, after"] = round(yardstick())
    report.save()
    print(report.about)
    print()
    print(table(report.figures))


def write_pages(folder: Path, records: int) -> None:
    """The answers of a repository that holds so many records, each a file."""
    folder.mkdir()
    (folder / "identify.xml").write_text(IDENTIFY, encoding="utf-8")
    for page, start in enumerate(range(0, records, RECORDS_A_PAGE)):
        end = min(start + RECORDS_A_PAGE, records)
        inner = "".join(material.oai_dc(material.record(n + 1)) for n in range(start, end))
        token = "" if end == records else str(page + 1)
        (folder / f"{page}.xml").write_text(
            f"{_HEAD}<ListRecords>{inner}"
            f'<resumptionToken completeListSize="{records}">{token}</resumptionToken>'
            "</ListRecords></OAI-PMH>",
            encoding="utf-8",
        )


def measure(report: Report, data: Path, pages: Path, records: int) -> None:
    """Harvest into an empty node in `data`."""
    parsed = _read_alone(pages)
    Watch(tonle(data, "init")).finish()
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.harvest_server", str(pages)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        url = (server.stdout.readline() if server.stdout else "").strip()
        first, rate = _harvest(data, url, records)
        report.add(
            Figure(f"harvest, {records:,} records", rate, "records/s", "reading alone", parsed)
        )
        report.add(
            Figure(
                "harvest, by its CPU time alone", records / first.cpu, "records/s", "target",
                TARGET_RECORDS_A_SECOND,
            )
        )  # fmt: skip
        report.add(
            Figure(
                "harvest, highest RSS", max(first.rss_mb), "MB", "in its first fifth",
                first.at(first.rss_mb, 0.2),
            )
        )  # fmt: skip
        _, rate = _harvest(data, url, records, "--full")
        report.add(Figure("again, nothing has changed", rate, "records/s"))
    finally:
        server.terminate()
        server.wait()


def _harvest(data: Path, url: str, records: int, *more: str) -> tuple[Watch, float]:
    """One run of the command; records a second, with its start in it."""
    command = [sys.executable, "-m", "tonle", "harvest", url, "--protocol", "oai", "--prefix",
               "oai_dc", "--rate", "0", "--every", "0", "--quiet", *more]  # fmt: skip
    began = time.perf_counter()
    watch = Watch(
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=node_environment(data, TONLE_OUTBOUND_PRIVATE="127.0.0.1/32"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    )
    watch.finish()
    return watch, records / (time.perf_counter() - began)


def _read_alone(pages: Path) -> float:
    """Records a second of a process that reads the pages and keeps nothing."""
    program = (
        "import sys, time\nfrom pathlib import Path\n"
        "from tonle.catalogue.crosswalks import parse\n"
        "began, count = time.perf_counter(), 0\n"
        "for path in Path(sys.argv[1]).glob('[0-9]*.xml'):\n"
        "    count += len(parse('oai-pmh', path.read_bytes(), path.name).documents)\n"
        "print(count / (time.perf_counter() - began))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(pages)],
        check=True, cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    return float(done.stdout)


if __name__ == "__main__":
    main()
