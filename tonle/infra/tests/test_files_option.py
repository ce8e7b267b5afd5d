"""Where files may stand, as options say it."""

from __future__ import annotations

from typing import Any

import pytest

from config.files import no_place, parts


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ("s3://bucket", ("bucket", "")),
        ("s3://kept.files-1/node/a", ("kept.files-1", "node/a")),
        ("s3://b", ("", "")),
        ("s3://Bucket/a", ("", "")),
        ("https://bucket/a", ("", "")),
        ("s3://bucket/a b", ("", "")),
    ],
)
def test_an_address_is_a_bucket_and_a_prefix(files: str, found: tuple[str, str]) -> None:
    assert parts(files) == found


FITTING: dict[str, Any] = {
    "files": "s3://bucket/prefix",
    "endpoint": "https://s3.example.org",
    "key": "key",
    "cache": 5,
}


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"files": ""}, ""),
        ({}, ""),
        ({"endpoint": ""}, ""),
        ({"files": "/srv/files"}, "s3://bucket/prefix"),
        ({"files": f"s3://bucket/{'a' * 201}"}, "200"),
        ({"files": "s3://bucket/a//b"}, "prefix"),
        ({"files": "s3://bucket/../b"}, "prefix"),
        ({"endpoint": "s3.example.org"}, "TONLE_FILES_ENDPOINT"),
        ({"endpoint": "https://key:secret@s3.example.org"}, "TONLE_FILES_ENDPOINT"),
        ({"key": ""}, "TONLE_FILES_KEY"),
        ({"cache": 0}, "TONLE_FILES_CACHE"),
    ],
)
def test_what_does_not_fit_is_said(options: dict[str, Any], word: str) -> None:
    said = no_place(**{**FITTING, **options})
    assert bool(said) == bool(word)
    assert word in said
