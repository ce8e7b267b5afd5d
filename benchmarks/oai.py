"""OAI-PMH out: how fast a node is harvested, and what it takes of the machine.

    python -m benchmarks.oai [--records N] [--data DIR] [--json FILE] [--no-peer]

A client that does nothing but read walks a whole node over the loopback, in pages of 100 and
of 1,000 records, compressed as harvesters ask for it. Beside it stand what the client's own
parser takes for the same bytes from disk, sickle from end to end, and OAI-PMH of pycsw, which
is installed into a temporary environment with the same words as records of its own. `--data`
keeps the node, and goes on with one that an earlier run filled.
"""

from __future__ import annotations

import argparse
import gzip
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from lxml import etree
from sickle import Sickle

from benchmarks import material
from benchmarks.figures import Figure, Report, conditions, table, yardstick
from benchmarks.pages import serving
from benchmarks.processes import ROOT, Watch, cpu_seconds, memory_mb, node_environment, tonle
from tonle.infra.server.tests.node import free_port, until

TARGET_RECORDS_A_SECOND = 3_000
# Pages that the peer is asked for: it grows slower the further the list goes.
PEER_PAGES = 100
PEER_RECORDS = 10_000
PEER = ("pycsw==2.6.2", "sqlalchemy<2", "shapely<2", "setuptools<81")
_TOKEN = re.compile(rb"<(?:oai:)?resumptionToken[^>]*>([^<]+)</")


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.oai", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--data", type=Path, metavar="DIR")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--no-peer", action="store_true", help="leave pycsw out")
    args = parser.parse_args()
    report = Report(args.json, conditions() | {"records": args.records})
    with tempfile.TemporaryDirectory(prefix="tonle-benchmark-") as folder:
        work = Path(folder)
        data = args.data or work / "node"
        if not (data / "node.sqlite3").exists():
            fill(data, work, args.records)
        ours = measure(report, data, work)
        if not args.no_peer:
            beside_pycsw(report, work, ours)
    report.about["yardstick_ms, after"] = round(yardstick())
    report.save()
    print(report.about)
    print()
    print(table(report.figures))


def fill(data: Path, work: Path, records: int) -> None:
    """A node with that many records, kept as a harvest keeps them: an import takes longer."""
    incoming = work / "incoming"
    material.write(incoming, records)
    Watch(tonle(data, "init")).finish()
    subprocess.run(
        [sys.executable, "-m", "benchmarks.oai_records", str(incoming)],
        check=True,
        cwd=ROOT,
        env=node_environment(data),
    )


# --- one walk --------------------------------------------------------------------------------


@dataclass
class Walk:
    """A list from beginning to end, or as far as it was wanted.

    cpu: seconds of the server's processes; rss_mb: their memory after each twentieth page.
    """

    records: int = 0
    received: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    rss_mb: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.records / self.seconds

    @property
    def rate_by_cpu(self) -> float:
        return self.records / self.cpu


def walk(
    port: int,
    pid: int,
    path: str,
    prefix: str,
    *,
    keep: Path | None = None,
    pages: int | None = None,
    coding: str = "gzip",
) -> Walk:
    """Ask for page after page and look at nothing but the token. keep: where bodies go."""
    done = Walk()
    connection = HTTPConnection("localhost", port)
    given = {"verb": "ListRecords", "metadataPrefix": prefix}
    joint = "&" if "?" in path else "?"
    cpu, began = cpu_seconds(pid), time.perf_counter()
    paused = 0.0
    for number in range(pages or sys.maxsize):
        connection.request(
            "GET", f"{path}{joint}{urlencode(given)}", headers={"Accept-Encoding": coding}
        )
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(body[:500].decode(errors="replace"))
        done.received += len(body)
        stopped = time.perf_counter()
        if answer.headers["Content-Encoding"] == "gzip":
            body = gzip.decompress(body)
        done.records += len(re.findall(rb"<(?:oai:)?record>", body))
        if keep is not None:
            (keep / f"{number}.xml").write_bytes(body)
        if number % 20 == 0:
            done.rss_mb.append(memory_mb(pid, "Rss"))
        token = _TOKEN.search(body)
        # What this program does between two pages is no harvester's time.
        paused += time.perf_counter() - stopped
        if token is None:
            break
        given = {"verb": "ListRecords", "resumptionToken": unescape(token[1].decode())}
        if "mode=oaipmh" in path:
            given["metadataPrefix"] = prefix  # The peer forgets it.
    done.seconds = time.perf_counter() - began - paused
    done.cpu = cpu_seconds(pid) - cpu
    connection.close()
    return done


