"""Datasets as Croissant, held against the reader of those who wrote the format."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tonle.catalogue.crosswalks.tests.documents import minimal
from tonle.catalogue.crosswalks.tests.test_writers import DOCUMENT, HERE
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


READ = """
import json, sys
import mlcroissant
dataset = mlcroissant.Dataset(jsonld=json.load(sys.stdin))
issues, files = dataset.metadata.ctx.issues, dataset.metadata.distribution
json.dump({
    "errors": list(issues.errors), "warnings": list(issues.warnings),
    "files": [[one.id, one.sha256] for one in files],
}, sys.stdout)
"""


def _read(text: str) -> dict[str, Any]:
    """What its authors' reader finds, in a process of its own: it takes over the output streams
    of whoever imports it."""
    done = subprocess.run(
        [sys.executable, "-c", READ], input=text, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("document", [DOCUMENT, ODD], ids=["whole", "odd"])
def test_its_authors_reader_takes_it(document: dict[str, Any]) -> None:
    found = _read(croissant.write(document, HERE))

    assert found["errors"] == []
    # What nobody stated is recommended, and nothing else is missed.
    missing = {"license"} if "rights" not in document else set()
    assert all(any(word in one for word in missing) for one in found["warnings"]), found["warnings"]
    assert [sha256 for _, sha256 in found["files"]] == [
        *("a" * 64 for _ in document["files"]),
        *(["c" * 64] if document is ODD else []),
    ]
    assert len({name for name, _ in found["files"]}) == len(found["files"])


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
