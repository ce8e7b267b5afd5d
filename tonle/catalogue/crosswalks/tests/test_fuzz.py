"""Real files broken at random, and noise: a crosswalk answers, it never fails."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.catalogue import crosswalks
from tonle.catalogue.crosswalks.tests.test_crosswalks import GOLDEN, INPUTS, check

REAL = Path(__file__).resolve().parents[5] / "shared" / "data" / "records" / "metadata"
FOLDERS = (
    "datacite-xml", "datacite-json", "oai-pmh", "cff", "codemeta", "ro-crate",
    "schema-org-jsonld", "bibtex", "ris", "csl-json",
)  # fmt: skip


def seeds() -> list[tuple[str, bytes]]:
    """Our own files, and the real ones where they are at hand."""
    paths = [GOLDEN / name for name in INPUTS]
    if REAL.exists():
        paths += [path for folder in FOLDERS for path in sorted((REAL / folder).iterdir())]
    return [(path.name, path.read_bytes()) for path in paths if path.stat().st_size < 30_000]


SEEDS = seeds()
BITS = [
    b"", b"<", b">", b"&", b"&#0;", b"&#xD800;", b"]]>", b"\x00", b"\xff", b"\xf0\x9f\x8c\xbe",
    b"{", b"}", b"[", b"null", b"1e400", b"9" * 5000, b": ", b"- ", b"&x ", b"*x", b"!!set ",
    b"\xef\xbb\xbf", b"<script>", b":unav", b"@a.b", b"<br/>", b"<!DOCTYPE a>", b"true", b'"',
    b"\\'{", b"@book{", b" # ", b"TY  - ", b'{"@id": "./"}', b"PK\x03\x04",
]  # fmt: skip


def broken(data: bytes, rng: random.Random) -> bytes:
    """The bytes with a few pieces dropped, repeated or replaced."""
    for _ in range(rng.randint(1, 6)):
        start = rng.randrange(len(data) + 1)
        end = min(len(data), start + rng.choice((0, 1, 3, 40, 400)))
        piece = rng.choice([*BITS, data[start:end] * 2])
        data = data[:start] + piece + data[end:]
    return data


@given(st.sampled_from(SEEDS), st.integers(0, 2**32))
def test_broken_files_are_answered(seed: tuple[str, bytes], number: int) -> None:
    name, data = seed
    data = broken(data, random.Random(number))
    known = crosswalks.sniff(name, data[: crosswalks.HEAD_BYTES])
    for reader in crosswalks.READERS if known is None or not known.read else (known.name,):
        check(crosswalks.parse(reader, data, name))


@given(st.binary(max_size=2000))
def test_noise_is_answered(data: bytes) -> None:
    crosswalks.sniff("noise", data)
    for reader in crosswalks.READERS:
        check(crosswalks.parse(reader, data, "noise"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = [
    "titles",
    "creators",
    "contributors",
    "publisher",
    "publicationYear",
    "types",
    "subjects",
    "dates",
    "language",
    "identifiers",
    "alternateIdentifiers",
    "relatedIdentifiers",
    "sizes",
    "formats",
    "version",
    "rightsList",
    "descriptions",
    "geoLocations",
    "fundingReferences",
    "relatedItems",
    "doi",
    "id",
    "url",
]


@given(st.dictionaries(st.sampled_from(NAMES), JSON))
def test_any_value_may_stand_in_any_property(given_properties: dict[str, object]) -> None:
    whole = {"titles": "x", "creators": ["y"], **given_properties}
    check(crosswalks.parse("datacite-json", json.dumps(whole).encode(), "x"))


LINKED = [
    "@id", "@type", "name", "author", "contributor", "publisher", "license", "keywords",
    "identifier", "citation", "isBasedOn", "mainEntity", "funding", "funder", "inLanguage",
    "spatialCoverage", "temporalCoverage", "datePublished", "programmingLanguage", "about",
]  # fmt: skip
CITED = [
    "type", "title", "author", "editor", "issued", "container-title", "page", "ISSN", "DOI",
    "funder", "license", "keyword", "ISBN", "publisher", "abstract", "language", "version",
]  # fmt: skip


@given(st.dictionaries(st.sampled_from(LINKED), JSON))
def test_any_value_may_stand_in_linked_data(given_properties: dict[str, object]) -> None:
    root = {"@id": "./", "name": "x", "author": "y", **given_properties}
    for value in (root, {"@graph": [root, {"@id": "a", **given_properties}]}):
        for reader in ("codemeta", "ro-crate", "schema-org-jsonld"):
            check(crosswalks.parse(reader, json.dumps(value).encode(), "x"))


@given(st.dictionaries(st.sampled_from(CITED), JSON))
def test_any_value_may_stand_in_a_citation(given_properties: dict[str, object]) -> None:
    whole = {"title": "x", "author": [{"literal": "y"}], **given_properties}
    check(crosswalks.parse("csl-json", json.dumps(whole).encode(), "x"))


@pytest.mark.parametrize("name", INPUTS)
def test_every_beginning_of_a_file_is_answered(name: str) -> None:
    data = (GOLDEN / name).read_bytes()
    for end in range(0, len(data), 97):
        for reader in crosswalks.READERS:
            check(crosswalks.parse(reader, data[:end], name))