def measure(report: Report, data: Path, work: Path) -> Walk:
    """Ours, in several ways, beside the parsing that any client must do."""
    pages = work / "pages"
    pages.mkdir()
    first = None
    for size, prefix in ((100, "oai_dc"), (1000, "oai_dc"), (100, "oai_datacite")):
        with serving(
            data, TONLE_OAI_PAGE=str(size), TONLE_OAI_LIMIT="0", TONLE_BACKGROUND="0"
        ) as node:
            pid = node.process.pid
            walk(node.port, pid, "/oai", prefix, pages=20)
            keep = pages if first is None else None
            done = walk(node.port, pid, "/oai", prefix, keep=keep)
            what = f"OAI-PMH out, {prefix}, {size} a page"
            report.add(
                Figure(f"{what}, {done.records:,} records", done.rate, "records/s", "target",
                       TARGET_RECORDS_A_SECOND)
            )  # fmt: skip
            report.add(Figure(f"{what}, by the server's CPU time", done.rate_by_cpu, "records/s"))
            early = max(done.rss_mb[: max(1, len(done.rss_mb) // 5)])
            report.add(
                Figure(f"{what}, highest RSS", max(done.rss_mb), "MB", "in its first fifth", early)
            )
            if first is None:
                first = done
                parsed, found = parse(pages)
                report.add(
                    Figure(what, done.rate, "records/s", "lxml parsing the same bytes from disk",
                           found / parsed)
                )  # fmt: skip
                report.add(
                    Figure("bytes sent for a record, compressed", done.received / done.records,
                           "bytes", "plain", plain_bytes(pages) / done.records)
                )  # fmt: skip
                took = by_sickle(node.port)
                report.add(
                    Figure("sickle from end to end", done.records / took, "records/s",
                           "the client that only reads", done.rate)
                )  # fmt: skip
    assert first is not None
    return first


def parse(pages: Path) -> tuple[float, int]:
    """(seconds, records): a client's own cost, every text of every record looked at."""
    found = 0
    name = "{http://www.openarchives.org/OAI/2.0/}record"
    began = time.perf_counter()
    for path in pages.glob("*.xml"):
        for record in etree.fromstring(path.read_bytes()).iter(name):
            found += 1
            for element in record.iter():
                _ = element.tag, element.text
    return time.perf_counter() - began, found


def plain_bytes(pages: Path) -> int:
    return sum(path.stat().st_size for path in pages.glob("*.xml"))


def by_sickle(port: int) -> float:
    """Seconds that a whole harvest takes with it."""
    began = time.perf_counter()
    for _ in Sickle(f"http://localhost:{port}/oai").ListRecords(metadataPrefix="oai_dc"):
        pass
    return time.perf_counter() - began


# --- the peer ----------------------------------------------------------------------------------


def beside_pycsw(report: Report, work: Path, ours: Walk) -> None:
    """pycsw's OAI-PMH on this machine, or a loud word that it is missing."""
    try:
        with pycsw(work / "pycsw") as (port, pid):
            # Compressed it promises the length of the plain answer, which no client can read.
            walk(port, pid, "/?mode=oaipmh", "oai_dc", pages=2, coding="identity")
            done = walk(port, pid, "/?mode=oaipmh", "oai_dc", pages=PEER_PAGES, coding="identity")
    except (OSError, subprocess.CalledProcessError, RuntimeError, AssertionError) as error:
        print(f"PYCSW WAS LEFT OUT, SO NOTHING STANDS BESIDE OURS: {error}", file=sys.stderr)
        report.about["pycsw"] = f"left out: {error}"
        return
    what = f"OAI-PMH out beside pycsw ({done.records:,} of its {PEER_RECORDS:,} records)"
    report.add(Figure(what, ours.rate, "records/s", "pycsw 2.6.2", done.rate))
    report.add(
        Figure(f"{what}, by CPU time", ours.rate_by_cpu, "records/s", "pycsw 2.6.2",
               done.rate_by_cpu)
    )  # fmt: skip
    report.add(Figure("pycsw, highest RSS", max(done.rss_mb), "MB"))


@contextmanager
def pycsw(home: Path) -> Iterator[tuple[int, int]]:
    """(port, process) of pycsw with records of the same words."""
    home.mkdir()
    uv, python = Path(sys.executable).with_name("uv"), home / "venv" / "bin" / "python"
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, home / "venv"], check=True)
    subprocess.run([uv, "pip", "install", "-q", "--python", python, *PEER], check=True)
    port = free_port()
    (home / "default.cfg").write_text(_configuration(home, port), encoding="utf-8")
    (home / "serve.py").write_text(_SERVE, encoding="utf-8")
    _fill_pycsw(python, home)
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [python, home / "serve.py", str(port)],
            cwd=home,
            env={"PYCSW_CONFIG": str(home / "default.cfg"), "PYTHONWARNINGS": "ignore"},
            stdout=log,
            stderr=log,
        )
    try:
        until(lambda: _answers(process, port), "pycsw serves")
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    assert process.poll() is None, "pycsw ended"
    try:
        connection = HTTPConnection("localhost", port)
        connection.request("GET", "/?mode=oaipmh&verb=Identify")
        return connection.getresponse().status == 200
    except OSError:
        return False


