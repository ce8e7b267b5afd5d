"""One file in, one report out: which reader fits, by name and by what the bytes say."""

from __future__ import annotations

from pathlib import Path

from tonle.deposit.checks.rules.personal import (
    delimited,
    papers,
    photographs,
    prose,
    structured,
    workbook,
)
from tonle.deposit.checks.rules.personal.traces import GoOn, Limits, Report
from tonle.kernel import encodings

_TABLES = frozenset({"csv", "tsv", "tab", "psv"})
_TREES = frozenset({"json", "geojson", "ipynb", "jsonl", "ndjson", "topojson"})
_PROSE = frozenset(
    {"txt", "md", "rst", "html", "htm", "xml", "kml", "gpx", "log", "tex", "bib", "ris", "cff"}
    | {"yaml", "yml", "ini", "py", "r", "do", "sql", "srt", "vtt", "svg", "toml", ""}
)
_PHOTOGRAPHS = frozenset({"jpg", "jpeg", "tif", "tiff", "heic", "heif", "avif", "png", "webp"})
_WORKBOOKS = frozenset({"xlsx", "xlsm"})


def suffix_of(name: str) -> str:
    last = name.rpartition("/")[2]
    return last.rpartition(".")[2].lower() if "." in last.lstrip(".") else ""


def always(_rows: int) -> bool:
    """Reading never ends for want of time."""
    return True


def scan(path: Path, name: str, limits: Limits | None = None, go_on: GoOn = always) -> Report:
    """What a file tells of people. Never raises for what a file holds, only for what disks do.

    name: the file's own, whose ending says the kind. go_on: told of rows read; False ends it.
    """
    limits = limits or Limits()
    report = Report()
    suffix = suffix_of(name)
    sample = delimited.sample_of(path)
    if not sample:
        return report
    if suffix in _WORKBOOKS:
        workbook.scan(path, limits, report, go_on)
    elif suffix in _PHOTOGRAPHS:
        photographs.scan(path, limits, report)
    elif suffix == "pdf" or sample.startswith(b"%PDF-"):
        papers.scan(path, limits, report)
    else:
        _text(path, name, suffix, sample, limits, report, go_on)
    return report


def _text(
    path: Path,
    name: str,
    suffix: str,
    sample: bytes,
    limits: Limits,
    report: Report,
    go_on: GoOn,
) -> None:
    encoding = encodings.detect(sample) if suffix in _TABLES | _TREES | _PROSE else None
    if encoding is None:
        report.note("kind_not_read")
    elif suffix in _TREES:
        structured.scan(path, encoding, limits, report, go_on)
    elif suffix in _TABLES or (suffix == "txt" and _is_table(sample, encoding)):
        delimited.scan(path, encoding, limits, report, go_on)
    else:
        prose.scan(path, name, encoding, limits, report, go_on)


def _is_table(sample: bytes, encoding: str) -> bool:
    """Whether a text has the same number of tabs in nearly every line."""
    text = sample[encodings.mark_length(encoding, sample) :].decode(encoding, "replace")
    counts = [line.count("\t") for line in text.splitlines()[:60] if line.strip()]
    # The sample may end within a line.
    counts = counts[:-1] if len(counts) > 1 else counts
    most = max(set(counts), key=counts.count, default=0)
    return most > 0 and counts.count(most) >= 0.8 * len(counts)
