"""Datasets as Croissant, held against the reader of those who wrote the format."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tonle.catalogue.crosswalks.tests.documents import minimal
from tonle.catalogue.crosswalks.tests.test_writers import DOCUMENT, HERE
from tonle.catalogue.crosswalks.tests.ways import full
from tonle.catalogue.crosswalks.writers import FORMATS, Here, croissant

CLOSED = Here(**{**HERE.__dict__, "files_open": False})
FILE = DOCUMENT["files"][0]
ODD: dict[str, Any] = {
    **minimal("dataset"),
    "titles": {"und": "ទិន្នផល <x>"},
    "access": {"level": "open"},
    "version_label": "third",
    "files": [{**FILE, "name": name} for name in ("a b.csv", "a_b.csv", "/ខេត្ត/x#1.tif", "50%")],
    "distributions": [
        {
            "download_url": "https://data.example/far.csv",
            "checksum": {"algorithm": "SHA-256", "value": "c" * 64},
        },
        {"download_url": "https://data.example/nobody-knows.csv"},
    ],
}


YES = [{"value": "1", "label": {"en": "Yes", "km": "បាទ"}}, {"value": "0", "label": {"en": "No"}}]
TOLD: dict[str, Any] = {
    **DOCUMENT,
    "files": [{**FILE, "name": name} for name in ("answers.csv", "more.csv", "form.xlsx")],
    "profile": {
        "schema": "tonle-dataset/1",
        "variables": [
            {"name": "elsewhere", "unit": "m"},
            {
                "file": "answers.csv", "name": "household/members", "type": "whole",
                "label": {"en": "How many?", "km": "ប៉ុន្មាន?"}, "unit": "persons",
                "description": {"en": "Who slept here"},
            },
            {"file": "answers.csv", "name": "ទឹក", "type": "text", "values": YES},
            {"file": "more.csv", "name": "again", "values": YES},
            {"file": "form.xlsx", "table": "survey", "name": "type"},
        ],
    },
}  # fmt: skip


READ = """
import json, sys
import mlcroissant
def read(line):
    dataset = mlcroissant.Dataset(jsonld=json.loads(line))
    issues, files = dataset.metadata.ctx.issues, dataset.metadata.distribution
    return {
        "errors": list(issues.errors), "warnings": list(issues.warnings),
        "files": [[one.id, one.sha256] for one in files],
    }
json.dump([read(line) for line in sys.stdin], sys.stdout)
"""


def _read(*documents: dict[str, Any]) -> list[dict[str, Any]]:
    """What its authors' reader finds, in a process of its own: it takes over the output streams
    of whoever imports it."""
    lines = [json.dumps(json.loads(croissant.write(one, HERE))) for one in documents]
    done = subprocess.run(
        [sys.executable, "-c", READ], input="\n".join(lines), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_its_authors_reader_takes_it() -> None:
    whole, odd, told = _read(DOCUMENT, ODD, TOLD)

    assert (whole["errors"], whole["warnings"], odd["errors"]) == ([], [], [])
    assert (told["errors"], told["warnings"]) == ([], [])
    # What nobody stated is recommended, and nothing else is missed.
    assert all("license" in one for one in odd["warnings"]), odd["warnings"]
    assert [sha256 for _, sha256 in whole["files"]] == ["a" * 64] * len(DOCUMENT["files"])
    assert [sha256 for _, sha256 in odd["files"]] == [*["a" * 64] * 4, "c" * 64]
    assert len({name for name, _ in odd["files"]}) == len(odd["files"])


@pytest.mark.deep
def test_its_authors_reader_takes_any() -> None:
    rich = [{**one, "kind": "dataset", "files": [FILE], "profile": {}} for one in full()]
    for document, found in zip(rich, _read(*rich), strict=True):
        assert found["errors"] == [], document


def test_columns_and_their_values_are_told_in_every_language() -> None:
    made = json.loads(croissant.write(TOLD, HERE))
    values, rows, more = made["recordSet"]
    assert values["data"][0] == {
        "values-1/value": "1", "values-1/label-en": "Yes", "values-1/label-km": "បាទ",
    }  # fmt: skip
    assert (rows["@id"], more["@id"]) == ("answers.csv/rows", "more.csv/rows")
    members, water = rows["field"]
    assert members["description"] == {
        "en": "How many? (persons). Who slept here", "km": "ប៉ុន្មាន? (persons)",
    }  # fmt: skip
    assert members["source"]["extract"] == {"column": "household/members"}
    assert members["dataType"] == "sc:Integer"
    assert water["references"] == more["field"][0]["references"]
    assert "recordSet" not in json.loads(croissant.write(TOLD, CLOSED))


def test_many_files_of_one_name_are_named_in_time() -> None:
    files = [{**FILE, "name": f"{chr(0x4E00)}{' ' * (n % 2)}{'?*'[n // 2 % 2]}"} for n in range(4)]
    made = json.loads(croissant.write({**DOCUMENT, "files": files * 2_500}, HERE))
    assert len({one["@id"] for one in made["distribution"]}) == 10_000


def test_texts_keep_their_languages() -> None:
    made = json.loads(croissant.write(DOCUMENT, HERE))
    assert set(made["name"]) == {"en", "km"}
    assert made["conformsTo"] == "http://mlcommons.org/croissant/1.1"


def test_versions_count_as_the_format_counts() -> None:
    assert json.loads(croissant.write(DOCUMENT, HERE))["version"] == "2.1.0"
    labelled = {**DOCUMENT, "version_label": "3.2.1"}
    assert json.loads(croissant.write(labelled, HERE))["version"] == "3.2.1"


def test_it_is_for_data_whose_files_anybody_may_have() -> None:
    offered = FORMATS["croissant"]
    assert offered.possible(DOCUMENT, HERE)
    assert not offered.possible(DOCUMENT, CLOSED)
    assert not offered.possible(minimal("dataset"), HERE)
    assert not offered.possible({**DOCUMENT, "kind": "publication"}, HERE)
    assert "/files/" not in croissant.write(DOCUMENT, CLOSED)