def _fill_pycsw(python: Path, home: Path) -> None:
    make = (
        "from pycsw.core import admin; "
        f"admin.setup_db('sqlite:///{home}/records.db', 'records', '{home}')"
    )
    subprocess.run([python, "-W", "ignore", "-c", make], check=True, capture_output=True, cwd=home)
    database = sqlite3.connect(home / "records.db")
    for number in range(1, PEER_RECORDS + 1):
        made = material.record(number)
        row = {
            "identifier": f"oai:bench.example:{number}",
            "typename": "csw:Record",
            "schema": "http://www.opengis.net/cat/csw/2.0.2",
            "mdsource": "local",
            "insert_date": "2026-01-01T00:00:00Z",
            "date_modified": str(made["year"]),
            "xml": _csw(made),
            "anytext": f"{made['title']} {made['abstract']}",
            "title": made["title"],
            "abstract": made["abstract"],
            "type": made["type"],
            "language": made["language"],
        }
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        database.execute(
            f"INSERT INTO records ({names}) VALUES ({marks})",  # noqa: S608 # Our names.
            list(row.values()),
        )
    database.commit()
    database.close()


def _csw(made: dict[str, object]) -> str:
    """The record as pycsw keeps it, with the words that ours has."""
    creators = made["creators"]
    subjects = made["subjects"]
    assert isinstance(creators, list)
    assert isinstance(subjects, list)
    words = [
        ("dc:identifier", f"oai:bench.example:{made['doi']}"),
        ("dc:title", made["title"]),
        *(("dc:creator", f"{family}, {given}") for family, given in creators),
        *(("dc:subject", word) for word in subjects),
        ("dc:type", made["type"]),
        ("dc:language", made["language"]),
        ("dc:rights", made["rights"]),
        ("dct:modified", made["year"]),
        ("dct:abstract", made["abstract"]),
    ]
    elements = "".join(f"<{name}>{escape(str(text))}</{name}>" for name, text in words)
    return (
        '<csw:Record xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dct="http://purl.org/dc/terms/">'
        f"{elements}</csw:Record>"
    )


def _configuration(home: Path, port: int) -> str:
    said = "\n".join(
        f"{name}=benchmark"
        for name in (
            *(f"identification_{one}" for one in ("title", "abstract", "keywords", "fees")),
            "identification_keywords_type", "identification_accessconstraints",
            "provider_name", "provider_url",
            *(f"contact_{one}" for one in (
                "name", "position", "address", "city", "stateorprovince", "postalcode", "country",
                "phone", "fax", "email", "url", "hours", "instructions", "role",
            )),
        )
    )  # fmt: skip
    return (
        f"[server]\nhome={home}\nurl=http://localhost:{port}/\n"
        "mimetype=application/xml; charset=UTF-8\nencoding=UTF-8\nlanguage=en-US\n"
        "maxrecords=100\ngzip_compresslevel=4\n\n"
        "[manager]\ntransactions=false\nallowed_ips=127.0.0.1\n\n"
        f"[metadata:main]\n{said}\n\n"
        f"[repository]\ndatabase=sqlite:///{home}/records.db\ntable=records\n"
    )


# Its own way to be tried out, with connections kept open as ours are.
_SERVE = """
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

from pycsw import wsgi

WSGIRequestHandler.protocol_version = "HTTP/1.1"
WSGIRequestHandler.log_message = lambda *_: None
make_server("127.0.0.1", int(sys.argv[1]), wsgi.application).serve_forever()
"""

if __name__ == "__main__":
    main()
