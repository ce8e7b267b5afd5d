"""What real metadata comes to by the command, counted: nothing of it is lost unseen."""

from __future__ import annotations

import argparse
import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from tests.shared import shared
from tonle.catalogue import commands
from tonle.catalogue.digest import digest
from tonle.catalogue.models import Change, Draft, Record

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("home"),
    # Every door of importing has tests of its own on both.
    pytest.mark.one_database,
]

# What `data/records/metadata` comes to: format -> outcome -> how many. A loss changes a number.
HELD: Final[dict[str, dict[str, int]]] = {
    "": {"unknown": 4},
    "bibtex": {"added": 94, "refused": 29},
    "cff": {"added": 16, "duplicate": 6},
    "ckan-json": {"added": 17},
    "codemeta": {"added": 13, "duplicate": 4},
    "crossref-xml": {"added": 23, "duplicate": 2, "refused": 1},
    "csl-json": {"added": 42, "duplicate": 4, "refused": 5},
    "csv": {"not_read": 2},
    "csvw": {"added": 2},
    "datacite-json": {"added": 2, "duplicate": 4},
    "datacite-xml": {"added": 28, "duplicate": 4, "refused": 3},
    "dataverse-json": {"added": 5, "duplicate": 2},
    "dcat": {"added": 19, "refused": 3},
    "ddi-xml": {"added": 5, "refused": 1},
    "iso-19139": {"added": 7, "refused": 1},
    "jats-xml": {"added": 4},
    "lexibank-json": {"added": 1},
    "npm-package-json": {"refused": 2},
    "oai-dc": {"refused": 1},
    "oai-ore": {"not_read": 4},
    "oai-pmh": {"added": 243, "deleted": 7, "duplicate": 10, "empty": 14, "refused": 7},
    "pypi-core-metadata": {"added": 10},
    "ris": {"added": 8, "duplicate": 6},
    "ro-crate": {"added": 29, "refused": 6},
    "ror-json": {"not_read": 50},
    "schema-org-jsonld": {"added": 12, "duplicate": 7, "refused": 7},
    "zenodo-json": {"added": 12},
}
# Of these the outcome is the reason: nobody knows the file, or its source deleted the record.
SAID_BY_ITSELF = {"added", "unchanged", "unknown", "deleted"}
# Each refusal names what is wrong: a field, or what the file or its source says.
REASONS = re.compile(
    r"There is no (title|creator)|not (valid JSON|well-formed XML)|answered with the error"
    r"|does not say what its root is|no study they belong to|words are defined at"
)


def tonle_import(folder: Path, report: Path) -> tuple[int, list[dict[str, Any]]]:
    """Exit code and report of the command."""
    parser = argparse.ArgumentParser()
    commands._configure_import(parser)
    code = commands._import(parser.parse_args([str(folder), "--report", str(report)]))
    return code, [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]


def test_every_valid_record_comes_in_and_each_refusal_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "metadata"
    shutil.copytree(shared("data/records/metadata"), folder)

    code, lines = tonle_import(folder, tmp_path / "report.jsonl")
    said = capsys.readouterr().out
    before, length = digest(), Change.objects.count()
    _, again = tonle_import(folder, tmp_path / "again.jsonl")

    found: dict[str, Counter[str]] = {}
    for line in lines:
        found.setdefault(line["format"], Counter())[line["outcome"]] += 1
    assert {name: dict(counts) for name, counts in found.items()} == HELD
    for line in lines:
        assert line["reasons"] or line["outcome"] in SAID_BY_ITSELF, line
        assert all(line["reasons"]), line
        if line["outcome"] == "refused":
            assert REASONS.search(" ".join(line["reasons"])), line
    # What is refused makes it a failure; what is not read is counted apart, by format.
    assert code == 1
    total = Counter[str]()
    for counts in HELD.values():
        total.update(counts)
    for outcome, number in total.items():
        assert f"{number:>8,}  {commands.OUTCOMES[outcome]}" in said
    for name in ("csv", "oai-ore", "ror-json"):
        assert re.search(rf"^ +{HELD[name]['not_read']}  {name}$", said, re.MULTILINE)
    # Nothing is half in, and again it changes nothing.
    assert Record.objects.filter(state="published").count() == total["added"]
    assert not Record.objects.exclude(state="published").exists()
    assert not Draft.objects.filter(state="open").exists()
    outcomes = Counter(line["outcome"] for line in again)
    assert outcomes["unchanged"] == total["added"]
    assert outcomes["added"] == outcomes["updated"] == 0
    assert (digest(), Change.objects.count()) == (before, length)
