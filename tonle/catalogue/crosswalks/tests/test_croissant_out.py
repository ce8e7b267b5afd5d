"""Datasets as Croissant, held against the reader of those who wrote the format."""

from __future__ import annotations

import json
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


@pytest.mark.parametrize("document", [DOCUMENT, ODD], ids=["whole", "odd"])
def test_its_authors_reader_takes_it(document: dict[str, Any]) -> None:
    import mlcroissant

    text = croissant.write(document, HERE)
    dataset = mlcroissant.Dataset(jsonld=json.loads(text))
    issues = dataset.metadata.ctx.issues
    assert list(issues.errors) == []
    # What nobody stated is recommended, and nothing else is missed.
    missing = {"license"} if "rights" not in document else set()
    assert all(any(word in one for word in missing) for one in issues.warnings), issues.warnings
    files = dataset.metadata.distribution
    assert [one.sha256 for one in files] == [
        *("a" * 64 for _ in document["files"]),
        *(["c" * 64] if document is ODD else []),
    ]
    assert len({one.id for one in files}) == len(files)


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
